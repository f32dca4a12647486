// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/support.h"

#include "core/kernels/quantizedmultiplier.h"

#include <algorithm>
#include <cmath>

namespace espalier::device {

QuantizedRange activationRange(Activation activation, const Tensor &output)
{
    const std::int32_t lowest = output.type == DType::uint8 ? 0 : -128, highest = lowest + 255;
    const auto quantized = [&](float value) {
        return zeroPoint(output) + std::int32_t(std::round(value / scale(output)));
    };
    switch (activation) {
    case Activation::relu:
        return {std::max(lowest, quantized(0)), highest};
    case Activation::relu6:
        return {std::max(lowest, quantized(0)), std::min(highest, quantized(6))};
    case Activation::reluN1To1:
        return {std::max(lowest, quantized(-1)), std::min(highest, quantized(1))};
    default:
        return {lowest, highest};
    }
}

std::int32_t Window::before() const
{
    if (padding == Padding::valid)
        return 0;
    const std::int32_t reach = (filter - 1) * dilation + 1;
    return std::max(0, (output - 1) * stride + reach - input) / 2;
}

namespace {

Settings describeShape(PlanStep &step, const ConvolutionGeometry &g)
{
    Settings settings(step);
    settings.add("batches", g.input.shape[0]).add("inputHeight", g.input.shape[1]).add("inputWidth", g.input.shape[2]);
    settings.add("inputChannels", g.input.shape[3]);
    settings.add("filterHeight", g.filter.shape[1]).add("filterWidth", g.filter.shape[2]);
    settings.add("outputHeight", g.output.shape[1]).add("outputWidth", g.output.shape[2]);
    settings.add("outputChannels", g.output.shape[3]);
    settings.add("strideHeight", g.strideHeight).add("strideWidth", g.strideWidth);
    settings.add("dilationHeight", g.dilationHeight).add("dilationWidth", g.dilationWidth);
    settings.add("padTop", g.padTop).add("padLeft", g.padLeft).add("depthMultiplier", g.depthMultiplier);
    return settings;
}

} // namespace

void describeQuantized(PlanStep &step, const ConvolutionGeometry &geometry, QuantizedRange range, bool perChannel)
{
    describeShape(step, geometry)
        .add("inputZeroPoint", zeroPoint(geometry.input))
        .add("filterZeroPoint", zeroPoint(geometry.filter))
        .add("outputZeroPoint", zeroPoint(geometry.output))
        .add("outputMin", range.low)
        .add("outputMax", range.high)
        .add("perChannel", perChannel)
        .add("asymmetric", 0)
        .add("hasBias", 1)
        .add("activation", 0);
}

void describeFloat(PlanStep &step, const ConvolutionGeometry &geometry, const FloatConvolution &layer)
{
    describeShape(step, geometry)
        .add("inputZeroPoint", 0)
        .add("filterZeroPoint", 0)
        .add("outputZeroPoint", 0)
        .add("outputMin", 0)
        .add("outputMax", 0)
        .add("perChannel", layer.perChannel)
        .add("asymmetric", layer.asymmetric)
        .add("hasBias", layer.hasBias)
        .add("activation", activationNumber(layer.activation));
}

std::size_t rasterLead(const ConvolutionGeometry &g, WindowRead read)
{
    const std::int64_t batches = g.input.shape[0], inputHeight = g.input.shape[1], inputWidth = g.input.shape[2],
                       outputHeight = g.output.shape[1], outputWidth = g.output.shape[2];
    const auto bytesOf = [](const Tensor &t) { return std::int64_t(byteCount(t.type, std::size_t(t.shape[3]))); };
    const std::int64_t inputPixel = bytesOf(g.input), outputPixel = bytesOf(g.output);
    std::int64_t lead = 0, needed = batches * inputHeight * inputWidth * inputPixel; // the lowest byte still to be read
    for (std::int64_t batch = batches; batch-- > 0;) {
        for (std::int64_t y = outputHeight; y-- > 0;) {
            for (std::int64_t x = outputWidth; x-- > 0;) {
                const std::int64_t end = ((batch * outputHeight + y) * outputWidth + x + 1) * outputPixel;
                const std::int64_t top = std::max<std::int64_t>(y * g.strideHeight - g.padTop, 0);
                const std::int64_t left = std::max<std::int64_t>(x * g.strideWidth - g.padLeft, 0);
                const std::int64_t window = ((batch * inputHeight + top) * inputWidth + left) * inputPixel;
                if (read == WindowRead::whileWriting)
                    needed = std::min(needed, window);
                lead = std::max(lead, end - needed);
                needed = std::min(needed, window);
            }
        }
    }
    return std::size_t(lead);
}

std::int32_t activationNumber(Activation activation)
{
    switch (activation) {
    case Activation::relu:
        return 1;
    case Activation::reluN1To1:
        return 2;
    case Activation::relu6:
        return 3;
    default:
        return 0;
    }
}

ChannelMultipliers channelMultipliers(PlanBuilder &builder, const Tensor &input, const Tensor &weights,
                                      const Tensor &output, bool floatProduct)
{
    std::vector<std::int32_t> multipliers;
    std::vector<std::int8_t> shifts;
    const std::vector<float> &scales = weights.quantization.scale;
    for (const float by : scales) {
        const float in = scale(input);
        const double product = floatProduct && scales.size() == 1 ? double(in * by) : double(in) * double(by);
        const rt::QuantizedMultiplier fixed = quantizeMultiplier(product / double(scale(output)));
        multipliers.push_back(fixed.multiplier);
        shifts.push_back(std::int8_t(fixed.shift));
    }
    return {builder.constant("multiplier", DType::int32, multipliers), builder.constant("shift", DType::int8, shifts),
            multipliers.size() > 1};
}

PlanRef weightScales(PlanBuilder &builder, const Tensor &weights)
{
    return builder.constant("scale", DType::float32, weights.quantization.scale);
}

} // namespace espalier::device
