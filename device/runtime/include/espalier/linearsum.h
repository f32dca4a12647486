// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>

/// Where the sums of an integer layer begin and how they are scaled: with int8 and uint8 activations they begin at a
/// 32-bit bias; with int16 ones (and int8 weights) a 64-bit bias is added at the end, in 64 bits. The products alone
/// fit 32 bits there too: the host runs no layer whose weights' magnitudes add up to more than 65535.
namespace espalier {
namespace rt {
namespace detail {

inline uint32_t firstSum(int32_t bias)
{
    return uint32_t(bias);
}
inline uint32_t firstSum(int64_t)
{
    return 0;
}

inline int32_t scaledSum(uint32_t sum, int32_t, int32_t multiplier, int shift)
{
    return multiplyByQuantizedMultiplier(int32_t(sum), multiplier, shift);
}
inline int32_t scaledSum(uint32_t sum, int64_t bias, int32_t multiplier, int shift)
{
    return multiplyByQuantizedMultiplier64(int32_t(sum) + bias, multiplier, shift);
}

} // namespace detail
} // namespace rt
} // namespace espalier
