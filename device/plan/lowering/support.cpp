// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/support.h"

#include "core/kernels/quantizedmultiplier.h"
#include "core/kernels/quantizedparameters.h"

#include <algorithm>
#include <cmath>

namespace espalier::device {

QuantizedRange activationRange(Activation activation, const Tensor &output)
{
    const auto [lowest, highest] = typeRange(output.type);
    const auto quantized = [&](float value) {
        return zeroPoint(output) + std::int32_t(std::clamp(std::round(value / scale(output)), -65536.0f, 65536.0f));
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

namespace {

std::size_t leadOfGroups(const ConvolutionGeometry &g, std::size_t pixels, bool readsFirst)
{
    const std::int64_t batches = g.input.shape[0], inputHeight = g.input.shape[1], inputWidth = g.input.shape[2],
                       outputHeight = g.output.shape[1], outputWidth = g.output.shape[2];
    const auto bytesOf = [](const Tensor &t) { return std::int64_t(byteCount(t.type, std::size_t(t.shape[3]))); };
    const std::int64_t inputPixel = bytesOf(g.input), outputPixel = bytesOf(g.output);
    const std::int64_t image = outputHeight * outputWidth;
    const auto group = std::int64_t(pixels);
    std::int64_t lead = 0, needed = batches * inputHeight * inputWidth * inputPixel; // the lowest byte still to be read
    const auto windowOf = [&](std::int64_t batch, std::int64_t pixel) {
        const std::int64_t y = pixel / outputWidth, x = pixel % outputWidth;
        const std::int64_t top = std::max<std::int64_t>(y * g.strideHeight - g.padTop, 0);
        const std::int64_t left = std::max<std::int64_t>(x * g.strideWidth - g.padLeft, 0);
        return ((batch * inputHeight + top) * inputWidth + left) * inputPixel;
    };
    for (std::int64_t batch = batches; batch-- > 0;) {
        for (std::int64_t first = (image - 1) / group * group; first >= 0; first -= group) {
            const std::int64_t end = std::min(first + group, image);
            std::int64_t windows = needed;
            for (std::int64_t pixel = first; pixel < end; ++pixel)
                windows = std::min(windows, windowOf(batch, pixel));
            lead = std::max(lead, (batch * image + end) * outputPixel - (readsFirst ? needed : windows));
            needed = windows;
        }
    }
    return std::size_t(lead);
}

} // namespace

std::size_t rasterLead(const ConvolutionGeometry &g, std::size_t pixelsReadFirst)
{
    return leadOfGroups(g, std::max<std::size_t>(pixelsReadFirst, 1), pixelsReadFirst > 0);
}

std::size_t groupLead(const ConvolutionGeometry &g, std::size_t pixels)
{
    return leadOfGroups(g, pixels, false);
}

std::size_t bandLead(const ConvolutionGeometry &g, std::int32_t bandRows)
{
    // All rows that a band sees are read until its last channel is written.
    const std::int64_t inputRow = std::int64_t(g.input.shape[2]) * g.input.shape[3],
                       outputRow = std::int64_t(g.output.shape[2]) * g.output.shape[3];
    const std::int64_t inputImage = g.input.shape[1] * inputRow, outputImage = g.output.shape[1] * outputRow;
    std::int64_t lead = 0;
    for (std::int64_t batch = 0; batch < g.input.shape[0]; ++batch) {
        for (std::int32_t first = 0; first < g.output.shape[1]; first += bandRows) {
            const std::int64_t end = std::min(first + bandRows, g.output.shape[1]);
            const std::int64_t top = std::max(first * g.strideHeight - g.padTop, 0);
            lead = std::max(lead, batch * outputImage + end * outputRow - (batch * inputImage + top * inputRow));
        }
    }
    return std::size_t(lead);
}

void describeFullyConnected(PlanStep &step, const FullyConnectedDescription &layer)
{
    Settings settings(step);
    settings.add("rows", layer.rows).add("inputs", layer.inputs).add("outputs", layer.outputs);
    settings.add("filterZeroPoint", layer.filterZeroPoint).add("outputZeroPoint", layer.outputZeroPoint);
    settings.add("outputMin", layer.range.low).add("outputMax", layer.range.high);
    settings.add("perChannel", layer.perChannel).add("asymmetric", layer.asymmetric);
    settings.add("hasBias", layer.hasBias).add("activation", activationNumber(layer.activation));
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

std::vector<rt::QuantizedMultiplier> multipliersOf(const Tensor &input, const Tensor &weights, const Tensor &output,
                                                   bool floatProduct)
{
    std::vector<rt::QuantizedMultiplier> multipliers;
    const std::vector<float> &scales = weights.quantization.scale;
    for (const float by : scales) {
        const float in = scale(input);
        const double product = floatProduct && scales.size() == 1 ? double(in * by) : double(in) * double(by);
        multipliers.push_back(quantizeMultiplier(product / double(scale(output))));
    }
    return multipliers;
}

ChannelMultipliers channelMultipliers(PlanBuilder &builder, const Tensor &input, const Tensor &weights,
                                      const Tensor &output, bool floatProduct)
{
    std::vector<std::int32_t> multipliers;
    std::vector<std::int8_t> shifts;
    for (const rt::QuantizedMultiplier &each : multipliersOf(input, weights, output, floatProduct)) {
        multipliers.push_back(each.multiplier);
        shifts.push_back(std::int8_t(each.shift));
    }
    return {builder.constant("multiplier", DType::int32, multipliers), builder.constant("shift", DType::int8, shifts),
            multipliers.size() > 1};
}

PlanRef weightScales(PlanBuilder &builder, const Tensor &weights)
{
    return builder.constant("scale", DType::float32, weights.quantization.scale);
}

} // namespace espalier::device
