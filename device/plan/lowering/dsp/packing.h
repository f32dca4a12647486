// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/int8layer.h"

namespace espalier::device {

/// Two channels in one halfword, 256 * second + first, or nothing where that or a sum does not fit. An absent second
/// channel is zero.
class PairPacker
{
public:
    explicit PairPacker(const Int8Layer &layer) : m_layer(layer) {}
    /// Whether all pairs of neighbouring channels fit.
    bool fits() const;
    std::int16_t packed(std::int32_t firstOutput, std::int64_t place) const;

private:
    const Int8Layer &m_layer;
};

/// The order in which SXTB16 takes four bytes apart: 0, 2, 1, 3.
inline std::int64_t unpackedPlace(std::int64_t i)
{
    constexpr std::int64_t order[] = {0, 2, 1, 3};
    return (i & ~std::int64_t(3)) + order[i & 3];
}

} // namespace espalier::device
