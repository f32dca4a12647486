// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>

#include <stdint.h>

/// How sums of int16 activations and int8 weights become int16 in kernels for one family of processors: by an
/// arithmetic of 32 bits for the channels of which the host has proved that it holds their sums with their bias, by 64
/// bits for the others.
namespace espalier {
namespace rt {

/// One output channel. The fields of a short one are the family's own, except that `shift` is less than firstLongShift.
struct WideChannel
{
    /// A long one's shift is firstLongShift more than what multiplyByQuantizedMultiplier64() shifts by, 8 to 46.
    static constexpr int32_t firstLongShift = 64;

    uint32_t bias; ///< a long one's lower half
    union {
        int32_t rounding; ///< of a short one
        int32_t biasHigh; ///< of a long one
    };
    int32_t multiplier; ///< of a long one: 16 bits of it
    int32_t shift;

    constexpr bool isLong() const { return shift >= firstLongShift; }
};

/// A long channel's result. Out of line, since few channels are long.
__attribute__((noinline)) inline int16_t requantizeLong(int32_t sum, const WideChannel &channel, int32_t low,
                                                        int32_t high)
{
    const int shift = channel.shift - WideChannel::firstLongShift;
    const int64_t total = sum + int64_t(uint64_t(uint32_t(channel.biasHigh)) << 32 | channel.bias);
    const int64_t scaled = total * channel.multiplier + (int64_t(1) << (shift - 1));
    return int16_t(clamp(int32_t(scaled >> shift), low, high));
}

} // namespace rt
} // namespace espalier
