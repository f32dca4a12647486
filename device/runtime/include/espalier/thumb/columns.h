// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/thumb/requantize.h>

/// The inner loop of convolutions on Cortex-M0+: **two pixels in one word**.
///
/// A column word holds x0 + 65536 * x1 for two output pixels. One multiplication by a weight gives both products, one
/// addition sums both. For four pixels a tap costs LDRSB (weight), LDM (two column words), two MULS, three ADDS and a
/// branch: eight instructions, twelve cycles, for four multiplications. Before the lower sum can leave 16 bits it goes,
/// with the upper one, into four sums of 32 bits: 19 instructions. The host cuts each channel's weights into the
/// longest **segments** for which that cannot happen with any input.
namespace espalier {
namespace rt {
namespace thumb {

namespace detail {

constexpr int pixelsAtOnce = 4;

/// The sums of one channel for four pixels. `stream`: a length, so many weights, and so on; a length of 0 ends it.
/// Returns the place after it. Every segment's sum of |weight| is at most 255.
#if defined(__thumb__) && !defined(__thumb2__)
// r0 columns, r1 weights, r2 weight, r3 and r4 products, r5 and r6 sums of two pixels, r7 counts up to zero; r8 to r11
// the sums of 32 bits. LOAD brings the two column words of a tap; NEXT goes on to the next segment's columns.
#define ESPALIER_MULTIPLY_SEGMENTS(LOAD, LENGTH, NEXT)                                                                 \
    ".syntax unified\n"                                                                                                \
    "push {r4-r7, lr}\n"                                                                                               \
    "mov r4, r8\n"                                                                                                     \
    "mov r5, r9\n"                                                                                                     \
    "mov r6, r10\n"                                                                                                    \
    "mov r7, r11\n"                                                                                                    \
    "push {r2, r4-r7}\n"                                                                                               \
    "mov r12, r3\n"                                                                                                    \
    "movs r3, #0\n"                                                                                                    \
    "mov r8, r3\n"                                                                                                     \
    "mov r9, r3\n"                                                                                                     \
    "mov r10, r3\n"                                                                                                    \
    "mov r11, r3\n"                                                                                                    \
    "b 3f\n"                                                                                                           \
    "1:\n" LENGTH "adds r1, r1, r2\n"                                                                                  \
    "rsbs r7, r2, #0\n"                                                                                                \
    "movs r5, #0\n"                                                                                                    \
    "movs r6, #0\n"                                                                                                    \
    "2:\n"                                                                                                             \
    "ldrsb r2, [r1, r7]\n" LOAD "muls r3, r2, r3\n"                                                                    \
    "muls r4, r2, r4\n"                                                                                                \
    "adds r5, r5, r3\n"                                                                                                \
    "adds r6, r6, r4\n"                                                                                                \
    "adds r7, #1\n"                                                                                                    \
    "bne 2b\n" NEXT "sxth r2, r5\n"                                                                                    \
    "add r8, r2\n"                                                                                                     \
    "subs r5, r5, r2\n"                                                                                                \
    "asrs r5, r5, #16\n"                                                                                               \
    "add r9, r5\n"                                                                                                     \
    "sxth r2, r6\n"                                                                                                    \
    "add r10, r2\n"                                                                                                    \
    "subs r6, r6, r2\n"                                                                                                \
    "asrs r6, r6, #16\n"                                                                                               \
    "add r11, r6\n"                                                                                                    \
    "3:\n"                                                                                                             \
    "ldrb r2, [r1]\n"                                                                                                  \
    "adds r1, #1\n"                                                                                                    \
    "cmp r2, #0\n"                                                                                                     \
    "bne 1b\n"                                                                                                         \
    "mov r0, r1\n"                                                                                                     \
    "pop {r1}\n"                                                                                                       \
    "mov r2, r8\n"                                                                                                     \
    "mov r3, r9\n"                                                                                                     \
    "mov r4, r10\n"                                                                                                    \
    "mov r5, r11\n"                                                                                                    \
    "stm r1!, {r2-r5}\n"                                                                                               \
    "pop {r4-r7}\n"                                                                                                    \
    "mov r8, r4\n"                                                                                                     \
    "mov r9, r5\n"                                                                                                     \
    "mov r10, r6\n"                                                                                                    \
    "mov r11, r7\n"                                                                                                    \
    "pop {r4-r7, pc}\n"
__attribute__((naked, noinline, unused)) static const int8_t *multiplyColumns(const int32_t *, const int8_t *,
                                                                              int32_t *)
{
    __asm__(ESPALIER_MULTIPLY_SEGMENTS("ldm r0!, {r3, r4}\n", "", ""));
}
#else
/// A word times a weight, both of its halves at once.
struct SumsOfSegment
{
    uint32_t both[2] = {0, 0};
    void add(int32_t weight, int32_t first, int32_t second)
    {
        both[0] += uint32_t(weight) * uint32_t(first);
        both[1] += uint32_t(weight) * uint32_t(second);
    }
    void into(int32_t *sums) const
    {
        for (int i = 0; i < 2; ++i) {
            const int32_t low = int16_t(both[i] & 0xffff);
            sums[2 * i] += low;
            sums[2 * i + 1] += int32_t(both[i] - uint32_t(low)) >> 16;
        }
    }
};
inline const int8_t *multiplyColumns(const int32_t *columns, const int8_t *stream, int32_t *sums)
{
    for (int i = 0; i < pixelsAtOnce; ++i)
        sums[i] = 0;
    for (int length; (length = uint8_t(*stream++)) != 0;) {
        SumsOfSegment segment;
        for (; length > 0; --length, ++stream, columns += 2)
            segment.add(*stream, columns[0], columns[1]);
        segment.into(sums);
    }
    return stream;
}
#endif

/// Puts values of pixel `pixel`, `along` bytes apart, into its half of the column words; returns the place after them.
/// Even pixels come first.
inline int32_t *putValues(const int8_t *from, int count, int along, int pixel, int32_t *column)
{
    if ((pixel & 1) == 0)
        for (; count > 0; --count, from += along, column += 2)
            *column = *from;
    else
        for (; count > 0; --count, from += along, column += 2)
            *column = int32_t(uint32_t(*column) + (uint32_t(*from) << 16));
    return column;
}
/// The same for neighbouring values, where most of the time of filling goes: one loop for all layers.
__attribute__((noinline)) inline int32_t *putRun(const int8_t *from, int count, int pixel, int32_t *column)
{
    const int8_t *const end = from + count;
    if ((pixel & 1) == 0)
        for (; from != end; ++from, column += 2)
            *column = *from;
    else
        for (; from != end; ++from, column += 2)
            *column = int32_t(uint32_t(*column) + (uint32_t(*from) << 16));
    return column;
}
inline int32_t *putValue(int32_t value, int count, int pixel, int32_t *column)
{
    if ((pixel & 1) == 0)
        for (; count > 0; --count, column += 2)
            *column = value;
    else
        for (; count > 0; --count, column += 2)
            *column = int32_t(uint32_t(*column) + (uint32_t(value) << 16));
    return column;
}

} // namespace detail

} // namespace thumb
} // namespace rt
} // namespace espalier
