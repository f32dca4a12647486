// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/widelayer.h"

#include "device/plan/lowering/depthwiselines.h"
#include "device/plan/lowering/thumb/linear.h"

namespace espalier::device {

namespace {

constexpr std::int32_t pixelsAtOnce = 6, columnsOfWords = 3; // of rt::thumb::detail

const ShortScale halves = {17, 46, [](rt::WideChannel &channel, std::int32_t multiplier, std::int32_t shift) {
                               channel.multiplier = multiplier;
                               channel.shift = shift - 16;
                               channel.rounding = 1 << (shift - 17);
                           }};

// For each output what the sums of lower halves begin at, since these have 2^15 added, and its weights in whole words.
template <class Place>
PlanRef startsAndWeights(PlanBuilder &builder, const WideLayer &layer, Place place)
{
    std::vector<std::int32_t> words;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        const std::size_t start = words.size();
        words.resize(start + 1 + std::size_t(layer.weightsOfOutput + 3) / 4);
        std::uint32_t sum = 0;
        for (std::int64_t i = 0; i < layer.weightsOfOutput; ++i) {
            const std::int8_t weight = layer.weight(c, place(i));
            sum += std::uint32_t(weight);
            std::uint32_t byte = std::uint8_t(weight);
            words[start + 1 + std::size_t(i / 4)] |= std::int32_t(byte << (8 * (i % 4)));
        }
        words[start] = std::int32_t(0u - (sum << 15));
    }
    const std::string &name = builder.tensor(layer.op.input(1)).name;
    return builder.constant("filter", name + ", behind a sum for each output", DType::int32, sharedBytes(words));
}

void lowerColumns(PlanBuilder &builder, const WideLayer &layer, const ConvolutionGeometry &g, Activation activation,
                  const std::string &function)
{
    const std::int64_t taps = (layer.weightsOfOutput + 3) / 4 * 4;
    const PlanRef scratch = builder.scratch(DType::int32, std::size_t(columnsOfWords * taps));
    const PlanRef filter = startsAndWeights(builder, layer, [](std::int64_t i) { return i; });
    const PlanRef table = wideChannels(builder, layer, halves);
    PlanStep &step = builder.call("espalier/thumb/wide.h", function, "ConvolutionLayer");
    describeQuantized(step, g, activationRange(activation, g.output), true);
    step.arguments = {builder.input(layer.op.input(0)), filter, table, scratch, builder.output(layer.op.outputs[0])};
}

} // namespace

bool lowerThumbWideConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (!isWide(builder, op, KernelFamily::thumb))
        return false;
    lowerColumns(builder, wideConvolutionLayer(builder, op), g, op.as<Conv2DOptions>().activation,
                 "thumb::wideConvolution");
    builder.mayOverlap(op.input(0), op.outputs[0], rasterLead(g, pixelsAtOnce));
    return true;
}

bool lowerThumbWideDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (g.depthMultiplier != 1 || !isWide(builder, op, KernelFamily::thumb))
        return false;
    const WideLayer layer = wideDepthwiseLayer(builder, op);
    const Activation activation = op.as<DepthwiseConv2DOptions>().activation;
    if (!DepthwiseLines::fits(g)) {
        lowerColumns(builder, layer, g, activation, "thumb::wideDepthwiseConvolution");
        // A group's first channels are written while its windows' other channels are still to be read.
        builder.mayOverlap(op.input(0), op.outputs[0], groupLead(g, pixelsAtOnce));
        return true;
    }
    // As far as the window of the last of six outputs, and the values that are the upper halves of words under it.
    const DepthwiseLines lines(g, [&](std::int32_t length) {
        const std::int32_t whole = (length + pixelsAtOnce - 1) / pixelsAtOnce * pixelsAtOnce;
        return (whole - 1) * g.strideHeight + 3;
    });
    const auto words = std::size_t(columnsOfWords * g.strideHeight + lines.scratchWords());
    const PlanRef scratch = builder.scratch(DType::int32, words);
    const PlanRef filter = startsAndWeights(builder, layer, [&](std::int64_t i) { return lines.place(i / 3, i % 3); });
    const PlanRef table = wideChannels(builder, layer, halves);
    PlanStep &step = builder.call("espalier/thumb/wide.h", "thumb::wideDepthwise3x3", "DepthwiseLinesLayer");
    lines.describe(step, activationRange(activation, g.output));
    step.arguments = {builder.input(op.input(0)), filter, table, scratch, builder.output(op.outputs[0])};
    lines.shareMemory(builder, op.input(0), op.outputs[0]);
    return true;
}

bool lowerThumbWideFullyConnected(PlanBuilder &builder, const Operator &op)
{
    if (!isWide(builder, op, KernelFamily::thumb))
        return false;
    const WideLayer layer = wideFullyConnectedLayer(builder, op);
    const std::int64_t inputs = layer.weightsOfOutput, padded = (inputs + 3) / 4 * 4;
    const bool isPadded = padded != inputs;
    const PlanRef matrix =
        eightOutputsAtOnce(builder, op.input(1), layer.outputs, padded, [&](std::int32_t output, std::int64_t place) {
            return place < inputs ? layer.weight(output, place) : std::int8_t(0);
        });
    const PlanRef table = wideChannels(builder, layer, halves);
    const PlanRef scratch = isPadded ? builder.scratch(DType::int16, std::size_t(padded)) : PlanRef();
    PlanStep &step =
        builder.call("espalier/thumb/wide.h",
                     isPadded ? "thumb::widePaddedFullyConnected" : "thumb::wideFullyConnected", "FullyConnectedLayer");
    describeWideFullyConnected(builder, step, op);
    step.arguments = {builder.input(op.input(0)), matrix, table};
    if (isPadded)
        step.arguments.push_back(scratch);
    step.arguments.push_back(builder.output(op.outputs[0]));
    return true;
}

} // namespace espalier::device
