// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/quantizedparameters.h"

#include "core/kernels/quantizedmultiplier.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace espalier {

namespace {

float scaleOf(const Tensor &tensor)
{
    return tensor.quantization.scale.front();
}

std::int32_t zeroOf(const Tensor &tensor)
{
    return std::int32_t(tensor.quantization.zeroPoint.front());
}

/// The first problem of the tensors, if any.
template <class... Tensors>
std::optional<Error> problemOf(const Tensors &...tensors)
{
    std::optional<Error> problem;
    const auto look = [&](const Tensor &tensor) {
        if (problem)
            return;
        if (const auto checked = checkQuantized(tensor); !checked)
            problem = checked.error();
    };
    (look(tensors), ...);
    return problem;
}

bool isByte(DType type)
{
    return type == DType::int8 || type == DType::uint8;
}

/// A real bound on the quantized scale, saturated: zero + round(bound / scale).
std::int32_t quantized(float bound, const Tensor &tensor)
{
    const double steps = std::round(double(bound / scaleOf(tensor)));
    return std::int32_t(std::clamp(steps, -1e9, 1e9)) + zeroOf(tensor);
}

bool isScale(const Tensor &tensor, double expected)
{
    return std::abs(double(scaleOf(tensor)) / expected - 1) < 1e-3;
}

/// The multiplier takes a product of 16 bits here.
std::int16_t upperHalf(std::int32_t multiplier)
{
    return multiplier >= std::numeric_limits<std::int32_t>::max() - (1 << 15)
               ? std::numeric_limits<std::int16_t>::max()
               : std::int16_t((multiplier + (1 << 15)) >> 16);
}

Result<rt::AddParameters> sumParameters(const Tensor &a, const Tensor &b, const Tensor &output, Activation activation,
                                        double factor1, double factor2, double factorOut)
{
    const auto range = activationRange(activation, output);
    if (!range)
        return range.error();
    const auto scale1 = checkedMultiplier(factor1), scale2 = checkedMultiplier(factor2),
               scaleOut = checkedMultiplier(factorOut);
    for (const auto *scale : {&scale1, &scale2, &scaleOut})
        if (!*scale)
            return scale->error();
    if (scaleOut->shift > 0)
        return failed("its output scale is too fine for its inputs");
    return rt::AddParameters{zeroOf(a),  zeroOf(b), zeroOf(output), output.type == DType::int16 ? 15 : 20,
                             *scale1,    *scale2,   *scaleOut,      range->low,
                             range->high};
}

Result<rt::SigmoidParameters> sigmoidParameters(const Tensor &input, const Tensor &output, double scale, int middle)
{
    if (const auto problem = problemOf(input, output))
        return *problem;
    if (!isByte(input.type) || input.type != output.type)
        return failed(std::string(name(input.type)) + " is not supported");
    const IntegerRange range = typeRange(output.type);
    if (!isScale(output, scale) || zeroOf(output) != range.low + middle)
        return failed("its output is not quantized with the fixed scale and zero point of this operator");
    const auto multiplier = checkedMultiplier(double(scaleOf(input)) * double(1 << 27));
    if (!multiplier)
        return multiplier.error();
    if (multiplier->shift < 0)
        return failed("its input scale is too small");
    // The largest difference that stays inside Q4.27 after scaling.
    const double radius = std::floor(15.0 * double(1 << 27) / std::ldexp(1.0, multiplier->shift));
    return rt::SigmoidParameters{zeroOf(input), std::int32_t(radius), *multiplier, range.low, range.high};
}

/// Whether both are int16, and the output what an operator with results between -1 and 1 makes.
Result<void> checkWideUnit(const Tensor &input, const Tensor &output)
{
    if (const auto problem = problemOf(input, output))
        return *problem;
    if (input.type != DType::int16 || output.type != DType::int16)
        return failed(std::string(name(input.type)) + " to " + std::string(name(output.type)) + " is not supported");
    if (zeroOf(input) != 0 || zeroOf(output) != 0)
        return failed("a zero point of int16 is not zero");
    if (!isScale(output, 1.0 / 32768))
        return failed("its output is not quantized with the fixed scale and zero point of this operator");
    return {};
}

/// `mostLeft`: the largest power of two above 1/4096 that is met exactly.
Result<rt::WideSigmoidParameters> wideSigmoidParameters(const Tensor &input, const Tensor &output, int mostLeft)
{
    if (const auto checked = checkWideUnit(input, output); !checked)
        return checked.error();
    const float logarithm = std::log2(scaleOf(input)), rounded = std::round(logarithm);
    const int left = 12 + int(rounded);
    if (std::abs(logarithm - rounded) < 1e-3f && left >= 0 && left <= mostLeft)
        return rt::WideSigmoidParameters{3 << left, 0};
    double multiplier = double(scaleOf(input)) * 4096.0 * 3.0;
    if (multiplier > 32767)
        return failed("its input scale is too large");
    int shift = 0;
    for (; multiplier <= 32767.0 / 2.0 && shift <= 30; ++shift)
        multiplier *= 2;
    return rt::WideSigmoidParameters{std::int32_t(multiplier), shift};
}

} // namespace

Result<void> checkQuantized(const Tensor &tensor)
{
    const Quantization &q = tensor.quantization;
    if (tensor.type != DType::int8 && tensor.type != DType::uint8 && tensor.type != DType::int16 &&
        tensor.type != DType::int32)
        return failed(std::string(name(tensor.type)) + " is not supported");
    if (q.scale.size() != 1 || q.zeroPoint.size() != 1)
        return failed(q.scale.empty() ? "a tensor has no scale and zero point"
                                      : "an activation is quantized per channel");
    if (!(q.scale.front() > 0) || !std::isfinite(q.scale.front()))
        return failed("a scale is not a positive number");
    const IntegerRange range = typeRange(tensor.type);
    if (q.zeroPoint.front() < range.low || q.zeroPoint.front() > range.high)
        return failed("a zero point is outside its type's range");
    const std::int64_t zero = q.zeroPoint.front();
    if ((tensor.type == DType::int16 && zero != 0 && zero != range.low) || (tensor.type == DType::int32 && zero != 0))
        return failed("a zero point of " + std::string(name(tensor.type)) + " is not zero");
    return {};
}

IntegerRange typeRange(DType type)
{
    switch (type) {
    case DType::int8:
        return {-128, 127};
    case DType::uint8:
        return {0, 255};
    case DType::int16:
        return {-32768, 32767};
    default:
        return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    }
}

Result<IntegerRange> activationRange(Activation activation, const Tensor &output)
{
    if (const auto problem = problemOf(output))
        return *problem;
    const IntegerRange type = typeRange(output.type);
    const auto within = [&](float low, float high) -> IntegerRange {
        const auto bound = [&](float real) { return std::clamp(quantized(real, output), type.low, type.high); };
        return {bound(low), std::isinf(high) ? type.high : bound(high)};
    };
    switch (activation) {
    case Activation::none:
        return type;
    case Activation::relu:
        return within(0, std::numeric_limits<float>::infinity());
    case Activation::relu6:
        return within(0, 6);
    case Activation::reluN1To1:
        return within(-1, 1);
    default:
        return failed("its fused activation is not supported");
    }
}

Result<FloatRange> floatRange(Activation activation)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    switch (activation) {
    case Activation::none:
        return FloatRange{-infinity, infinity};
    case Activation::relu:
        return FloatRange{0, infinity};
    case Activation::relu6:
        return FloatRange{0, 6};
    case Activation::reluN1To1:
        return FloatRange{-1, 1};
    default:
        return failed("its fused activation is not supported");
    }
}

Result<rt::RequantizeParameters> requantizeParameters(const Tensor &input, const Tensor &output, bool floatRatio)
{
    if (const auto problem = problemOf(input, output))
        return *problem;
    const double ratio =
        floatRatio ? double(scaleOf(input) / scaleOf(output)) : double(scaleOf(input)) / double(scaleOf(output));
    const auto scale = checkedMultiplier(ratio);
    if (!scale)
        return scale.error();
    const IntegerRange range = typeRange(output.type);
    return rt::RequantizeParameters{zeroOf(input), zeroOf(output), *scale, range.low, range.high};
}

Result<rt::RequantizeParameters> reluParameters(const Tensor &input, const Tensor &output, float bound)
{
    auto parameters = requantizeParameters(input, output, true);
    if (!parameters)
        return parameters;
    parameters->low = std::max(parameters->low, zeroOf(output));
    if (!std::isinf(bound))
        parameters->high = std::min(parameters->high, quantized(bound, output));
    return parameters;
}

Result<rt::RequantizeParameters> meanParameters(const Tensor &input, const Tensor &output, std::int64_t count)
{
    auto parameters = requantizeParameters(input, output);
    if (!parameters)
        return parameters;
    if (count <= 0 || count > (std::int64_t(1) << (input.type == DType::int16 ? 15 : 23)))
        return failed("a mean over " + std::to_string(count) + " elements is not supported");
    // 1/count goes into the multiplier, with as many bits as its whole part has room for.
    rt::QuantizedMultiplier &scale = parameters->scale;
    const int shift = std::min({63 - std::countl_zero(std::uint64_t(count)), 32, 31 + int(scale.shift)});
    scale.multiplier = std::int32_t((std::int64_t(scale.multiplier) << shift) / count);
    scale.shift -= shift;
    parameters->zeroIn = std::int32_t(parameters->zeroIn * count);
    return parameters;
}

Result<rt::AddParameters> addParameters(const Tensor &a, const Tensor &b, const Tensor &output, Activation activation)
{
    if (const auto problem = problemOf(a, b, output))
        return *problem;
    const double twice = 2 * double(std::max(scaleOf(a), scaleOf(b)));
    const double lift = output.type == DType::int16 ? 1 << 15 : 1 << 20;
    return sumParameters(a, b, output, activation, double(scaleOf(a)) / twice, double(scaleOf(b)) / twice,
                         twice / (lift * double(scaleOf(output))));
}

Result<rt::AddParameters> subtractParameters(const Tensor &a, const Tensor &b, const Tensor &output,
                                             Activation activation)
{
    if (const auto problem = problemOf(a, b, output))
        return *problem;
    const float twice = 2 * std::max(scaleOf(a), scaleOf(b));
    const float lift = output.type == DType::int16 ? 1 << 15 : 1 << 20;
    return sumParameters(a, b, output, activation, double(scaleOf(a) / twice), double(scaleOf(b) / twice),
                         double(twice / (lift * scaleOf(output))));
}

Result<rt::MultiplyParameters> multiplyParameters(const Tensor &a, const Tensor &b, const Tensor &output,
                                                  Activation activation)
{
    if (const auto problem = problemOf(a, b, output))
        return *problem;
    const auto range = activationRange(activation, output);
    if (!range)
        return range.error();
    const auto scale = checkedMultiplier(double(scaleOf(a)) * double(scaleOf(b)) / double(scaleOf(output)));
    if (!scale)
        return scale.error();
    return rt::MultiplyParameters{zeroOf(a), zeroOf(b), zeroOf(output), *scale, range->low, range->high};
}

Result<rt::LeakyReluParameters> leakyReluParameters(const Tensor &input, const Tensor &output, float alpha)
{
    if (const auto problem = problemOf(input, output))
        return *problem;
    const auto identity = checkedMultiplier(double(scaleOf(input) / scaleOf(output)));
    const double slope = double(scaleOf(input) * alpha / scaleOf(output));
    const auto magnitude = checkedMultiplier(std::abs(slope));
    if (!identity)
        return identity.error();
    if (!magnitude)
        return magnitude.error();
    const IntegerRange range = typeRange(output.type);
    return rt::LeakyReluParameters{zeroOf(input), zeroOf(output), *identity, *magnitude,
                                   slope < 0,     range.low,      range.high};
}

Result<rt::PreluParameters> preluParameters(const Tensor &input, const Tensor &slope, const Tensor &output)
{
    if (const auto problem = problemOf(input, slope, output))
        return *problem;
    const auto identity = checkedMultiplier(double(scaleOf(input)) / double(scaleOf(output)));
    const auto factor = checkedMultiplier(double(scaleOf(input)) * double(scaleOf(slope)) / double(scaleOf(output)));
    if (!identity)
        return identity.error();
    if (!factor)
        return factor.error();
    const IntegerRange range = typeRange(output.type);
    return rt::PreluParameters{zeroOf(input), zeroOf(slope), zeroOf(output), *identity, *factor, range.low, range.high};
}

Result<rt::HardSwishParameters> hardSwishParameters(const Tensor &input, const Tensor &output)
{
    if (const auto problem = problemOf(input, output))
        return *problem;
    if (!isByte(input.type) || input.type != output.type)
        return failed(std::string(name(input.type)) + " is not supported");
    const float fineScale = (1.0f / 128.0f) * scaleOf(input);
    const auto onOutputScale = checkedMultiplier(double(fineScale / scaleOf(output)));
    const auto gate = checkedMultiplier(double(fineScale / (3.0f / 32768.0f)));
    if (!onOutputScale)
        return onOutputScale.error();
    if (!gate)
        return gate.error();
    if (onOutputScale->shift > 0)
        return failed("its output scale is too fine for its input");
    const IntegerRange range = typeRange(output.type);
    return rt::HardSwishParameters{zeroOf(input),
                                   zeroOf(output),
                                   upperHalf(onOutputScale->multiplier),
                                   onOutputScale->shift,
                                   upperHalf(gate->multiplier),
                                   gate->shift,
                                   range.low,
                                   range.high};
}

Result<rt::SigmoidParameters> logisticParameters(const Tensor &input, const Tensor &output)
{
    return sigmoidParameters(input, output, 1.0 / 256, 0);
}

Result<rt::SigmoidParameters> tanhParameters(const Tensor &input, const Tensor &output)
{
    return sigmoidParameters(input, output, 1.0 / 128, 128);
}

Result<rt::SoftmaxParameters> softmaxParameters(const Tensor &input, const Tensor &output, float beta)
{
    if (const auto problem = problemOf(input, output))
        return *problem;
    const bool widens = input.type == DType::int8 && output.type == DType::int16;
    if (!isByte(input.type) || (input.type != output.type && !widens))
        return failed(std::string(name(input.type)) + " to " + std::string(name(output.type)) + " is not supported");
    if (!isScale(output, widens ? 1.0 / 65536 : 1.0 / 256) || zeroOf(output) != typeRange(output.type).low)
        return failed("its output is not quantized with the fixed scale and zero point of this operator");
    const double largest = double((std::int64_t(1) << 31) - 1);
    const double factor = std::min(double(beta) * double(scaleOf(input)) * double(1 << 26), largest);
    if (!(factor > 1))
        return failed("its input scale times beta is too small");
    const rt::QuantizedMultiplier scale = quantizeMultiplier(factor);
    const double radius = std::floor(31.0 * double(1 << 26) / std::ldexp(1.0, scale.shift));
    return rt::SoftmaxParameters{scale, -std::int32_t(radius)};
}

Result<rt::WideSigmoidParameters> wideLogisticParameters(const Tensor &input, const Tensor &output)
{
    return wideSigmoidParameters(input, output, 0);
}

Result<rt::WideSigmoidParameters> wideTanhParameters(const Tensor &input, const Tensor &output)
{
    return wideSigmoidParameters(input, output, 1);
}

Result<rt::QuantizedMultiplier> wideSoftmaxScale(const Tensor &input, const Tensor &output, float beta)
{
    if (const auto checked = checkWideUnit(input, output); !checked)
        return checked.error();
    const auto scale = checkedMultiplier(double(scaleOf(input)) * double(beta) / (10.0 / 65535.0));
    if (scale && scale->shift > 14) // differences, of 17 bits, would overflow
        return failed("its input scale times beta is too large");
    return scale;
}

} // namespace espalier
