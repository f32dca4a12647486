// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/dsp/packing.h"

#include <cstdlib>

namespace espalier::device {

namespace {

constexpr std::int64_t largestInput = 128; // of an int8's magnitude

} // namespace

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
