// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// What the kernels for Cortex-M0+ share: no long multiplication, no division, multiplication of 32 bits in one cycle.
namespace espalier {
namespace rt {
namespace thumb {

/// How the sums of one output channel become int8. The host has proved that |sum + bias| < 2^30 for the channel's
/// weights, or it calls the plain kernels.
struct Channel
{
    int32_t bias; ///< bias - inputZeroPoint * (sum of weights)
    int32_t multiplier;
    int32_t rounding; ///< 2^(shift - 1) + outputZeroPoint * 2^shift
    int32_t shift;    ///< right, from 1 to 22
};

/// round(x * multiplier / 2^31), ties toward plus infinity, from four products of 16 bits: the low half of x is taken
/// signed, so that no sum of them overflows. |x| < 2^30.
inline int32_t roundingDoublingHighMultiply(int32_t x, int32_t multiplier)
{
    const int32_t low = int16_t(x), high = (x - low) >> 16;
    const int32_t top = multiplier >> 16, bottom = multiplier & 0xffff;
    const int32_t middle = high * bottom + low * top + ((low * bottom) >> 16) + (1 << 14);
    return 2 * (high * top) + (middle >> 15);
}

/// The reference kernels' two roundings; the second one rounds ties away from zero.
inline int32_t requantize(int32_t sum, const Channel &channel)
{
    const int32_t scaled = roundingDoublingHighMultiply(sum + channel.bias, channel.multiplier);
    return (scaled + (scaled >> 31) + channel.rounding) >> channel.shift;
}

} // namespace thumb
} // namespace rt
} // namespace espalier
