// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/dsp/linear.h"

#include "device/plan/lowering/dsp/packing.h"

#include <algorithm>

namespace espalier::device {

namespace {

bool isPlainInt8(const PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &filter = builder.tensor(op.input(1));
    return builder.family() == KernelFamily::dsp && input.type == DType::int8 &&
           builder.stored(op.input(1)).type == DType::int8 &&
           std::ranges::all_of(filter.quantization.zeroPoint, [](std::int64_t zero) { return zero == 0; });
}

// Whether the activation leaves less than int8's range.
bool narrows(QuantizedRange range)
{
    return range.low > -128 || range.high < 127;
}

} // namespace

bool lowerDspConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (!isPlainInt8(builder, op))
        return false;
    const TensorId inputId = op.input(0), filterId = op.input(1), outputId = op.outputs[0];
    const auto values = builder.values<std::int8_t>(filterId);
    const std::int64_t rowTaps = std::int64_t(g.filter.shape[2]) * g.filter.shape[3], rows = g.filter.shape[1];
    const std::int64_t paddedRow = (rowTaps + 3) / 4 * 4, taps = rows * paddedRow;
    DspLayer layer{inputId, filterId,          op.input(2), outputId, op.as<Conv2DOptions>().activation,
                   false,   g.filter.shape[0], taps,        {}};
    layer.weight = [=](std::int32_t output, std::int64_t place) {
        const std::int64_t row = place / paddedRow, column = place % paddedRow;
        return column < rowTaps ? values[std::size_t((output * rows + row) * rowTaps + column)] : std::int8_t(0);
    };
    const auto channels = dspChannels(builder, layer);
    const PairPacker packer(layer);
    if (!channels || !packer.fits())
        return false;
    std::vector<std::int16_t> packed;
    for (std::int32_t c = 0; c < layer.outputs; c += 2) {
        for (std::int64_t i = 0; i < taps; ++i)
            packed.push_back(packer.packed(c, unpackedPlace(i)));
    }
    constexpr std::int64_t pixels = 3; // rt::dsp::detail::pixelsAtOnce
    const PlanRef scratch = builder.scratch(DType::int32, std::size_t((pixels * taps * 2 + paddedRow + 3) / 4));
    const QuantizedRange range = activationRange(layer.activation, g.output);
    const PlanRef filter =
        builder.constant("filter", g.filter.name + ", two channels in one halfword", DType::int16, sharedBytes(packed));
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    PlanStep &step = builder.call("espalier/dsp/convolution.h",
                                  narrows(range) ? "dsp::clampedConvolution" : "dsp::convolution", "ConvolutionLayer");
    describeQuantized(step, g, range, true);
    step.arguments = {builder.input(inputId), filter, table, scratch, builder.output(outputId)};
    builder.mayOverlap(inputId, outputId, rasterLead(g, std::size_t(pixels)));
    return true;
}

bool lowerDspDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    const bool is3x3 = g.filter.shape[1] == 3 && g.filter.shape[2] == 3 && g.strideHeight == g.strideWidth &&
                       g.strideHeight <= 2 && g.dilationHeight == 1 && g.dilationWidth == 1 && g.depthMultiplier == 1 &&
                       g.padTop <= 1 && g.padLeft <= 1;
    if (!is3x3 || !isPlainInt8(builder, op))
        return false;
    const TensorId inputId = op.input(0), filterId = op.input(1), outputId = op.outputs[0];
    const auto values = builder.values<std::int8_t>(filterId);
    const std::int32_t depth = g.filter.shape[3];
    DspLayer layer{
        inputId,
        filterId,
        op.input(2),
        outputId,
        op.as<DepthwiseConv2DOptions>().activation,
        false,
        depth,
        9,
        [=](std::int32_t output, std::int64_t place) { return values[std::size_t(place * depth + output)]; }};
    const auto channels = dspChannels(builder, layer);
    if (!channels)
        return false;
    // Long lines are cheaper. A whole channel at once needs each value brought in only once, and may be done in place;
    // where its scratch memory would be large, bands of rows let the output run over the input.
    const std::int32_t stride = g.strideHeight;
    const std::int32_t inH = g.input.shape[1], inW = g.input.shape[2], outH = g.output.shape[1],
                       outW = g.output.shape[2];
    const auto scratchWords = [&](std::int32_t lines, std::int32_t length) {
        // One pair more than the last output begins with.
        const std::int32_t pairs = stride == 1 ? (length + 1) / 2 + 1 : length + 1;
        const std::int32_t sums = (length + 1) / 2 * 2;
        return std::pair(((lines - 1) * stride + 3) * pairs + sums, pairs);
    };
    const bool byColumns = outH > outW;
    const std::int32_t lines = byColumns ? outW : outH, length = byColumns ? outH : outW;
    const bool isWhole =
        std::size_t(4 * scratchWords(lines, length).first) <= std::max<std::size_t>(1024, g.input.bytes() / 8);
    const bool transposed = byColumns && isWhole;
    const std::int32_t outLines = transposed ? outW : outH, outLength = transposed ? outH : outW;
    const std::int32_t bandLines = isWhole ? outLines : std::min(outLines, 4);
    const auto [words, pairs] = scratchWords(bandLines, outLength);

    std::vector<std::int16_t> rows;
    for (std::int32_t c = 0; c < depth; ++c) {
        for (std::int64_t line = 0; line < 3; ++line) {
            for (const std::int64_t place : {0, 1, 1, 2})
                rows.push_back(layer.weight(c, transposed ? 3 * place + line : 3 * line + place));
        }
    }
    const PlanRef scratch = builder.scratch(DType::int32, std::size_t(words));
    const QuantizedRange range = activationRange(layer.activation, g.output);
    const PlanRef filter =
        builder.constant("filter", g.filter.name + ", lines as pairs", DType::int16, sharedBytes(rows));
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    PlanStep &step =
        builder.call("espalier/dsp/depthwise.h", narrows(range) ? "dsp::clampedDepthwise3x3" : "dsp::depthwise3x3",
                     "DepthwiseLinesLayer");
    Settings(step)
        .add("batches", g.input.shape[0])
        .add("channels", depth)
        .add("inputBytes", std::int64_t(inH) * inW * depth)
        .add("outputBytes", std::int64_t(outH) * outW * depth)
        .add("inputLines", transposed ? inW : inH)
        .add("inputLength", transposed ? inH : inW)
        .add("inputAcross", transposed ? depth : inW * depth)
        .add("inputAlong", transposed ? inW * depth : depth)
        .add("outputLines", outLines)
        .add("outputLength", outLength)
        .add("outputAcross", transposed ? depth : outW * depth)
        .add("outputAlong", transposed ? outW * depth : depth)
        .add("stride", stride)
        .add("padAcross", transposed ? g.padLeft : g.padTop)
        .add("padAlong", transposed ? g.padTop : g.padLeft)
        .add("inputZeroPoint", zeroPoint(g.input))
        .add("outputMin", range.low)
        .add("outputMax", range.high)
        .add("bandLines", bandLines)
        .add("linePairs", pairs);
    step.arguments = {builder.input(inputId), filter, table, scratch, builder.output(outputId)};
    if (!isWhole)
        builder.mayOverlap(inputId, outputId, bandLead(g, bandLines));
    else if (stride == 1 && inH == outH && inW == outW)
        builder.mayReplace(inputId, outputId);
    return true;
}

bool lowerDspFullyConnected(PlanBuilder &builder, const Operator &op)
{
    const TensorId inputId = op.input(0), weightsId = op.input(1), outputId = op.outputs[0];
    const Tensor &weights = builder.tensor(weightsId);
    const std::int32_t outputs = weights.shape[0], inputs = weights.shape[1];
    if (!isPlainInt8(builder, op) || inputs % 4 != 0)
        return false;
    const auto values = builder.values<std::int8_t>(weightsId);
    const DspLayer layer{inputId,
                         weightsId,
                         op.input(2),
                         outputId,
                         op.as<FullyConnectedOptions>().activation,
                         true,
                         outputs,
                         inputs,
                         [=](std::int32_t output, std::int64_t place) {
                             return values[std::size_t(std::int64_t(output) * inputs + place)];
                         }};
    const auto channels = dspChannels(builder, layer);
    const PairPacker packer(layer);
    if (!channels || !packer.fits())
        return false;
    std::vector<std::int16_t> packed;
    for (std::int32_t first = 0; first < outputs;) {
        const std::int32_t pairs = (outputs - first + 1) / 2 >= 3 ? 3 : 1; // rt::dsp::detail::pairsAtOnce
        for (std::int64_t i = 0; i < inputs; i += 2) {
            for (std::int32_t pair = 0; pair < pairs; ++pair) {
                packed.push_back(packer.packed(first + 2 * pair, unpackedPlace(i)));
                packed.push_back(packer.packed(first + 2 * pair, unpackedPlace(i + 1)));
            }
        }
        first += 2 * pairs;
    }
    const QuantizedRange range = activationRange(layer.activation, builder.tensor(outputId));
    const PlanRef matrix =
        builder.constant("weights", weights.name + ", two outputs in one halfword", DType::int16, sharedBytes(packed));
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    PlanStep &step = builder.call("espalier/dsp/fullyconnected.h", "dsp::fullyConnected", "FullyConnectedLayer");
    describeFullyConnected(step, {.rows = std::int64_t(builder.tensor(inputId).elements()) / inputs,
                                  .inputs = inputs,
                                  .outputs = outputs,
                                  .outputZeroPoint = zeroPoint(builder.tensor(outputId)),
                                  .range = range,
                                  .perChannel = true});
    step.arguments = {builder.input(inputId), matrix, table, builder.output(outputId)};
    return true;
}

} // namespace espalier::device
