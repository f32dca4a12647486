// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/widelayer.h"

#include "device/plan/lowering/depthwiselines.h"
#include "device/plan/lowering/dsp/linear.h"

namespace espalier::device {

namespace {

// The multiplier is shifted ahead, so that the upper half of a product of 64 bits is the result.
const ShortScale upperHalf = {16, 32, [](rt::WideChannel &channel, std::int32_t multiplier, std::int32_t shift) {
                                  channel.multiplier = multiplier << (32 - shift);
                              }};

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
    if (!isWide(builder, op, KernelFamily::dsp))
        return false;
    constexpr std::int64_t pixels = 3; // rt::dsp::detail::widePixelsAtOnce
    const WideLayer layer = wideConvolutionLayer(builder, op);
    const std::int64_t rowTaps = std::int64_t(g.filter.shape[2]) * g.filter.shape[3], rows = g.filter.shape[1];
    const std::int64_t paddedRow = (rowTaps + 1) / 2 * 2, taps = (rows * paddedRow + 3) / 4 * 4;
    const PlanRef filter =
        interleaved(builder, "filter", g.filter, layer.outputs, taps, [&](std::int32_t output, std::int64_t place) {
            const std::int64_t row = place / paddedRow, column = place % paddedRow;
            return row < rows && column < rowTaps ? layer.weight(output, row * rowTaps + column) : std::int8_t(0);
        });
    const PlanRef table = wideChannels(builder, layer, upperHalf);
    const PlanRef scratch = builder.scratch(DType::int32, std::size_t(pixels * taps / 2 + paddedRow / 2));
    PlanStep &step = builder.call("espalier/dsp/wide.h", "dsp::wideConvolution", "ConvolutionLayer");
    describeQuantized(step, g, activationRange(op.as<Conv2DOptions>().activation, g.output), true);
    step.arguments = {builder.input(op.input(0)), filter, table, scratch, builder.output(op.outputs[0])};
    builder.mayOverlap(op.input(0), op.outputs[0], rasterLead(g, std::size_t(pixels)));
    return true;
}

bool lowerDspWideDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (!DepthwiseLines::fits(g) || !isWide(builder, op, KernelFamily::dsp))
        return false;
    const WideLayer layer = wideDepthwiseLayer(builder, op);
    const DepthwiseLines lines = dspLines(g);
    const PlanRef filter = linesAsPairs(builder, g, lines, layer.weight);
    const PlanRef table = wideChannels(builder, layer, upperHalf);
    const PlanRef scratch = builder.scratch(DType::int32, dspScratch(lines));
    PlanStep &step = builder.call("espalier/dsp/wide.h", "dsp::wideDepthwise3x3", "DepthwiseLinesLayer");
    lines.describe(step, activationRange(op.as<DepthwiseConv2DOptions>().activation, g.output));
    step.arguments = {builder.input(op.input(0)), filter, table, scratch, builder.output(op.outputs[0])};
    lines.shareMemory(builder, op.input(0), op.outputs[0]);
    return true;
}

bool lowerDspWideFullyConnected(PlanBuilder &builder, const Operator &op)
{
    const Tensor &weights = builder.tensor(op.input(1));
    const std::int32_t outputs = weights.shape[0], inputs = weights.shape[1];
    if (!isWide(builder, op, KernelFamily::dsp) || inputs % 2 != 0)
        return false;
    const WideLayer layer = wideFullyConnectedLayer(builder, op);
    const PlanRef matrix = interleaved(builder, "weights", weights, outputs, inputs, layer.weight);
    const PlanRef table = wideChannels(builder, layer, upperHalf);
    PlanStep &step = builder.call("espalier/dsp/wide.h", "dsp::wideFullyConnected", "FullyConnectedLayer");
    describeWideFullyConnected(builder, step, op);
    step.arguments = {builder.input(op.input(0)), matrix, table, builder.output(op.outputs[0])};
    return true;
}

} // namespace espalier::device
