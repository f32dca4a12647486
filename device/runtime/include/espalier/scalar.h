// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// Small pieces that the kernels share: loading stored weights, fused activations.
namespace espalier {
namespace rt {

/// A half-precision weight as it lies in flash.
struct Half
{
    uint16_t bits;
};

inline float bitsToFloat(uint32_t bits)
{
    float value;
    __builtin_memcpy(&value, &bits, sizeof value); // a freestanding memcpy would be called
    return value;
}

inline uint32_t floatToBits(float value)
{
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// The value of a stored weight; exact, since every half is a float.
inline float toFloat(float value)
{
    return value;
}
inline float toFloat(Half half)
{
#if defined(__ARM_ARCH_7EM__) && defined(__ARM_FP)
    float value = bitsToFloat(half.bits);
    __asm__("vcvtb.f32.f16 %0, %0" : "+t"(value)); // one instruction, where the unit has it
    return value;
#else
    const uint32_t sign = uint32_t(half.bits & 0x8000u) << 16;
    const uint32_t magnitude = half.bits & 0x7fffu;
    if (magnitude >= 0x7c00u) // infinity; a NaN becomes quiet, as in hardware
        return bitsToFloat(sign | 0x7f800000u | ((magnitude & 0x3ffu) << 13) | (magnitude > 0x7c00u ? 0x400000u : 0u));
    if (magnitude >= 0x400u)
        return bitsToFloat(sign | ((magnitude << 13) + 0x38000000u));
    const float value = float(magnitude) * 5.9604644775390625e-8f; // subnormal: units of 2^-24
    return bitsToFloat(sign | floatToBits(value));
#endif
}

/// Two 4-bit weights as they lie in flash, the first in the lower half.
struct Int4Pair
{
    uint8_t both;
};

/// Goes through 4-bit weights as a pointer goes through bytes.
class Int4Weights
{
public:
    Int4Weights(const Int4Pair *pairs, int first) : m_pairs(pairs), m_first(first) {}
    int32_t operator[](int i) const
    {
        const int at = m_first + i;
        return int32_t((unsigned(m_pairs[at >> 1].both) >> ((at & 1) * 4) & 15) ^ 8) - 8;
    }

private:
    const Int4Pair *m_pairs;
    int m_first;
};

/// The weights of a constant from number `first` on.
template <class Weight>
inline const Weight *weightsFrom(const Weight *weights, int first)
{
    return weights + first;
}
inline Int4Weights weightsFrom(const Int4Pair *weights, int first)
{
    return Int4Weights(weights, first);
}

/// The fused activations, as numbers.
constexpr int noActivation = 0, relu = 1, reluN1To1 = 2, relu6 = 3;

inline float activate(int activation, float x)
{
    if (activation == relu)
        return x < 0.0f ? 0.0f : x;
    if (activation == relu6)
        return x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x;
    if (activation == reluN1To1)
        return x < -1.0f ? -1.0f : x > 1.0f ? 1.0f : x;
    return x;
}

} // namespace rt
} // namespace espalier
