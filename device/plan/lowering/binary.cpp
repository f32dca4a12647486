// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/binary.h"

#include <espalier/binary.h>
#include <espalier/fixedpoint.h>

#include <algorithm>
#include <cstdlib>

namespace espalier::device {

namespace {

constexpr std::int64_t span = rt::binaryHigh - rt::binaryLow; // of an input, its zero point taken away

/// The smallest whole number of [low, high] that `isHigh` holds for, as for all above; high + 1 for none.
template <class IsHigh>
std::int64_t smallest(std::int64_t low, std::int64_t high, IsHigh isHigh)
{
    while (low <= high) {
        const std::int64_t middle = low + (high - low) / 2;
        if (isHigh(middle))
            high = middle - 1;
        else
            low = middle + 1;
    }
    return low;
}

/// How one channel's sums become its outputs.
struct Rescaling
{
    rt::QuantizedMultiplier multiplier;
    std::int32_t zeroPoint;
    QuantizedRange range;

    std::int32_t operator()(std::int64_t sum) const
    {
        const std::int64_t scaled = rt::multiplyByQuantizedMultiplier(std::int32_t(sum), multiplier);
        return std::int32_t(std::clamp<std::int64_t>(scaled + zeroPoint, range.low, range.high));
    }
    /// No sum up to this magnitude is shifted out of 32 bits, so that larger ones give no smaller results.
    bool isMonotonicTo(std::int64_t magnitude) const
    {
        return magnitude < std::int64_t(1) << (30 - std::max(multiplier.shift, 0));
    }
};

/// From which n on the sum bias + n * step is high, where every n within [-most, most] gives one of the two values.
std::optional<std::int64_t> threshold(const Rescaling &rescaled, std::int64_t bias, std::int64_t step,
                                      std::int64_t most)
{
    if (!rescaled.isMonotonicTo(std::abs(bias) + most * step))
        return std::nullopt;
    const auto at = [&](std::int64_t n) { return rescaled(bias + n * step); };
    const std::int64_t first = smallest(-most, most, [&](std::int64_t n) { return at(n) == rt::binaryHigh; });
    return first == -most || at(first - 1) == rt::binaryLow ? std::optional(first) : std::nullopt;
}

std::vector<Rescaling> rescalings(const PlanBuilder &builder, const Int8Layer &layer)
{
    const Tensor &output = builder.tensor(layer.output);
    const auto multipliers =
        multipliersOf(builder.tensor(layer.input), builder.tensor(layer.filter), output, layer.floatProduct);
    std::vector<Rescaling> all;
    for (std::int32_t c = 0; c < layer.outputs; ++c)
        all.push_back({multipliers[multipliers.size() > 1 ? std::size_t(c) : 0], zeroPoint(output),
                       activationRange(layer.activation, output)});
    return all;
}

std::int64_t biasOf(const PlanBuilder &builder, const Int8Layer &layer, std::int32_t channel)
{
    return layer.bias.valid() ? builder.values<std::int32_t>(layer.bias)[std::size_t(channel)] : 0;
}

/// From which sum on, bias included, a channel's output is high, for any inputs; nothing for a channel of other
/// outputs.
std::optional<std::vector<std::int64_t>> thresholdsOfSums(const PlanBuilder &builder, const Int8Layer &layer)
{
    if (zeroPoint(builder.tensor(layer.output)) != rt::binaryLow)
        return std::nullopt;
    const std::vector<Rescaling> rescaled = rescalings(builder, layer);
    const std::int64_t zero = zeroPoint(builder.tensor(layer.input));
    std::vector<std::int64_t> thresholds;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        const std::int64_t magnitude = weightSums(layer, c).magnitude;
        const std::int64_t bias = biasOf(builder, layer, c);
        const auto first = threshold(rescaled[std::size_t(c)], 0, 1,
                                     std::abs(bias) + magnitude * std::max(127 - zero, zero + 128) + 1);
        if (!first)
            return std::nullopt;
        thresholds.push_back(*first);
    }
    return thresholds;
}

/// Weights of one magnitude in each channel, over inputs of two values.
struct BinaryWeights
{
    std::vector<std::int32_t> thresholds; ///< of n, see rt::conv2dBinary
    std::vector<bool> isPositive;         ///< [outputs][weights of output]
};

std::optional<BinaryWeights> binaryWeights(const PlanBuilder &builder, const Int8Layer &layer)
{
    if (zeroPoint(builder.tensor(layer.output)) != rt::binaryLow)
        return std::nullopt;
    const std::vector<Rescaling> rescaled = rescalings(builder, layer);
    BinaryWeights result;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        const std::int64_t unit = std::abs(std::int64_t(layer.weight(c, 0)));
        for (std::int64_t i = 0; i < layer.weightsOfOutput; ++i) {
            const std::int64_t weight = layer.weight(c, i);
            if (std::abs(weight) != unit)
                return std::nullopt;
            result.isPositive.push_back(weight > 0);
        }
        const auto first =
            threshold(rescaled[std::size_t(c)], biasOf(builder, layer, c), span * unit, layer.weightsOfOutput);
        if (!first)
            return std::nullopt;
        // A dead channel gives the same for every n.
        result.thresholds.push_back(std::int32_t(*first));
    }
    return result;
}

Int8Layer describe(const PlanBuilder &builder, const Operator &op)
{
    const bool isDense = op.kind == OpKind::fullyConnected;
    const Tensor &filter = builder.tensor(op.input(1));
    const auto taps = std::int64_t(filter.elements() / std::size_t(filter.shape[0]));
    const std::vector<std::int8_t> values = int8Weights(builder, op.input(1));
    return {op.input(0),
            op.input(1),
            op.input(2),
            op.outputs[0],
            isDense ? op.as<FullyConnectedOptions>().activation : op.as<Conv2DOptions>().activation,
            isDense,
            filter.shape[0],
            taps,
            [=](std::int32_t output, std::int64_t place) { return values[std::size_t(output * taps + place)]; }};
}

bool hasTwoValues(const PlanBuilder &builder, TensorId tensor);

/// Whether the operator is a layer whose inputs, weights and outputs take two values each.
std::optional<BinaryWeights> binaryLayer(const PlanBuilder &builder, const Operator &op)
{
    const TensorId filter = op.input(1), bias = op.input(2);
    if (!builder.isConstant(filter) || (bias.valid() && !builder.isConstant(bias)) || !isInt8Layer(builder, op) ||
        builder.tensor(op.outputs[0]).type != DType::int8 || !hasTwoValues(builder, op.input(0)))
        return std::nullopt;
    return binaryWeights(builder, describe(builder, op));
}

/// Whether the tensor holds -128, its zero point, and 127 alone.
bool hasTwoValues(const PlanBuilder &builder, TensorId id)
{
    const Tensor &tensor = builder.tensor(id);
    const std::vector<Operator> &operators = builder.graph().operators;
    const auto maker = std::ranges::find_if(
        operators, [&](const Operator &op) { return op.outputs.size() == 1 && op.outputs[0] == id; });
    if (maker == operators.end() || tensor.type != DType::int8 || zeroPoint(tensor) != rt::binaryLow)
        return false;
    switch (maker->kind) {
    case OpKind::maxPool2D: {
        const QuantizedRange range = activationRange(maker->as<Pool2DOptions>().activation, tensor);
        return range.low <= rt::binaryLow && range.high >= rt::binaryHigh && hasTwoValues(builder, maker->input(0));
    }
    case OpKind::reshape:
    case OpKind::squeeze:
    case OpKind::expandDims:
        return hasTwoValues(builder, maker->input(0));
    case OpKind::conv2D:
    case OpKind::fullyConnected: {
        const TensorId filter = maker->input(1), bias = maker->input(2);
        if (!builder.isConstant(filter) || (bias.valid() && !builder.isConstant(bias)) || !isInt8Layer(builder, *maker))
            return false;
        return thresholdsOfSums(builder, describe(builder, *maker)) || binaryLayer(builder, *maker);
    }
    default:
        return false;
    }
}

/// [outputs][rows][words]: bits of rows of taps.
std::vector<std::int32_t> bitsOf(const BinaryWeights &weights, std::int64_t rowTaps)
{
    std::vector<std::int32_t> words;
    for (std::size_t row = 0; row < weights.isPositive.size(); row += std::size_t(rowTaps)) {
        for (std::size_t first = 0; first < std::size_t(rowTaps); first += 32) {
            std::uint32_t word = 0;
            for (std::size_t i = 0; i < std::min<std::size_t>(32, std::size_t(rowTaps) - first); ++i)
                word |= std::uint32_t(weights.isPositive[row + first + i]) << i;
            words.push_back(std::int32_t(word));
        }
    }
    return words;
}

void call(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g, const BinaryWeights &weights,
          QuantizedRange range)
{
    const TensorId inputId = op.input(0), outputId = op.outputs[0];
    rt::ConvolutionLayer layer{};
    layer.inputHeight = g.input.shape[1], layer.inputWidth = g.input.shape[2], layer.inputChannels = g.input.shape[3];
    layer.filterHeight = g.filter.shape[1], layer.filterWidth = g.filter.shape[2], layer.padLeft = g.padLeft;
    const PlanRef filter =
        builder.constant("filter", builder.tensor(op.input(1)).name + ", bits", DType::int32,
                         sharedBytes(bitsOf(weights, std::int64_t(layer.filterWidth) * layer.inputChannels)));
    const PlanRef thresholds = builder.constant("thresholds", DType::int32, weights.thresholds);
    const PlanRef scratch = builder.scratch(DType::int32, rt::binaryScratch(layer));
    PlanStep &step = builder.call("espalier/binary.h", "conv2dBinary", "ConvolutionLayer");
    describeQuantized(step, g, range, true);
    step.arguments = {builder.input(inputId), filter, thresholds, scratch, builder.output(outputId)};
    if (g.input.shape[0] == 1)
        builder.mayReplace(inputId, outputId); // the input is in scratch memory before the first output is written
}

} // namespace

std::optional<std::vector<std::int32_t>> comparingTable(const PlanBuilder &builder, const Int8Layer &layer,
                                                        std::int32_t biasFactor)
{
    const auto thresholds = thresholdsOfSums(builder, layer);
    if (!thresholds)
        return std::nullopt;
    std::vector<std::int32_t> channels;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        const auto [sum, magnitude] = weightSums(layer, c);
        const std::int64_t bias =
            biasOf(builder, layer, c) - zeroPoint(builder.tensor(layer.input)) * sum - (*thresholds)[std::size_t(c)];
        if (std::abs(bias) + magnitude * 128 >= std::int64_t(1) << 30)
            return std::nullopt;
        // Half of what is there, rounded down: the sign stays.
        channels.insert(channels.end(), {std::int32_t(biasFactor * bias), INT32_MAX, 0, 1});
    }
    return channels;
}

bool lowerBinaryConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    if (g.dilationWidth != 1)
        return false;
    const auto weights = binaryLayer(builder, op);
    if (!weights)
        return false;
    call(builder, op, g, *weights, activationRange(op.as<Conv2DOptions>().activation, g.output));
    return true;
}

bool lowerBinaryFullyConnected(PlanBuilder &builder, const Operator &op)
{
    const auto weights = binaryLayer(builder, op);
    if (!weights)
        return false;
    // A convolution of one tap over an image of one row.
    Tensor input = builder.tensor(op.input(0)), filter = builder.tensor(op.input(1)),
           output = builder.tensor(op.outputs[0]);
    const std::int32_t outputs = filter.shape[0], inputs = filter.shape[1];
    const auto rows = std::int32_t(input.elements() / std::size_t(inputs));
    input.shape = {1, 1, rows, inputs};
    filter.shape = {outputs, 1, 1, inputs};
    output.shape = {1, 1, rows, outputs};
    call(builder, op, {input, filter, output, 1, 1, 1, 1, 0, 0, 1}, *weights,
         activationRange(op.as<FullyConnectedOptions>().activation, output));
    return true;
}

} // namespace espalier::device
