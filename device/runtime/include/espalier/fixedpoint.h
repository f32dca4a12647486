// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// The fixed-point arithmetic of quantized kernels, written once for the boards and the host engine. It follows
/// TensorFlow Lite Micro's reference kernels (double rounding), which CMSIS-NN follows as well.
namespace espalier::rt {

/// round(a * b / 2^31), ties away from zero, saturating the one case that overflows.
constexpr int32_t saturatingRoundingDoublingHighMul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN)
        return INT32_MAX;
    const int64_t product = int64_t(a) * b;
    const int64_t nudge = product >= 0 ? int64_t(1) << 30 : 1 - (int64_t(1) << 30);
    return int32_t((product + nudge) / (int64_t(1) << 31)); // the division truncates toward zero
}

/// round(x / 2^exponent), ties away from zero; exponent from 0 to 31.
constexpr int32_t roundingDivideByPowerOfTwo(int32_t x, int exponent)
{
    const int32_t mask = int32_t((int64_t(1) << exponent) - 1);
    const int32_t remainder = x & mask;
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// x times the real number multiplier * 2^(shift - 31), rounded twice.
constexpr int32_t multiplyByQuantizedMultiplier(int32_t x, int32_t multiplier, int shift)
{
    const int left = shift > 0 ? shift : 0;
    const int right = shift > 0 ? 0 : -shift;
    // Through unsigned, since a left shift that overflows wraps in the reference kernels too.
    const int32_t shifted = int32_t(uint32_t(x) << left);
    return roundingDivideByPowerOfTwo(saturatingRoundingDoublingHighMul(shifted, multiplier), right);
}

} // namespace espalier::rt
