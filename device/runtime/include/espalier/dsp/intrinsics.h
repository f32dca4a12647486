// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>
#include <string.h>

/// The instructions of Armv7E-M that the kernels for Cortex-M4 and M7 are made of. Elsewhere the same in plain C++, so
/// that these kernels run, and are tested, on any machine. A pair is two int16 in one word, the first in the lower
/// half.
namespace espalier {
namespace rt {
namespace dsp {

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#define ESPALIER_DSP_INSTRUCTION(name, operand)                                                                        \
    inline int32_t name(int32_t a, int32_t b, int32_t sum)                                                             \
    {                                                                                                                  \
        int32_t result;                                                                                                \
        __asm__(operand " %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));                                  \
        return result;                                                                                                 \
    }
ESPALIER_DSP_INSTRUCTION(multiplyPairs, "smlad")        ///< sum + a.first * b.first + a.second * b.second
ESPALIER_DSP_INSTRUCTION(multiplyFirstFirst, "smlabb")  ///< sum + a.first * b.first
ESPALIER_DSP_INSTRUCTION(multiplyFirstSecond, "smlabt") ///< sum + a.first * b.second
ESPALIER_DSP_INSTRUCTION(multiplySecondFirst, "smlatb") ///< sum + a.second * b.first
#undef ESPALIER_DSP_INSTRUCTION

/// Bytes 0 and 2, sign-extended.
inline int32_t evenBytes(int32_t word)
{
    int32_t result;
    __asm__("sxtb16 %0, %1" : "=r"(result) : "r"(word));
    return result;
}
/// Bytes 1 and 3.
inline int32_t oddBytes(int32_t word)
{
    int32_t result;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
    return result;
}
/// The lower halves of both.
inline int32_t pair(int32_t first, int32_t second)
{
    int32_t result;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(first), "r"(second));
    return result;
}
/// round(a * b / 2^32), ties toward plus infinity.
inline int32_t roundingHighMultiply(int32_t a, int32_t b)
{
    int32_t result;
    __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
    return result;
}
/// Clamped to int8.
inline int32_t saturate8(int32_t x)
{
    int32_t result;
    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(x));
    return result;
}
#else
inline int32_t first(int32_t pair)
{
    return int16_t(uint32_t(pair) & 0xffff);
}
inline int32_t second(int32_t pair)
{
    return pair >> 16;
}
inline int32_t wrapped(int32_t sum, int32_t product)
{
    return int32_t(uint32_t(sum) + uint32_t(product));
}
inline int32_t multiplyPairs(int32_t a, int32_t b, int32_t sum)
{
    return wrapped(wrapped(sum, first(a) * first(b)), second(a) * second(b));
}
inline int32_t multiplyFirstFirst(int32_t a, int32_t b, int32_t sum)
{
    return wrapped(sum, first(a) * first(b));
}
inline int32_t multiplyFirstSecond(int32_t a, int32_t b, int32_t sum)
{
    return wrapped(sum, first(a) * second(b));
}
inline int32_t multiplySecondFirst(int32_t a, int32_t b, int32_t sum)
{
    return wrapped(sum, second(a) * first(b));
}
inline int32_t pair(int32_t first, int32_t second)
{
    return int32_t((uint32_t(first) & 0xffff) | uint32_t(second) << 16);
}
inline int32_t evenBytes(int32_t word)
{
    return pair(int8_t(uint32_t(word) & 0xff), int8_t(uint32_t(word) >> 16 & 0xff));
}
inline int32_t oddBytes(int32_t word)
{
    return pair(int8_t(uint32_t(word) >> 8 & 0xff), int8_t(uint32_t(word) >> 24));
}
inline int32_t roundingHighMultiply(int32_t a, int32_t b)
{
    return int32_t((int64_t(a) * b + (int64_t(1) << 31)) >> 32);
}
inline int32_t saturate8(int32_t x)
{
    return x < -128 ? -128 : x > 127 ? 127 : x;
}
#endif

/// Four bytes at any address.
inline int32_t loadWord(const void *from)
{
    int32_t word;
    __builtin_memcpy(&word, from, 4); // one instruction; a freestanding memcpy would be called
    return word;
}

} // namespace dsp
} // namespace rt
} // namespace espalier
