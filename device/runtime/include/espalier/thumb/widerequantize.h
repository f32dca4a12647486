// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/widechannel.h>

/// How sums of int16 activations become int16 on Cortex-M0+. A short channel's sum with its bias is 2^16 a + b, of
/// which a and b are multiplied apart; its shift, from 1 to 30, is 16 less than the whole one, its rounding 2^(shift -
/// 1).
namespace espalier {
namespace rt {
namespace thumb {

inline int16_t requantizeWide(int32_t sum, const WideChannel &channel, int32_t low, int32_t high)
{
    if (channel.isLong())
        return requantizeLong(sum, channel, low, high);
    const uint32_t total = uint32_t(sum) + channel.bias;
    const int32_t upper = int32_t(total) >> 16, multiplier = channel.multiplier;
    const int32_t carried = int32_t((total & 0xffff) * uint32_t(multiplier) >> 16);
    return int16_t(clamp((upper * multiplier + carried + channel.rounding) >> channel.shift, low, high));
}

/// Where results go: from which sum on there are no more, the clamp, and bytes from one output to the next.
struct WideResults
{
    const int32_t *end;
    int32_t low, high, step;
};

namespace detail {

/// At least one sum of a short channel: 18 instructions for each, where compilers run out of registers.
#if defined(__thumb__) && !defined(__thumb2__)
__attribute__((naked, noinline, unused)) static void finishShort(const int32_t *, const WideChannel *, int16_t *,
                                                                 const WideResults *)
{
    // r0 sums, r1 multiplier, r2 outputs, r5 and r6 the clamp, r7 shift; r8 bias, r9 rounding, r10 step, r11 end.
    __asm__(".syntax unified\n"
            "push {r4-r7, lr}\n"
            "mov r4, r8\n"
            "mov r5, r9\n"
            "mov r6, r10\n"
            "mov r7, r11\n"
            "push {r4-r7}\n"
            "ldm r1!, {r4-r7}\n"
            "mov r8, r4\n"
            "mov r9, r5\n"
            "mov r1, r6\n"
            "ldr r4, [r3]\n"
            "mov r11, r4\n"
            "ldr r4, [r3, #12]\n"
            "mov r10, r4\n"
            "ldr r5, [r3, #4]\n"
            "ldr r6, [r3, #8]\n"
            "1:\n"
            "ldm r0!, {r3}\n"
            "add r3, r8\n"
            "uxth r4, r3\n"
            "asrs r3, r3, #16\n"
            "muls r3, r1, r3\n"
            "muls r4, r1, r4\n"
            "lsrs r4, r4, #16\n"
            "adds r3, r3, r4\n"
            "add r3, r9\n"
            "asrs r3, r7\n"
            "cmp r3, r5\n"
            "bge 2f\n"
            "mov r3, r5\n"
            "2:\n"
            "cmp r3, r6\n"
            "ble 3f\n"
            "mov r3, r6\n"
            "3:\n"
            "strh r3, [r2]\n"
            "add r2, r10\n"
            "cmp r0, r11\n"
            "bne 1b\n"
            "pop {r4-r7}\n"
            "mov r8, r4\n"
            "mov r9, r5\n"
            "mov r10, r6\n"
            "mov r11, r7\n"
            "pop {r4-r7, pc}\n");
}
#else
inline void finishShort(const int32_t *sums, const WideChannel *channel, int16_t *output, const WideResults *results)
{
    for (; sums != results->end; ++sums, output += results->step / 2)
        *output = requantizeWide(*sums, *channel, results->low, results->high);
}
#endif

} // namespace detail

/// At least one sum of a channel.
inline void finishWide(const int32_t *sums, const WideChannel &channel, int16_t *output, const WideResults &results)
{
    if (!channel.isLong()) {
        detail::finishShort(sums, &channel, output, &results);
        return;
    }
    for (; sums != results.end; ++sums, output += results.step / 2)
        *output = requantizeLong(*sums, channel, results.low, results.high);
}

} // namespace thumb
} // namespace rt
} // namespace espalier
