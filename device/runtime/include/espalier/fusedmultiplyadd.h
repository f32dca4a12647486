// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

namespace espalier {
namespace rt {

/// a * b + c rounded once, from integer operations alone, for processors without a fused multiply-add (and for tests).
/// Agrees with IEEE 754 for every input, denormals included; the payload of a NaN aside.
__attribute__((noinline)) inline float softFma(float a, float b, float c)
{
    const uint32_t ua = __builtin_bit_cast(uint32_t, a), ub = __builtin_bit_cast(uint32_t, b),
                   uc = __builtin_bit_cast(uint32_t, c);
    int ea = int(ua >> 23 & 0xff), eb = int(ub >> 23 & 0xff), ec = int(uc >> 23 & 0xff);
    if (ea == 0xff || eb == 0xff || ua << 1 == 0 || ub << 1 == 0)
        return a * b + c; // the product is infinite, not a number or an exact zero
    if (ec == 0xff)
        return c;

    const auto unpacked = [](uint32_t bits, int &exponent) {
        uint32_t mantissa = bits & 0x7fffff;
        if (exponent != 0)
            return mantissa | 0x800000;
        exponent = 1;
        if (mantissa != 0) {
            const int lift = __builtin_clz(mantissa) - 8;
            mantissa <<= lift;
            exponent -= lift;
        }
        return mantissa;
    };
    const uint32_t ma = unpacked(ua, ea), mb = unpacked(ub, eb), mc = unpacked(uc, ec);

    // Both terms as integers below 2^62 with a power of two; what alignment shifts out stays as a sticky lowest bit.
    const auto aligned = [](uint64_t value, int shift) {
        if (shift == 0)
            return value;
        if (shift > 63)
            return uint64_t(value != 0);
        return value >> shift | uint64_t(value << (64 - shift) != 0);
    };
    uint64_t product = (uint64_t(ma) * mb) << 14;
    uint64_t addend = uint64_t(mc) << 38;
    int exponent = ea + eb - 2 * 150 - 14;
    const int addendExponent = mc == 0 ? exponent : ec - 150 - 38;
    if (exponent >= addendExponent) {
        addend = aligned(addend, exponent - addendExponent);
    } else {
        product = aligned(product, addendExponent - exponent);
        exponent = addendExponent;
    }

    uint32_t sign = (ua ^ ub) & 0x80000000u;
    uint64_t sum = product + addend;
    if (((ua ^ ub ^ uc) & 0x80000000u) != 0) {
        sum = product - addend;
        if (product < addend) {
            sum = addend - product;
            sign = uc & 0x80000000u;
        }
    }
    if (sum == 0)
        return 0.0f;
    const int lift = __builtin_clzll(sum);
    sum <<= lift;
    int biased = exponent - lift + 190;
    if (biased <= 0) {
        sum = aligned(sum, 1 - biased);
        biased = 1;
    }
    uint32_t bits = uint32_t(sum >> 40);
    const uint64_t rest = sum & ((uint64_t(1) << 40) - 1), half = uint64_t(1) << 39;
    bits += rest > half || (rest == half && (bits & 1) != 0) ? 1 : 0;
    if (biased >= 0xff)
        bits = 0x7f800000u;
    else
        bits += uint32_t(biased - 1) << 23; // the mantissa's own leading bit adds the last one
    if (bits > 0x7f800000u)
        bits = 0x7f800000u;
    return __builtin_bit_cast(float, bits | sign);
}

/// a * b + c rounded once, on every processor with the same bits.
inline float fma(float a, float b, float c)
{
#if defined(__arm__) && !defined(__ARM_FEATURE_FMA)
    return softFma(a, b, c); // C libraries for such processors round twice here
#else
    return __builtin_fmaf(a, b, c);
#endif
}

} // namespace rt
} // namespace espalier
