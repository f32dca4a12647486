// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/int8layer.h"

#include "core/graph/int4.h"
#include "device/plan/lowering/support.h"

#include <espalier/fixedpoint.h>

#include <algorithm>
#include <cstdlib>

namespace espalier::device {

namespace {

constexpr std::int64_t largestInput = 128; // of an int8's magnitude

} // namespace

bool isInt8Layer(const PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &filter = builder.tensor(op.input(1));
    const DType stored = builder.stored(op.input(1)).type;
    return input.type == DType::int8 && (stored == DType::int8 || stored == DType::int4) &&
           std::ranges::all_of(filter.quantization.zeroPoint, [](std::int64_t zero) { return zero == 0; });
}

std::vector<std::int8_t> int8Weights(const PlanBuilder &builder, TensorId filter)
{
    if (builder.stored(filter).type == DType::int8) {
        const auto values = builder.values<std::int8_t>(filter);
        return {values.begin(), values.end()};
    }
    const auto packed = builder.values<std::uint8_t>(filter);
    std::vector<std::int8_t> weights;
    for (std::size_t i = 0; i < builder.tensor(filter).elements(); ++i)
        weights.push_back(std::int8_t(int4At(packed.data(), i)));
    return weights;
}

WeightSums weightSums(const Int8Layer &layer, std::int32_t output)
{
    WeightSums sums;
    for (std::int64_t i = 0; i < layer.weightsOfOutput; ++i) {
        const std::int64_t weight = layer.weight(output, i);
        sums.sum += weight;
        sums.magnitude += std::abs(weight);
    }
    return sums;
}

std::optional<std::vector<std::int32_t>> channelTable(const PlanBuilder &builder, const Int8Layer &layer,
                                                      std::int32_t biasFactor)
{
    const Tensor &input = builder.tensor(layer.input), &filter = builder.tensor(layer.filter),
                 &output = builder.tensor(layer.output);
    const auto multipliers = multipliersOf(input, filter, output, layer.floatProduct);
    std::vector<std::int32_t> channels;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        const auto [sum, magnitude] = weightSums(layer, c);
        const std::int64_t given = layer.bias.valid() ? builder.values<std::int32_t>(layer.bias)[std::size_t(c)] : 0;
        const std::int64_t bias = given - zeroPoint(input) * sum;
        const auto [multiplier, shift] = multipliers[multipliers.size() > 1 ? std::size_t(c) : 0];
        if (magnitude == 0) { // a dead channel, often with a bias and a scale beyond all bounds: always the same result
            const std::int64_t result =
                std::int64_t(rt::multiplyByQuantizedMultiplier(std::int32_t(bias), multiplier, shift)) +
                zeroPoint(output);
            channels.insert(channels.end(), {0, 0, std::int32_t(2 * std::clamp<std::int64_t>(result, -128, 127)), 1});
            continue;
        }
        // Twice the sum must fit, and so must what is added before the last shift.
        if (std::abs(bias) + magnitude * largestInput >= std::int64_t(1) << 30 || shift > -1 || shift < -22)
            return std::nullopt;
        const int right = -shift;
        const std::int64_t rounding = (std::int64_t(1) << (right - 1)) + zeroPoint(output) * (std::int64_t(1) << right);
        channels.insert(channels.end(),
                        {std::int32_t(biasFactor * bias), multiplier, std::int32_t(rounding), std::int32_t(right)});
    }
    return channels;
}

} // namespace espalier::device
