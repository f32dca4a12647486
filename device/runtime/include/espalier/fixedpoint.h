// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// The fixed-point arithmetic of quantized kernels, written once for the boards and the host engine. It follows
/// TensorFlow Lite Micro's reference kernels (double rounding), which CMSIS-NN follows as well.
///
/// A Qm.n number is an int32 with m integer bits, a sign and n = 31 - m fractional bits: raw / 2^n.
namespace espalier {
namespace rt {

constexpr int32_t clamp(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : x > high ? high : x;
}

/// a + b modulo 2^32: what the reference kernels' compilers do where extreme scales overflow.
constexpr int32_t wrappingAdd(int32_t a, int32_t b)
{
    return int32_t(uint32_t(a) + uint32_t(b));
}

/// Zero bits above the highest one; 32 for 0.
constexpr int countLeadingZeros(uint32_t x)
{
    return x == 0 ? 32 : __builtin_clz(x);
}

/// round(a * b / 2^31), ties toward plus infinity, saturating the one case that overflows.
constexpr int32_t saturatingRoundingDoublingHighMul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN)
        return INT32_MAX;
    return int32_t((int64_t(a) * b + (int64_t(1) << 30)) >> 31);
}

/// The same for 16 bits: round(a * b / 2^15).
constexpr int16_t saturatingRoundingDoublingHighMul(int16_t a, int16_t b)
{
    if (a == INT16_MIN && b == INT16_MIN)
        return INT16_MAX;
    return int16_t((int32_t(a) * b + (1 << 14)) >> 15);
}

/// round(x / 2^exponent), ties away from zero; exponent from 0 to 31.
constexpr int32_t roundingDivideByPowerOfTwo(int32_t x, int exponent)
{
    const int32_t mask = int32_t((int64_t(1) << exponent) - 1);
    const int32_t remainder = x & mask;
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// x * 2^exponent, saturating; exponent from 0 to 30.
constexpr int32_t saturatingMultiplyByPowerOfTwo(int32_t x, int exponent)
{
    const int32_t limit = int32_t((int64_t(1) << (31 - exponent)) - 1);
    return x > limit ? INT32_MAX : x < -limit ? INT32_MIN : int32_t(uint32_t(x) << exponent);
}

/// x times the real number multiplier * 2^(shift - 31), rounded twice; shift from -31 to 31.
constexpr int32_t multiplyByQuantizedMultiplier(int32_t x, int32_t multiplier, int shift)
{
    const int left = shift > 0 ? shift : 0;
    const int right = shift > 0 ? 0 : -shift;
    // Through unsigned, since a left shift that overflows wraps in the reference kernels too.
    const int32_t shifted = int32_t(uint32_t(x) << left);
    return roundingDivideByPowerOfTwo(saturatingRoundingDoublingHighMul(shifted, multiplier), right);
}

/// A real number as multiplier * 2^(shift - 31); core/kernels/quantizedmultiplier.h makes them.
struct QuantizedMultiplier
{
    int32_t multiplier = 0;
    int32_t shift = 0;
    constexpr bool operator==(const QuantizedMultiplier &other) const
    {
        return multiplier == other.multiplier && shift == other.shift;
    }
};

constexpr int32_t multiplyByQuantizedMultiplier(int32_t x, QuantizedMultiplier by)
{
    return multiplyByQuantizedMultiplier(x, by.multiplier, int(by.shift));
}

/// The same for the 64-bit accumulators of int16 activations: the multiplier reduced to 16 bits, one rounding, ties
/// toward plus infinity. |x| < 2^47, shift from -31 to 7.
constexpr int32_t multiplyByQuantizedMultiplier64(int64_t x, int32_t multiplier, int shift)
{
    const int32_t reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
    const int total = 15 - shift;
    return int32_t((x * reduced + (int64_t(1) << (total - 1))) >> total);
}

/// e^a for a <= 0 in Q(integerBits), as Q0.31: a quarter's remainder by a polynomial of degree 4 around -1/8, the whole
/// quarters by a table of e^-(2^k).
template <int integerBits>
constexpr int32_t expOnNegativeValues(int32_t a)
{
    constexpr int fractionBits = 31 - integerBits;
    constexpr int32_t quarter = int32_t(1) << (fractionBits - 2);
    const int32_t remainder = (a & (quarter - 1)) - quarter; // in [-1/4, 0)
    // Around -1/8, in Q0.31: x = remainder + 1/8.
    const int32_t x = int32_t(uint32_t(remainder) << integerBits) + (int32_t(1) << 28);
    const int32_t x2 = saturatingRoundingDoublingHighMul(x, x);
    const int32_t x3 = saturatingRoundingDoublingHighMul(x2, x);
    const int32_t x4 = saturatingRoundingDoublingHighMul(x2, x2);
    const int32_t oneThird = 715827883, expOfMinusEighth = 1895147668;
    const int32_t higher = roundingDivideByPowerOfTwo(
        saturatingRoundingDoublingHighMul(roundingDivideByPowerOfTwo(x4, 2) + x3, oneThird) + x2, 1);
    int32_t result = expOfMinusEighth + saturatingRoundingDoublingHighMul(expOfMinusEighth, x + higher);

    const int32_t quarters = int32_t(uint32_t(remainder) - uint32_t(a));
    constexpr int32_t powers[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    for (int i = 0; i < 7; ++i)
        if (integerBits > i - 2 && (quarters & (int32_t(1) << (fractionBits + i - 2))) != 0)
            result = saturatingRoundingDoublingHighMul(result, powers[i]);
    return a == 0 ? INT32_MAX : result;
}

namespace detail {

/// Newton's iteration for 2 / (1 + a), a in [0, 1] as Q0.31; Q2.29.
constexpr int32_t twoOverOnePlus(int32_t a)
{
    const int32_t halfDenominator = int32_t((int64_t(a) + INT32_MAX + 1) / 2);
    // 48/17 - 32/17 d is the best line through 1/d on [1/2, 1].
    int32_t x = 1515870810 + saturatingRoundingDoublingHighMul(halfDenominator, -1010580540);
    for (int i = 0; i < 3; ++i) {
        const int32_t error = (int32_t(1) << 29) - saturatingRoundingDoublingHighMul(halfDenominator, x);
        x += saturatingMultiplyByPowerOfTwo(saturatingRoundingDoublingHighMul(x, error), 2);
    }
    return x;
}

} // namespace detail

/// 1 / (1 + a) for a in [0, 1], both Q0.31.
constexpr int32_t oneOverOnePlus(int32_t a)
{
    return saturatingMultiplyByPowerOfTwo(detail::twoOverOnePlus(a), 1);
}

/// (1 - a) / (1 + a) for a in [0, 1], both Q0.31.
constexpr int32_t oneMinusOverOnePlus(int32_t a)
{
    return saturatingMultiplyByPowerOfTwo(detail::twoOverOnePlus(a) - (int32_t(1) << 29), 2);
}

/// 1 / (1 + e^-x), x in Q(integerBits), the result Q0.31.
template <int integerBits>
constexpr int32_t logistic(int32_t x)
{
    if (x == 0)
        return int32_t(1) << 30;
    const int32_t ofMagnitude = oneOverOnePlus(expOnNegativeValues<integerBits>(x > 0 ? -x : x));
    return x > 0 ? ofMagnitude : INT32_MAX - ofMagnitude;
}

/// tanh x, x in Q(integerBits), the result Q0.31.
template <int integerBits>
constexpr int32_t tanh(int32_t x)
{
    if (x == 0)
        return 0;
    // e^-2|x|: the same bits read with one integer bit more are twice the number.
    const int32_t ofMagnitude = oneMinusOverOnePlus(expOnNegativeValues<integerBits + 1>(x > 0 ? -x : x));
    return x > 0 ? ofMagnitude : -ofMagnitude;
}

/// 1/x for a positive x in Q(integerBits): the returned Q0.31 number, in [1/2, 1], divided by 2^bitsOverUnit.
constexpr int32_t reciprocal(int32_t x, int integerBits, int &bitsOverUnit)
{
    const int headroom = countLeadingZeros(uint32_t(x));
    bitsOverUnit = integerBits - headroom;
    return oneOverOnePlus(int32_t((uint32_t(x) << headroom) - (uint32_t(1) << 31)));
}

} // namespace rt
} // namespace espalier
