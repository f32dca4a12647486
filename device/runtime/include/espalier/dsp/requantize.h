// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/intrinsics.h>

namespace espalier {
namespace rt {
namespace dsp {

/// How the sums of one output channel become int8: the reference kernels' two roundings in six instructions. The host
/// has proved for the channel's weights that no intermediate overflows, or it calls the plain kernels.
struct Channel
{
    int32_t doubledBias; ///< 2 * (bias - inputZeroPoint * sum of weights)
    int32_t multiplier;
    int32_t rounding; ///< 2^(shift - 1) + outputZeroPoint * 2^shift
    int32_t shift;    ///< right, from 1 to 22
};

/// `doubled` is twice the sum, bias included: a doubling high multiplication is then a plain one. Ties of the first
/// rounding go up, those of the second away from zero.
inline int32_t requantize(int32_t doubled, const Channel &channel)
{
    const int32_t scaled = roundingHighMultiply(doubled, channel.multiplier);
    return saturate8((scaled + (scaled >> 31) + channel.rounding) >> channel.shift);
}

/// Two sums that one chain of multiplications has made: see packing in convolution.h.
struct PackedSums
{
    int32_t both;  ///< 256 * second + first
    int32_t first; ///< alone
    int32_t doubledFirst() const { return int32_t(uint32_t(first) << 1); }
    int32_t doubledSecond() const { return int32_t(uint32_t(both) - uint32_t(first)) >> 7; }
};

/// What a fused activation leaves of a result that fits int8.
inline int32_t clampTo(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : x > high ? high : x;
}

namespace detail {

/// The same of results in memory, where the activation narrows int8 at all.
inline void clampOutputs(int8_t *output, int count, int32_t low, int32_t high)
{
    if (low <= -128 && high >= 127)
        return;
    for (const int8_t *const end = output + count; output != end; ++output)
        *output = int8_t(clampTo(*output, low, high));
}

} // namespace detail

} // namespace dsp
} // namespace rt
} // namespace espalier
