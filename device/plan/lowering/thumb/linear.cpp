// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/thumb/linear.h"

#include "device/plan/lowering/binary.h"
#include "device/plan/lowering/depthwiselines.h"
#include "device/plan/lowering/grouped.h"
#include "device/plan/lowering/int8layer.h"
#include "device/plan/lowering/sparse.h"

#include <espalier/clustered.h>

#include <cstdlib>

namespace espalier::device {

namespace {

constexpr std::size_t pixelsAtOnce = 4; // rt::thumb::detail::pixelsAtOnce

constexpr std::int32_t largest = 255; // sum of |weight|: times the largest input, 128, it stays below 2^15

// The weights of all outputs, each channel's in the longest segments whose sums fit 16 bits for any input.
std::vector<std::int8_t> segments(const Int8Layer &layer)
{
    std::vector<std::int8_t> stream;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        for (std::int64_t i = 0; i < layer.weightsOfOutput;) {
            const std::size_t length = stream.size();
            stream.push_back(0);
            for (std::int32_t sum = 0; i < layer.weightsOfOutput && stream.size() - length <= 255; ++i) {
                const std::int8_t weight = layer.weight(c, i);
                sum += std::abs(std::int32_t(weight));
                if (sum > largest)
                    break;
                stream.push_back(weight);
            }
            stream[length] = std::int8_t(std::uint8_t(stream.size() - length - 1));
        }
        stream.push_back(0);
    }
    return stream;
}

// Nine weights of each channel, in segments that end with the window's lines; 128 marks that.
std::vector<std::int8_t> lineSegments(const Int8Layer &layer, const DepthwiseLines &lines)
{
    std::vector<std::int8_t> stream;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        for (std::int64_t line = 0; line < 3; ++line) {
            for (std::int64_t along = 0; along < 3;) {
                const std::size_t head = stream.size();
                stream.push_back(0);
                for (std::int32_t sum = 0; along < 3; ++along) {
                    const std::int8_t weight = layer.weight(c, lines.place(line, along));
                    sum += std::abs(std::int32_t(weight));
                    if (sum > largest)
                        break;
                    stream.push_back(weight);
                }
                stream[head] = std::int8_t(std::uint8_t(stream.size() - head - 1 + (along == 3 ? 128 : 0)));
            }
        }
        stream.push_back(0);
    }
    return stream;
}

// As thumb/fullyconnected.h reads them: eight outputs side by side with `offset` added, then rows of what is left.
std::vector<std::int8_t> interleaved(std::int32_t outputs, std::int64_t inputs, const WeightAt &weight, int offset)
{
    constexpr std::int32_t outputsAtOnce = 8; // rt::thumb::detail::outputsAtOnce
    const std::int32_t whole = outputs / outputsAtOnce * outputsAtOnce;
    std::vector<std::int8_t> bytes;
    for (std::int32_t first = 0; first < whole; first += outputsAtOnce) {
        for (std::int64_t i = 0; i < inputs; ++i) {
            for (std::int32_t output = first; output < first + outputsAtOnce; ++output)
                bytes.push_back(std::int8_t(weight(output, i) + offset));
        }
    }
    for (std::int32_t output = whole; output < outputs; ++output) {
        for (std::int64_t i = 0; i < inputs; ++i)
            bytes.push_back(weight(output, i));
    }
    return bytes;
}

void lower(PlanBuilder &builder, const Int8Layer &layer, const ConvolutionGeometry &g,
           const std::vector<std::int32_t> &channels, const std::string &function)
{
    const PlanRef scratch = builder.scratch(DType::int32, std::size_t(layer.weightsOfOutput) * pixelsAtOnce / 2);
    const PlanRef filter =
        builder.constant("filter", g.filter.name + ", in segments", DType::int8, sharedBytes(segments(layer)));
    const PlanRef table = builder.constant("channels", DType::int32, channels);
    PlanStep &step = builder.call("espalier/thumb/convolution.h", function, "ConvolutionLayer");
    describeQuantized(step, g, activationRange(layer.activation, g.output), true);
    step.arguments = {builder.input(layer.input), filter, table, scratch, builder.output(layer.output)};
}

} // namespace

PlanRef eightOutputsAtOnce(PlanBuilder &builder, TensorId weights, std::int32_t outputs, std::int64_t inputs,
                           const WeightAt &weight)
{
    return builder.constant("weights", builder.tensor(weights).name + ", eight outputs side by side", DType::int8,
                            sharedBytes(interleaved(outputs, inputs, weight, 128)));
}

bool lowerThumbConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (builder.family() != KernelFamily::thumb || !isInt8Layer(builder, op))
        return false;
    const std::vector<std::int8_t> values = int8Weights(builder, op.input(1));
    const std::int64_t taps = std::int64_t(values.size()) / g.filter.shape[0];
    const Int8Layer layer{
        op.input(0),
        op.input(1),
        op.input(2),
        op.outputs[0],
        op.as<Conv2DOptions>().activation,
        false,
        g.filter.shape[0],
        taps,
        [=](std::int32_t output, std::int64_t place) { return values[std::size_t(output * taps + place)]; }};
    auto channels = channelTable(builder, layer, 1);
    const bool compares = !channels;
    if (compares)
        channels = comparingTable(builder, layer, 1);
    if (!channels)
        return false;
    const auto channelOf = [=](std::size_t i) { return std::int32_t(std::int64_t(i) / taps); };
    std::optional<UnpackedWeights> unpacked;
    if (!compares)
        unpacked = compactWeights(builder, clusteredTable(values, layer.outputs, channelOf),
                                  groupedTable(values, std::size_t(taps)));
    const std::vector<std::int8_t> dense = segments(layer);
    const auto heads = double(dense.size() - values.size());
    if (!compares &&
        lowerSparseConvolution(builder, op, g,
                               {unpacked ? unpacked->bytes() : dense.size(), 8.0 * double(values.size()) + 27 * heads}))
        return true;
    if (unpacked) {
        const PlanRef filter = builder.constant("filter", g.filter.name + ", " + unpacked->form, DType::int32,
                                                sharedBytes(unpacked->words));
        const std::int64_t groups = rt::clusteredGroups(std::uint32_t(taps * 8));
        const PlanRef scratch = builder.scratch(DType::int32, std::size_t(groups * 2 * taps + (2 * taps + 4) / 4));
        const PlanRef table = builder.constant("channels", DType::int32, *channels);
        PlanStep &step = builder.call("espalier/thumb/" + unpacked->form + ".h",
                                      "thumb::" + unpacked->form + "Convolution", "ConvolutionLayer");
        describeQuantized(step, g, activationRange(layer.activation, g.output), true);
        step.arguments = {builder.input(layer.input), filter, table, scratch, builder.output(layer.output)};
        builder.mayOverlap(layer.input, layer.output, rasterLead(g, std::size_t(groups) * pixelsAtOnce));
        return true;
    }
    lower(builder, layer, g, *channels, compares ? "thumb::binaryConvolution" : "thumb::convolution");
    builder.mayOverlap(layer.input, layer.output, rasterLead(g, pixelsAtOnce));
    return true;
}

bool lowerThumbDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (builder.family() != KernelFamily::thumb || g.depthMultiplier != 1 || !isInt8Layer(builder, op))
        return false;
    const std::vector<std::int8_t> values = int8Weights(builder, op.input(1));
    const std::int32_t depth = g.filter.shape[3];
    const std::int64_t taps = std::int64_t(values.size()) / depth;
    const Int8Layer layer{
        op.input(0),
        op.input(1),
        op.input(2),
        op.outputs[0],
        op.as<DepthwiseConv2DOptions>().activation,
        false,
        depth,
        taps,
        [=](std::int32_t output, std::int64_t place) { return values[std::size_t(place * depth + output)]; }};
    const auto channels = channelTable(builder, layer, 1);
    if (!channels)
        return false;
    if (DepthwiseLines::fits(g)) {
        // As far as the window of the last of four outputs, the second value of its last word included.
        const DepthwiseLines lines(g, [&](std::int32_t length) {
            const std::int32_t groups = (length + 3) / 4 * 4;
            return (groups - 1) * g.strideHeight + 3;
        });
        const PlanRef scratch = builder.scratch(DType::int32, std::size_t(lines.scratchWords()));
        const PlanRef filter = builder.constant("filter", g.filter.name + ", in segments", DType::int8,
                                                sharedBytes(lineSegments(layer, lines)));
        const PlanRef table = builder.constant("channels", DType::int32, *channels);
        PlanStep &step = builder.call("espalier/thumb/depthwise.h", "thumb::depthwise3x3", "DepthwiseLinesLayer");
        lines.describe(step, activationRange(layer.activation, g.output));
        step.arguments = {builder.input(layer.input), filter, table, scratch, builder.output(layer.output)};
        lines.shareMemory(builder, layer.input, layer.output);
        return true;
    }
    lower(builder, layer, g, *channels, "thumb::depthwiseConvolution");
    // A group's first channels are written while its windows' other channels are still to be read.
    builder.mayOverlap(layer.input, layer.output, groupLead(g, pixelsAtOnce));
    return true;
}

bool lowerThumbFullyConnected(PlanBuilder &builder, const Operator &op)
{
    const Tensor &weights = builder.tensor(op.input(1)), &output = builder.tensor(op.outputs[0]);
    const std::int32_t outputs = weights.shape[0], inputs = weights.shape[1];
    if (builder.family() != KernelFamily::thumb || !isInt8Layer(builder, op))
        return false;
    const std::int32_t padded = (inputs + 3) / 4 * 4;
    const std::vector<std::int8_t> values = int8Weights(builder, op.input(1));
    const Int8Layer layer{op.input(0),
                          op.input(1),
                          op.input(2),
                          op.outputs[0],
                          op.as<FullyConnectedOptions>().activation,
                          true,
                          outputs,
                          padded,
                          [=](std::int32_t row, std::int64_t place) {
                              return place < inputs ? values[std::size_t(std::int64_t(row) * inputs + place)]
                                                    : std::int8_t(0);
                          }};
    auto channels = channelTable(builder, layer, 1);
    const bool compares = !channels && padded == inputs;
    if (compares)
        channels = comparingTable(builder, layer, 1);
    if (!channels)
        return false;
    std::optional<UnpackedWeights> unpacked;
    if (padded == inputs && !compares)
        unpacked = compactWeights(builder, clusteredTable(interleaved(outputs, padded, layer.weight, 0)),
                                  groupedTable(values, std::size_t(inputs)));
    const std::size_t bytes = unpacked ? unpacked->bytes() : std::size_t(outputs) * std::size_t(padded);
    if (!compares && lowerSparseFullyConnected(builder, op, {bytes, 3.3 * double(values.size())}))
        return true;
    const PlanRef matrix = unpacked ? builder.constant("weights", weights.name + ", " + unpacked->form, DType::int32,
                                                       sharedBytes(unpacked->words))
                                    : eightOutputsAtOnce(builder, op.input(1), outputs, padded, layer.weight);
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    const bool isPadded = padded != inputs;
    const PlanRef scratch = isPadded ? builder.scratch(DType::int8, std::size_t(padded)) : PlanRef();
    PlanStep &step =
        builder.call(unpacked ? "espalier/thumb/" + unpacked->form + ".h" : "espalier/thumb/fullyconnected.h",
                     unpacked   ? "thumb::" + unpacked->form + "FullyConnected"
                     : compares ? "thumb::binaryFullyConnected"
                     : isPadded ? "thumb::paddedFullyConnected"
                                : "thumb::fullyConnected",
                     "FullyConnectedLayer");
    describeFullyConnected(step, {.rows = std::int64_t(builder.tensor(layer.input).elements()) / inputs,
                                  .inputs = inputs,
                                  .outputs = outputs,
                                  .outputZeroPoint = zeroPoint(output),
                                  .range = activationRange(layer.activation, output),
                                  .perChannel = true});
    step.arguments = {builder.input(layer.input), matrix, table};
    if (isPadded)
        step.arguments.push_back(scratch);
    step.arguments.push_back(builder.output(layer.output));
    return true;
}

} // namespace espalier::device
