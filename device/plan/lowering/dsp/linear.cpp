// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/dsp/linear.h"

#include "device/plan/lowering/binary.h"
#include "device/plan/lowering/depthwiselines.h"
#include "device/plan/lowering/dsp/packing.h"
#include "device/plan/lowering/grouped.h"
#include "device/plan/lowering/sparse.h"

#include <espalier/clustered.h>

#include <algorithm>

namespace espalier::device {

namespace {

bool isForDsp(const PlanBuilder &builder, const Operator &op)
{
    return builder.family() == KernelFamily::dsp && isInt8Layer(builder, op);
}

// Whether the activation leaves less than int8's range.
bool narrows(QuantizedRange range)
{
    return range.low > -128 || range.high < 127;
}

// A packed pair of weights: of which outputs, the second being the next one, and from which place.
struct Halfword
{
    std::int32_t output;
    std::int64_t place;
};

std::vector<std::int16_t> packedWith(const PairPacker &packer, const std::vector<Halfword> &halfwords)
{
    std::vector<std::int16_t> packed;
    for (const Halfword &each : halfwords)
        packed.push_back(packer.packed(each.output, each.place));
    return packed;
}

// Both weights of each; where there is no second output, the first once more.
template <class Weight>
std::vector<std::int8_t> weightsBehind(const std::vector<Halfword> &halfwords, std::int32_t outputs, Weight weight)
{
    std::vector<std::int8_t> weights;
    for (const Halfword &each : halfwords) {
        weights.push_back(weight(each.output, each.place));
        weights.push_back(weight(std::min(each.output + 1, outputs - 1), each.place));
    }
    return weights;
}

// Which tap of the window each halfword of a column holds, as espalier/dsp/columns.h lays them out or, of rows that are
// widened at once, rowconvolution.h; -1 for its zero.
std::vector<std::int64_t> columnOrder(std::int64_t rows, std::int64_t rowTaps, bool areWide)
{
    std::vector<std::int64_t> order;
    const std::int64_t even = rowTaps & ~std::int64_t(1), whole = rowTaps & ~std::int64_t(3);
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t i = 0; i < even; ++i)
            order.push_back(row * rowTaps + (i < whole && !areWide ? unpackedPlace(i) : i));
    }
    for (std::int64_t row = 0; even != rowTaps && row < rows; ++row)
        order.push_back(row * rowTaps + even);
    if (order.size() % 2 != 0)
        order.push_back(-1);
    return order;
}

// Words of the rows that windows of two rows of outputs see.
std::size_t wideRowWords(const ConvolutionGeometry &g)
{
    const std::int64_t cells = std::int64_t(g.output.shape[2] - 1) * g.strideWidth + g.filter.shape[2];
    return std::size_t((g.filter.shape[1] + g.strideHeight) * ((cells * g.filter.shape[3] + 7) / 8 * 4));
}

// Whether to widen whole rows for all windows that see them, rather than each window by itself: faster wherever windows
// overlap by all but a step, but for memory, which is to be little beside the layer's own.
bool widensRows(const ConvolutionGeometry &g)
{
    constexpr std::size_t mostBytes = 2048;
    const std::size_t bytes = 4 * wideRowWords(g);
    return g.filter.shape[1] * g.filter.shape[2] > 1 && g.strideHeight == 1 && g.strideWidth == 1 &&
           g.dilationHeight == 1 && g.dilationWidth == 1 && g.output.shape[2] >= 3 && bytes <= mostBytes &&
           bytes <= (g.input.elements() + g.output.elements()) / 2;
}

} // namespace

bool lowerDspConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (!isForDsp(builder, op))
        return false;
    const TensorId inputId = op.input(0), filterId = op.input(1), outputId = op.outputs[0];
    const std::vector<std::int8_t> values = int8Weights(builder, filterId);
    const std::int64_t rowTaps = std::int64_t(g.filter.shape[2]) * g.filter.shape[3], rows = g.filter.shape[1];
    std::vector<std::int64_t> order = columnOrder(rows, rowTaps, false);
    const auto taps = std::int64_t(order.size());
    Int8Layer layer{inputId, filterId,          op.input(2), outputId, op.as<Conv2DOptions>().activation,
                    false,   g.filter.shape[0], taps,        {}};
    layer.weight = [&](std::int32_t output, std::int64_t place) {
        const std::int64_t tap = order[std::size_t(place)];
        return tap < 0 ? std::int8_t(0) : values[std::size_t(output * rows * rowTaps + tap)];
    };
    auto channels = channelTable(builder, layer, 2);
    const bool compares = !channels;
    if (compares)
        channels = comparingTable(builder, layer, 2);
    const PairPacker packer(layer);
    if (!channels || !packer.fits())
        return false;
    std::vector<Halfword> halfwords;
    for (std::int32_t c = 0; c < layer.outputs; c += 2) {
        for (std::int64_t i = 0; i < taps; ++i)
            halfwords.push_back({c, i});
    }
    constexpr std::int64_t pixels = 3; // rt::dsp::detail::pixelsAtOnce
    const QuantizedRange range = activationRange(layer.activation, g.output);
    // Unpacked weights come four taps at a time. What fills these up meets a zero, or nothing: any value that the
    // channel has already.
    const std::int64_t unpackedTaps = (taps + 3) / 4 * 4;
    std::vector<Halfword> filled;
    for (std::int32_t c = 0; c < layer.outputs; c += 2) {
        for (std::int64_t i = 0; i < unpackedTaps; ++i)
            filled.push_back({c, i < taps && order[std::size_t(i)] >= 0 ? i : 0});
    }
    const std::vector<std::int8_t> pairs = weightsBehind(filled, layer.outputs, layer.weight);
    std::optional<UnpackedWeights> unpacked;
    if (!compares)
        unpacked = compactWeights(builder,
                                  clusteredTable(pairs, layer.outputs,
                                                 [&](std::size_t i) {
                                                     return std::min(filled[i / 2].output + std::int32_t(i % 2),
                                                                     layer.outputs - 1);
                                                 }),
                                  rowTaps % 4 == 0 ? groupedTable(pairs, std::size_t(taps), 2) : std::nullopt);
    const std::size_t bytes = unpacked ? unpacked->bytes() : 2 * halfwords.size();
    if (!compares && lowerSparseConvolution(builder, op, g, {bytes, 3.1 * double(values.size())}))
        return true;
    if (unpacked) {
        const std::int64_t groups = rt::clusteredGroups(std::uint32_t(pixels * taps * 2));
        const PlanRef scratch = builder.scratch(
            DType::int32, std::size_t((groups * pixels * taps * 2 + unpackedTaps * 2 + rowTaps + 3) / 4));
        const PlanRef filter = builder.constant("filter", g.filter.name + ", pairs of channels, " + unpacked->form,
                                                DType::int32, sharedBytes(unpacked->words));
        const PlanRef table = builder.constant("channels", DType::int32, *channels);
        PlanStep &step = builder.call("espalier/dsp/" + unpacked->form + ".h", "dsp::" + unpacked->form + "Convolution",
                                      "ConvolutionLayer");
        describeQuantized(step, g, range, true);
        step.arguments = {builder.input(inputId), filter, table, scratch, builder.output(outputId)};
        builder.mayOverlap(inputId, outputId, rasterLead(g, std::size_t(groups * pixels)));
        return true;
    }
    const bool areWide = !compares && widensRows(g);
    if (areWide)
        order = columnOrder(rows, rowTaps, true);
    const std::size_t columnWords = std::size_t(pixels * taps / 2);
    const PlanRef scratch =
        builder.scratch(DType::int32, columnWords + (areWide ? wideRowWords(g) : std::size_t((rowTaps + 3) / 4)));
    const std::vector<std::int16_t> packed = packedWith(packer, halfwords);
    const PlanRef filter =
        builder.constant("filter", g.filter.name + ", two channels in one halfword", DType::int16, sharedBytes(packed));
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    PlanStep &step = builder.call(areWide ? "espalier/dsp/rowconvolution.h" : "espalier/dsp/convolution.h",
                                  compares  ? "dsp::binaryConvolution"
                                  : areWide ? "dsp::rowConvolution"
                                            : "dsp::convolution",
                                  "ConvolutionLayer");
    describeQuantized(step, g, range, true);
    step.arguments = {builder.input(inputId), filter, table, scratch, builder.output(outputId)};
    builder.mayOverlap(inputId, outputId, rasterLead(g, std::size_t(pixels)));
    return true;
}

DepthwiseLines dspLines(const ConvolutionGeometry &g)
{
    // One pair more than the last output begins with.
    return DepthwiseLines(g,
                          [&](std::int32_t length) { return g.strideHeight == 1 ? (length + 1) / 2 + 1 : length + 1; });
}

std::size_t dspScratch(const DepthwiseLines &lines)
{
    return std::size_t(lines.scratchWords() + (lines.outputLength() + 1) / 2 * 2);
}

PlanRef linesAsPairs(PlanBuilder &builder, const ConvolutionGeometry &g, const DepthwiseLines &lines,
                     const std::function<std::int8_t(std::int32_t, std::int64_t)> &weight)
{
    std::vector<std::int16_t> pairs;
    for (std::int32_t c = 0; c < g.filter.shape[3]; ++c) {
        for (std::int64_t line = 0; line < 3; ++line) {
            for (const std::int64_t along : {0, 1, 1, 2})
                pairs.push_back(weight(c, lines.place(line, along)));
        }
    }
    return builder.constant("filter", g.filter.name + ", lines as pairs", DType::int16, sharedBytes(pairs));
}

bool lowerDspDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (!DepthwiseLines::fits(g) || !isForDsp(builder, op))
        return false;
    const std::vector<std::int8_t> values = int8Weights(builder, op.input(1));
    const std::int32_t depth = g.filter.shape[3];
    const Int8Layer layer{
        op.input(0),
        op.input(1),
        op.input(2),
        op.outputs[0],
        op.as<DepthwiseConv2DOptions>().activation,
        false,
        depth,
        9,
        [=](std::int32_t output, std::int64_t place) { return values[std::size_t(place * depth + output)]; }};
    const auto channels = channelTable(builder, layer, 2);
    if (!channels)
        return false;
    const DepthwiseLines lines = dspLines(g);
    const PlanRef scratch = builder.scratch(DType::int32, dspScratch(lines));
    const PlanRef filter = linesAsPairs(builder, g, lines, layer.weight);
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    const QuantizedRange range = activationRange(layer.activation, g.output);
    PlanStep &step =
        builder.call("espalier/dsp/depthwise.h", narrows(range) ? "dsp::clampedDepthwise3x3" : "dsp::depthwise3x3",
                     "DepthwiseLinesLayer");
    lines.describe(step, range);
    step.arguments = {builder.input(layer.input), filter, table, scratch, builder.output(layer.output)};
    lines.shareMemory(builder, layer.input, layer.output);
    return true;
}

bool lowerDspFullyConnected(PlanBuilder &builder, const Operator &op)
{
    const TensorId inputId = op.input(0), weightsId = op.input(1), outputId = op.outputs[0];
    const Tensor &weights = builder.tensor(weightsId);
    const std::int32_t outputs = weights.shape[0], inputs = weights.shape[1];
    if (!isForDsp(builder, op))
        return false;
    const std::int32_t padded = (inputs + 3) / 4 * 4;
    const std::vector<std::int8_t> values = int8Weights(builder, weightsId);
    const Int8Layer layer{inputId,
                          weightsId,
                          op.input(2),
                          outputId,
                          op.as<FullyConnectedOptions>().activation,
                          true,
                          outputs,
                          padded,
                          [=](std::int32_t output, std::int64_t place) {
                              return place < inputs ? values[std::size_t(std::int64_t(output) * inputs + place)]
                                                    : std::int8_t(0);
                          }};
    auto channels = channelTable(builder, layer, 2);
    const bool compares = !channels && padded == inputs;
    if (compares)
        channels = comparingTable(builder, layer, 2);
    const PairPacker packer(layer);
    if (!channels || !packer.fits())
        return false;
    std::vector<Halfword> halfwords;
    for (std::int32_t first = 0; first < outputs;) {
        const std::int32_t pairs = (outputs - first + 1) / 2 >= 3 ? 3 : 1; // rt::dsp::detail::pairsAtOnce
        for (std::int64_t i = 0; i < padded; i += 2) {
            for (std::int32_t pair = 0; pair < pairs; ++pair) {
                halfwords.push_back({first + 2 * pair, unpackedPlace(i)});
                halfwords.push_back({first + 2 * pair, unpackedPlace(i + 1)});
            }
        }
        first += 2 * pairs;
    }
    const QuantizedRange range = activationRange(layer.activation, builder.tensor(outputId));
    std::optional<UnpackedWeights> unpacked;
    if (padded == inputs && !compares) {
        std::vector<Halfword> byPair;
        for (std::int32_t first = 0; first < outputs; first += 2)
            for (std::int64_t i = 0; i < inputs; ++i)
                byPair.push_back({first, unpackedPlace(i)});
        unpacked = compactWeights(builder, clusteredTable(weightsBehind(halfwords, outputs, layer.weight)),
                                  groupedTable(weightsBehind(byPair, outputs, layer.weight), std::size_t(inputs), 2));
    }
    const std::size_t bytes = unpacked ? unpacked->bytes() : 2 * halfwords.size();
    if (!compares && lowerSparseFullyConnected(builder, op, {bytes, 1.04 * double(values.size())}))
        return true;
    const PlanRef matrix = unpacked
                               ? builder.constant("weights", weights.name + ", pairs of outputs, " + unpacked->form,
                                                  DType::int32, sharedBytes(unpacked->words))
                               : builder.constant("weights", weights.name + ", two outputs in one halfword",
                                                  DType::int16, sharedBytes(packedWith(packer, halfwords)));
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    const bool isPadded = padded != inputs;
    const PlanRef scratch = isPadded ? builder.scratch(DType::int8, std::size_t(padded)) : PlanRef();
    PlanStep &step = builder.call(unpacked ? "espalier/dsp/" + unpacked->form + ".h" : "espalier/dsp/fullyconnected.h",
                                  unpacked   ? "dsp::" + unpacked->form + "FullyConnected"
                                  : compares ? "dsp::binaryFullyConnected"
                                  : isPadded ? "dsp::paddedFullyConnected"
                                             : "dsp::fullyConnected",
                                  "FullyConnectedLayer");
    describeFullyConnected(step, {.rows = std::int64_t(builder.tensor(inputId).elements()) / inputs,
                                  .inputs = inputs,
                                  .outputs = outputs,
                                  .outputZeroPoint = zeroPoint(builder.tensor(outputId)),
                                  .range = range,
                                  .perChannel = true});
    step.arguments = {builder.input(inputId), matrix, table};
    if (isPadded)
        step.arguments.push_back(scratch);
    step.arguments.push_back(builder.output(outputId));
    return true;
}

} // namespace espalier::device
