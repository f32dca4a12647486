// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/float16.h"

#include <bit>

namespace espalier {

std::uint16_t toFloat16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = std::uint16_t(bits >> 16 & 0x8000);
    const std::uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return std::uint16_t(sign | 0x7e00); // not a number
    if (magnitude >= 0x477ff000)
        return std::uint16_t(sign | 0x7c00);
    if (magnitude < 0x33000000)
        return sign; // below half of the smallest denormal
    // The 24 bits of the mantissa lose their last 13; below 2^-14 one more for each power of two.
    const int exponent = int(magnitude >> 23) - 127;
    const std::uint32_t mantissa = exponent == -127 ? 0 : (magnitude & 0x7fffff) | 0x800000;
    const int lost = exponent >= -14 ? 13 : 13 - 14 - exponent;
    std::uint32_t half = mantissa >> lost;
    const std::uint32_t rest = mantissa & ((1u << lost) - 1), middle = 1u << (lost - 1);
    half += rest > middle || (rest == middle && (half & 1) != 0) ? 1 : 0;
    if (exponent >= -14)
        half += std::uint32_t(exponent + 14) << 10; // the leading bit adds the last one; a carry is right as it is
    return std::uint16_t(sign | half);
}

float fromFloat16(std::uint16_t half)
{
    const std::uint32_t sign = std::uint32_t(half & 0x8000) << 16;
    const std::uint32_t exponent = half >> 10 & 31, mantissa = half & 1023;
    if (exponent == 31)
        return std::bit_cast<float>(sign | 0x7f800000 | mantissa << 13);
    if (exponent == 0) {
        const float magnitude = float(mantissa) * 0x1p-24f;
        return sign ? -magnitude : magnitude;
    }
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

} // namespace espalier
