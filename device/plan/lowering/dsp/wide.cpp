// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/depthwiselines.h"
#include "device/plan/lowering/dsp/linear.h"

#include <algorithm>

namespace espalier::device {

namespace {

bool isWide(const PlanBuilder &builder, const Operator &op)
{
    return builder.family() == KernelFamily::dsp && builder.tensor(op.input(0)).type == DType::int16 &&
           builder.stored(op.input(1)).type == DType::int8;
}

// A rt::dsp::WideChannel of every output channel.
PlanRef wideChannels(PlanBuilder &builder, const Operator &op, std::int32_t outputs, bool floatProduct)
{
    const auto multipliers = multipliersOf(builder.tensor(op.input(0)), builder.tensor(op.input(1)),
                                           builder.tensor(op.outputs[0]), floatProduct);
    std::vector<std::int32_t> words;
    for (std::int32_t c = 0; c < outputs; ++c) {
        const std::int64_t bias =
            op.input(2).valid() ? builder.values<std::int64_t>(op.input(2))[std::size_t(c)] : std::int64_t(0);
        const auto [multiplier, shift] = multipliers[multipliers.size() > 1 ? std::size_t(c) : 0];
        const std::int32_t reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
        words.insert(words.end(), {std::int32_t(std::uint32_t(bias)), std::int32_t(bias >> 32), reduced, 15 - shift});
    }
    return builder.constant("channels", DType::int32, words);
}

// Pairs of outputs, for each pair of places: both weights of the first place, then those of the second.
template <class Weight>
PlanRef interleaved(PlanBuilder &builder, const std::string &role, const Tensor &filter, std::int32_t outputs,
                    std::int64_t places, Weight weight)
{
    std::vector<std::int8_t> bytes;
    for (std::int32_t c = 0; c < outputs; c += 2) {
        for (std::int64_t i = 0; i < places; ++i) {
            bytes.push_back(weight(c, i));
            bytes.push_back(c + 1 < outputs ? weight(c + 1, i) : std::int8_t(0));
        }
    }
    return builder.constant(role, filter.name + ", two channels side by side", DType::int8, sharedBytes(bytes));
}

} // namespace

bool lowerDspWideConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (!isWide(builder, op))
        return false;
    constexpr std::int64_t pixels = 3; // rt::dsp::detail::widePixelsAtOnce
    const auto values = builder.values<std::int8_t>(op.input(1));
    const std::int32_t outputs = g.filter.shape[0];
    const std::int64_t rowTaps = std::int64_t(g.filter.shape[2]) * g.filter.shape[3], rows = g.filter.shape[1];
    const std::int64_t paddedRow = (rowTaps + 1) / 2 * 2, taps = (rows * paddedRow + 3) / 4 * 4;
    const PlanRef filter =
        interleaved(builder, "filter", g.filter, outputs, taps, [=](std::int32_t output, std::int64_t place) {
            const std::int64_t row = place / paddedRow, column = place % paddedRow;
            return row < rows && column < rowTaps ? values[std::size_t((output * rows + row) * rowTaps + column)]
                                                  : std::int8_t(0);
        });
    const PlanRef table = wideChannels(builder, op, outputs, false);
    const PlanRef scratch = builder.scratch(DType::int32, std::size_t(pixels * taps / 2 + paddedRow / 2));
    PlanStep &step = builder.call("espalier/dsp/wide.h", "dsp::wideConvolution", "ConvolutionLayer");
    describeQuantized(step, g, activationRange(op.as<Conv2DOptions>().activation, g.output), true);
    step.arguments = {builder.input(op.input(0)), filter, table, scratch, builder.output(op.outputs[0])};
    builder.mayOverlap(op.input(0), op.outputs[0], rasterLead(g, std::size_t(pixels)));
    return true;
}

bool lowerDspWideDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (!DepthwiseLines::fits(g) || !isWide(builder, op))
        return false;
    const auto values = builder.values<std::int8_t>(op.input(1));
    const std::int32_t depth = g.filter.shape[3];
    const DepthwiseLines lines = dspLines(g);
    const PlanRef filter = linesAsPairs(builder, g, lines, [=](std::int32_t output, std::int64_t place) {
        return values[std::size_t(place * depth + output)];
    });
    const PlanRef table = wideChannels(builder, op, depth, false);
    const PlanRef scratch = builder.scratch(DType::int32, dspScratch(lines));
    PlanStep &step = builder.call("espalier/dsp/wide.h", "dsp::wideDepthwise3x3", "DepthwiseLinesLayer");
    lines.describe(step, activationRange(op.as<DepthwiseConv2DOptions>().activation, g.output));
    step.arguments = {builder.input(op.input(0)), filter, table, scratch, builder.output(op.outputs[0])};
    lines.shareMemory(builder, op.input(0), op.outputs[0]);
    return true;
}

bool lowerDspWideFullyConnected(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &weights = builder.tensor(op.input(1)),
                 &output = builder.tensor(op.outputs[0]);
    const std::int32_t outputs = weights.shape[0], inputs = weights.shape[1];
    if (!isWide(builder, op) || inputs % 2 != 0)
        return false;
    const auto values = builder.values<std::int8_t>(op.input(1));
    const PlanRef matrix =
        interleaved(builder, "weights", weights, outputs, inputs, [=](std::int32_t row, std::int64_t place) {
            return values[std::size_t(std::int64_t(row) * inputs + place)];
        });
    const PlanRef table = wideChannels(builder, op, outputs, true);
    PlanStep &step = builder.call("espalier/dsp/wide.h", "dsp::wideFullyConnected", "FullyConnectedLayer");
    describeFullyConnected(step, {.rows = std::int64_t(input.elements()) / inputs,
                                  .inputs = inputs,
                                  .outputs = outputs,
                                  .outputZeroPoint = 0,
                                  .range = activationRange(op.as<FullyConnectedOptions>().activation, output),
                                  .perChannel = true});
    step.arguments = {builder.input(op.input(0)), matrix, table, builder.output(op.outputs[0])};
    return true;
}

} // namespace espalier::device
