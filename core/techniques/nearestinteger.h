// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

namespace espalier {

/// The nearest whole number, halves away from zero, of a number within +-2^30: rt::roundToInt() without its limits,
/// which keep GCC from vectorizing a loop around it.
inline std::int32_t nearestInteger(float x)
{
    const std::uint32_t sign = std::bit_cast<std::uint32_t>(x) & 0x80000000u;
    return std::int32_t(x + std::bit_cast<float>(0x3effffffu | sign)); // half less one unit of its last place
}

} // namespace espalier
