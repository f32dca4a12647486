// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/linear/arithmetic.h"

#include "core/graph/int4.h"
#include "core/kernels/floatrange.h"
#include "core/kernels/quantizedmultiplier.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

/// The values between which an activation keeps the output.
void clampTo(const FloatRange &range, const Tensor &output, LinearLayer &layer)
{
    layer.low = output.type == DType::int16 ? -32768 : output.type == DType::int8 ? -128 : 0;
    layer.high = output.type == DType::int16 ? 32767 : output.type == DType::int8 ? 127 : 255;
    const auto quantized = [&](float real) {
        const float steps = std::round(real / output.quantization.scale[0]);
        return layer.outputZero + std::int32_t(std::clamp(steps, -65536.0f, 65536.0f));
    };
    if (std::isfinite(range.low))
        layer.low = std::clamp(quantized(range.low), layer.low, layer.high);
    if (std::isfinite(range.high))
        layer.high = std::clamp(quantized(range.high), layer.low, layer.high);
}

bool isByte(DType type)
{
    return type == DType::int8 || type == DType::uint8;
}

std::string typesText(const Tensor &input, const Tensor &filter, const Tensor &output)
{
    return "there is no kernel for " + std::string(name(input.type)) + " input, " + std::string(name(filter.type)) +
           " filter and " + std::string(name(output.type)) + " output";
}

Result<Arithmetic> arithmeticOf(const Tensor &input, const Tensor &filter, const Tensor &output)
{
    if (input.type == DType::float32 && output.type == DType::float32) {
        if (filter.type == DType::float32)
            return Arithmetic::floats;
        if (filter.type == DType::int8)
            return Arithmetic::hybrid;
    }
    if (isByte(input.type) && filter.type == input.type && output.type == input.type)
        return Arithmetic::integer;
    if (input.type == DType::int8 && filter.type == DType::int4 && output.type == DType::int8)
        return Arithmetic::integer;
    if (input.type == DType::int16 && filter.type == DType::int8 && output.type == DType::int16)
        return Arithmetic::wide;
    return failed(typesText(input, filter, output));
}

/// One scale and a zero point that the type holds.
Result<std::int32_t> zeroPointOf(const Tensor &tensor, const char *what)
{
    const Quantization &q = tensor.quantization;
    if (q.scale.size() != 1 || q.zeroPoint.size() != 1 || !(q.scale[0] > 0) || !std::isfinite(q.scale[0]))
        return failed("its " + std::string(what) + " does not have one positive scale");
    if (tensor.type == DType::int16 && q.zeroPoint[0] != 0)
        return failed("its int16 " + std::string(what) + " has a zero point other than 0");
    const std::int64_t first = tensor.type == DType::uint8 ? 0 : -128;
    if (q.zeroPoint[0] < first || q.zeroPoint[0] > first + 255)
        return failed("the zero point of its " + std::string(what) + " is outside the type");
    return std::int32_t(q.zeroPoint[0]);
}

Result<void> checkFilterQuantization(const Tensor &filter, int channels, int channelAxis)
{
    const Quantization &q = filter.quantization;
    if (q.scale.empty() || q.zeroPoint.size() != q.scale.size())
        return failed("its filter has no scale");
    if (q.perChannel() && (q.scale.size() != std::size_t(channels) || q.axis != channelAxis))
        return failed("its filter does not have a scale for each output channel");
    if (!std::ranges::all_of(q.scale, [](float scale) { return std::isfinite(scale) && scale >= 0; }))
        return failed("a scale of its filter is negative or not finite");
    const bool isSymmetric = std::ranges::all_of(q.zeroPoint, [](std::int64_t zero) { return zero == 0; });
    if (!isSymmetric && (filter.type != DType::uint8 || q.perChannel()))
        return failed("its filter has a zero point other than 0");
    return {};
}

Result<void> makeInteger(LinearLayer &layer, const Tensor &input, const Tensor &filter, const Tensor &output,
                         bool floatProduct)
{
    const Result<std::int32_t> inputZero = zeroPointOf(input, "input"), outputZero = zeroPointOf(output, "output");
    if (!inputZero)
        return inputZero.error();
    if (!outputZero)
        return outputZero.error();
    layer.inputIsSigned = input.type != DType::uint8;
    layer.inputZero = *inputZero;
    layer.outputZero = *outputZero;
    if (!layer.inputIsSigned) {
        const Result<std::int32_t> filterZero = zeroPointOf(filter, "filter");
        if (!filterZero)
            return filterZero.error();
        layer.filterZero = *filterZero;
    }
    for (int c = 0; c < layer.outChannels; ++c) {
        const std::vector<float> &scales = filter.quantization.scale;
        const float in = input.quantization.scale[0], by = scales[scales.size() > 1 ? std::size_t(c) : 0];
        const double product = floatProduct && scales.size() == 1 ? double(in * by) : double(in) * double(by);
        const Result<rt::QuantizedMultiplier> factor =
            checkedMultiplier(product / double(output.quantization.scale[0]));
        if (!factor)
            return factor.error();
        if (layer.arithmetic == Arithmetic::wide && factor->shift > 7)
            return failed("its scales ask for a factor that int16 outputs cannot have");
        layer.multiplier.push_back(factor->multiplier);
        layer.shift.push_back(factor->shift);
        layer.factor.push_back(in * by / output.quantization.scale[0]);
    }
    return {};
}

/// Sums of int16 by int8 products are made in 32 bits, which must hold them whatever the input, and the bias must leave
/// room for the 64-bit product after it.
Result<void> checkWide(const Tensor &filter, const Tensor *bias, int channels, int channelAxis)
{
    const std::span<const std::int8_t> weights = values<std::int8_t>(filter);
    const auto count = std::size_t(channels);
    const std::size_t perChannel = weights.size() / count;
    for (std::size_t c = 0; c < count; ++c) {
        int sum = 0;
        for (std::size_t i = 0; i < perChannel && sum <= 65535; ++i)
            sum += std::abs(int(weights[channelAxis == 0 ? c * perChannel + i : i * count + c]));
        if (sum > 65535)
            return failed("its weights are too large for 32-bit sums of int16 inputs");
    }
    if (!bias)
        return {};
    if (bias->type != DType::int64 || !bias->isConstant())
        return failed("with int16 activations its bias must be a constant int64");
    const auto isSmall = [](std::int64_t v) { return v > -(std::int64_t(1) << 46) && v < (std::int64_t(1) << 46); };
    if (!std::ranges::all_of(values<std::int64_t>(*bias), isSmall))
        return failed("its bias is too large");
    return {};
}

} // namespace

UnitKind LinearLayer::unitKind(const SimdFunctions &simd) const
{
    if (arithmetic == Arithmetic::floats)
        return UnitKind::floats;
    return arithmetic != Arithmetic::wide && inputIsSigned && simd.hasBytes ? UnitKind::bytes : UnitKind::words;
}

Result<LinearLayer> makeLinearLayer(const LayerTensors &tensors, Activation activation, int outChannels,
                                    int channelAxis, bool floatProduct)
{
    const auto &[input, filter, output, bias] = tensors;
    if (!filter.isConstant())
        return failed("its filter is not a constant");
    const Result<Arithmetic> arithmetic = arithmeticOf(input, filter, output);
    if (!arithmetic)
        return arithmetic.error();
    const std::optional<FloatRange> range = floatRange(activation);
    if (!range)
        return failed("its fused activation is neither RELU, RELU6 nor RELU_N1_TO_1");

    LinearLayer layer;
    layer.arithmetic = *arithmetic;
    layer.outChannels = outChannels;
    layer.lowFloat = range->low;
    layer.highFloat = range->high;
    const bool isWide = layer.arithmetic == Arithmetic::wide;
    const bool isInteger = layer.arithmetic == Arithmetic::integer || isWide;
    if (layer.arithmetic != Arithmetic::floats)
        if (const Result<void> checked = checkFilterQuantization(filter, outChannels, channelAxis); !checked)
            return checked.error();
    if (isInteger) {
        if (const Result<void> made = makeInteger(layer, input, filter, output, floatProduct); !made)
            return made.error();
        clampTo(*range, output, layer);
    }
    if (isWide)
        if (const Result<void> fits = checkWide(filter, bias, outChannels, channelAxis); !fits)
            return fits.error();
    if (layer.arithmetic == Arithmetic::hybrid) {
        layer.filterPerChannel = filter.quantization.perChannel();
        layer.filterScales = filter.quantization.scale;
        layer.filterScales.resize(std::size_t(outChannels), filter.quantization.scale[0]);
    }

    if (!bias) {
        layer.bias.resize(isInteger && !isWide ? std::size_t(outChannels) : 0);
        layer.wideBias.resize(isWide ? std::size_t(outChannels) : 0);
        layer.floatBias.resize(isInteger ? 0 : std::size_t(outChannels));
        return layer;
    }
    if (!bias->isConstant() || bias->elements() != std::size_t(outChannels))
        return failed("its bias is not a constant with a value for each output channel");
    if (bias->type != (isWide ? DType::int64 : isInteger ? DType::int32 : DType::float32))
        return failed("its bias is of type " + std::string(name(bias->type)));
    if (isWide)
        layer.wideBias.assign(values<std::int64_t>(*bias).begin(), values<std::int64_t>(*bias).end());
    else if (isInteger)
        layer.bias.assign(values<std::int32_t>(*bias).begin(), values<std::int32_t>(*bias).end());
    else
        layer.floatBias.assign(values<float>(*bias).begin(), values<float>(*bias).end());
    return layer;
}

float filterValue(const Tensor &filter, const LinearLayer &layer, std::size_t index)
{
    if (filter.type == DType::float32)
        return values<float>(filter)[index];
    if (filter.type == DType::int4)
        return float(int4At(filter.data->data(), index));
    const std::uint8_t byte = (*filter.data)[index];
    return float((filter.type == DType::int8 ? int(std::int8_t(byte)) : int(byte)) - layer.filterZero);
}

} // namespace espalier
