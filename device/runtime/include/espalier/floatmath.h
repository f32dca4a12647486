// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fusedmultiplyadd.h>

#include <stdint.h>

/// Elementary functions on float without a C library: additions, products, quotients and fused multiply-adds only, in a
/// fixed order, so that every processor gives the same bits. Errors are measured against exact values (tst_floatmath).
/// Written without branches, so that loops over them vectorise. Must not be compiled with -ffast-math or with
/// contraction (-ffp-contract=off).
namespace espalier {
namespace rt {

/// e^x, within 1.1 units in the last place; infinity above 88.72, denormal below -87.33, 0 below -103.97.
inline float exp(float x)
{
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x; // a NaN passes both
    // x = n ln 2 + r with |r| <= ln 2 / 2: adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
    const float magic = 12582912.0f;
    const float shifted = fma(x, 1.442695f, magic);
    const float n = shifted - magic;
    float r = fma(n, -0.6931472f, x);
    r = fma(n, 1.9046542e-09f, r);
    // (e^r - 1 - r) / r^2 interpolated at the Chebyshev nodes of that range.
    float p = fma(0.0013926177f, r, 0.008363174f);
    p = fma(p, r, 0.041666556f);
    p = fma(p, r, 0.16666578f);
    p = fma(p, r, 0.5f);
    p = fma(p, r * r, r) + 1.0f;
    // Times 2^n in two steps, since 2^n itself may be out of range.
    const int32_t exponent = int32_t(__builtin_bit_cast(uint32_t, shifted) - 0x4b400000u);
    const int32_t half = exponent >> 1;
    const float scale1 = __builtin_bit_cast(float, uint32_t(half + 127) << 23);
    const float scale2 = __builtin_bit_cast(float, uint32_t(exponent - half + 127) << 23);
    return p * scale1 * scale2;
}

/// 1 / (1 + e^-x), within 2.5 units in the last place.
inline float logistic(float x)
{
    const float e = exp(x < 0 ? x : -x);
    return (x < 0 ? e : 1.0f) / (1.0f + e);
}

/// The hyperbolic tangent, within 2 units in the last place.
inline float tanh(float x)
{
    const float magnitude = x < 0 ? -x : x;
    const float large = 1.0f - 2.0f / (exp(2.0f * magnitude) + 1.0f);
    // (tanh x / x - 1) / x^2 as a polynomial in x^2, interpolated at the Chebyshev nodes of [0, 0.625^2].
    const float square = x * x;
    float p = fma(0.002292744582518935f, square, -0.008343945257365704f);
    p = fma(p, square, 0.02176891826093197f);
    p = fma(p, square, -0.053959257900714874f);
    p = fma(p, square, 0.13333304226398468f);
    p = fma(p, square, -0.3333333432674408f);
    const float small = fma(p * square, magnitude, magnitude);
    const float result = magnitude < 0.625f ? small : large;
    const uint32_t sign = __builtin_bit_cast(uint32_t, x) & 0x80000000u;
    return __builtin_bit_cast(float, __builtin_bit_cast(uint32_t, result) | sign);
}

/// The nearest integer, ties away from zero; saturates at +-2^30, and a NaN gives 0.
inline int32_t roundToInt(float x)
{
    x = x > 1073741824.0f ? 1073741824.0f : x;
    x = x < -1073741824.0f ? -1073741824.0f : x;
    x = x == x ? x : 0.0f;
    // Half less one unit of its last place: just below a tie the sum rounds down, on a tie it rounds up. Right for
    // every float.
    const uint32_t sign = __builtin_bit_cast(uint32_t, x) & 0x80000000u;
    return int32_t(x + __builtin_bit_cast(float, 0x3effffffu | sign));
}

} // namespace rt
} // namespace espalier
