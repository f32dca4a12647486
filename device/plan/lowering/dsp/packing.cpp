// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/dsp/packing.h"

#include "device/plan/lowering/support.h"

#include <espalier/fixedpoint.h>

#include <algorithm>
#include <cstdlib>

namespace espalier::device {

namespace {

constexpr std::int64_t largestInput = 128; // of an int8's magnitude

} // namespace

std::optional<std::vector<std::int32_t>> dspChannels(const PlanBuilder &builder, const DspLayer &layer)
{
    const Tensor &input = builder.tensor(layer.input), &filter = builder.tensor(layer.filter),
                 &output = builder.tensor(layer.output);
    const auto multipliers = multipliersOf(input, filter, output, layer.floatProduct);
    std::vector<std::int32_t> channels;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        std::int64_t sum = 0, magnitude = 0;
        for (std::int64_t i = 0; i < layer.weightsOfOutput; ++i) {
            sum += layer.weight(c, i);
            magnitude += std::abs(std::int64_t(layer.weight(c, i)));
        }
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
                        {std::int32_t(2 * bias), multiplier, std::int32_t(rounding), std::int32_t(right)});
    }
    return channels;
}

bool PairPacker::fits() const
{
    for (std::int32_t c = 0; c + 1 < m_layer.outputs; c += 2) {
        std::int64_t magnitude = 0;
        for (std::int64_t i = 0; i < m_layer.weightsOfOutput; ++i) {
            const std::int32_t second = m_layer.weight(c + 1, i);
            magnitude += std::abs(second);
            if (256 * second + m_layer.weight(c, i) < INT16_MIN)
                return false;
        }
        if (magnitude * largestInput >= std::int64_t(1) << 23)
            return false;
    }
    return true;
}

std::int16_t PairPacker::packed(std::int32_t firstOutput, std::int64_t place) const
{
    const std::int32_t second = firstOutput + 1 < m_layer.outputs ? m_layer.weight(firstOutput + 1, place) : 0;
    return std::int16_t(256 * second + m_layer.weight(firstOutput, place));
}

} // namespace espalier::device
