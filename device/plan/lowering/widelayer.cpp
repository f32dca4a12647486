// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/widelayer.h"

#include "device/plan/lowering/support.h"

#include <algorithm>
#include <cstdlib>

namespace espalier::device {

namespace {

constexpr std::int64_t largestInput = 32768; // of an int16's magnitude

WideLayer rowsOfWeights(const PlanBuilder &builder, const Operator &op, bool floatProduct)
{
    const auto values = builder.values<std::int8_t>(op.input(1));
    const std::int32_t outputs = builder.tensor(op.input(1)).shape[0];
    const std::int64_t taps = std::int64_t(values.size()) / outputs;
    return {op, floatProduct, outputs, taps,
            [=](std::int32_t output, std::int64_t place) { return values[std::size_t(output * taps + place)]; }};
}

} // namespace

bool isWide(const PlanBuilder &builder, const Operator &op, KernelFamily family)
{
    return builder.family() == family && builder.tensor(op.input(0)).type == DType::int16 &&
           builder.stored(op.input(1)).type == DType::int8;
}

WideLayer wideConvolutionLayer(const PlanBuilder &builder, const Operator &op)
{
    return rowsOfWeights(builder, op, false);
}

WideLayer wideDepthwiseLayer(const PlanBuilder &builder, const Operator &op)
{
    const auto values = builder.values<std::int8_t>(op.input(1));
    const std::int32_t depth = builder.tensor(op.input(1)).shape[3];
    return {op, false, depth, std::int64_t(values.size()) / depth,
            [=](std::int32_t output, std::int64_t place) { return values[std::size_t(place * depth + output)]; }};
}

WideLayer wideFullyConnectedLayer(const PlanBuilder &builder, const Operator &op)
{
    return rowsOfWeights(builder, op, true);
}

PlanRef wideChannels(PlanBuilder &builder, const WideLayer &layer, const ShortScale &scale)
{
    const Operator &op = layer.op;
    const auto multipliers = multipliersOf(builder.tensor(op.input(0)), builder.tensor(op.input(1)),
                                           builder.tensor(op.outputs[0]), layer.floatProduct);
    std::vector<std::int32_t> words;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        const std::int64_t bias =
            op.input(2).valid() ? builder.values<std::int64_t>(op.input(2))[std::size_t(c)] : std::int64_t(0);
        const auto [multiplier, leftShift] = multipliers[multipliers.size() > 1 ? std::size_t(c) : 0];
        // As rt::multiplyByQuantizedMultiplier64() reduces them.
        const std::int32_t reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
        const std::int32_t shift = 15 - leftShift;
        std::int64_t magnitude = 0;
        for (std::int64_t i = 0; i < layer.weightsOfOutput; ++i)
            magnitude += std::abs(std::int32_t(layer.weight(c, i)));
        rt::WideChannel channel = {};
        if (magnitude == 0) { // a dead channel, often with a bias and a scale beyond all bounds: always the same result
            const std::int32_t result = rt::multiplyByQuantizedMultiplier64(bias, multiplier, leftShift);
            channel.bias = std::uint32_t(4 * std::clamp(result, -32768, 32767));
            scale.set(channel, 1 << 15, 17);
        } else if (magnitude * largestInput + std::abs(bias) < std::int64_t(1) << 31 && shift >= scale.firstShift &&
                   shift <= scale.lastShift) {
            channel.bias = std::uint32_t(bias);
            scale.set(channel, reduced, shift);
        } else {
            channel.bias = std::uint32_t(bias);
            channel.biasHigh = std::int32_t(bias >> 32);
            channel.multiplier = reduced;
            channel.shift = rt::WideChannel::firstLongShift + shift;
        }
        words.insert(words.end(), {std::int32_t(channel.bias), channel.rounding, channel.multiplier, channel.shift});
    }
    return builder.constant("channels", DType::int32, words);
}

void describeWideFullyConnected(const PlanBuilder &builder, PlanStep &step, const Operator &op)
{
    const Tensor &weights = builder.tensor(op.input(1)), &output = builder.tensor(op.outputs[0]);
    describeFullyConnected(step, {.rows = std::int64_t(builder.tensor(op.input(0)).elements()) / weights.shape[1],
                                  .inputs = weights.shape[1],
                                  .outputs = weights.shape[0],
                                  .outputZeroPoint = 0,
                                  .range = activationRange(op.as<FullyConnectedOptions>().activation, output),
                                  .perChannel = true});
}

} // namespace espalier::device
