// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>

#include <stdint.h>

/// What the kernels for Cortex-M0+ share: no long multiplication, no division, multiplication of 32 bits in one cycle.
namespace espalier {
namespace rt {
namespace thumb {

/// How the sums of one output channel become int8. The host has proved that |sum + bias| < 2^30 for the channel's
/// weights, or it calls the plain kernels.
struct Channel
{
    int32_t bias; ///< bias - inputZeroPoint * (sum of weights)
    int32_t multiplier;
    int32_t rounding; ///< 2^(shift - 1) + outputZeroPoint * 2^shift
    int32_t shift;    ///< right, from 1 to 22
};

/// round(x * multiplier / 2^31), ties toward plus infinity, from four products of 16 bits: the low half of x is taken
/// signed, so that no sum of them overflows. |x| < 2^30.
inline int32_t roundingDoublingHighMultiply(int32_t x, int32_t multiplier)
{
    const int32_t low = int16_t(x), high = (x - low) >> 16;
    const int32_t top = multiplier >> 16, bottom = multiplier & 0xffff;
    const int32_t middle = high * bottom + low * top + ((low * bottom) >> 16) + (1 << 14);
    return 2 * (high * top) + (middle >> 15);
}

/// The reference kernels' two roundings; the second one rounds ties away from zero.
inline int32_t requantize(int32_t sum, const Channel &channel)
{
    const int32_t scaled = roundingDoublingHighMultiply(sum + channel.bias, channel.multiplier);
    return (scaled + (scaled >> 31) + channel.rounding) >> channel.shift;
}

/// Where results go: from which sum on there are no more, the clamp, and bytes from one output and one Channel to the
/// next, beyond the Channel's own size.
struct Results
{
    const int32_t *end;
    int32_t low, high, outputStep, channelStep;
};
constexpr int32_t sameChannel = -int32_t(sizeof(Channel));

/// At least one sum through requantize() and the clamp: 35 instructions for each, where compilers run out of registers.
#if defined(__thumb__) && !defined(__thumb2__)
__attribute__((naked, noinline, unused)) static void finish(const int32_t *, const Channel *, int8_t *, const Results *)
{
    // r0 sums, r1 channels, r2 outputs; r8 to r12 the results' fields, lr half of 2^15.
    __asm__(".syntax unified\n"
            "push {r4-r7, lr}\n"
            "mov r4, r8\n"
            "mov r5, r9\n"
            "mov r6, r10\n"
            "mov r7, r11\n"
            "push {r4-r7}\n"
            "ldm r3!, {r4-r7}\n"
            "mov r8, r4\n"
            "mov r9, r5\n"
            "mov r10, r6\n"
            "mov r11, r7\n"
            "ldr r4, [r3]\n"
            "mov r12, r4\n"
            "movs r4, #1\n"
            "lsls r4, r4, #14\n"
            "mov lr, r4\n"
            "1:\n"
            "ldm r1!, {r4, r5}\n"
            "ldm r0!, {r3}\n"
            "adds r3, r3, r4\n"
            "sxth r4, r3\n"
            "subs r3, r3, r4\n"
            "asrs r3, r3, #16\n"
            "uxth r6, r5\n"
            "asrs r5, r5, #16\n"
            "movs r7, r4\n"
            "muls r7, r6, r7\n"
            "asrs r7, r7, #16\n"
            "muls r6, r3, r6\n"
            "adds r7, r7, r6\n"
            "muls r4, r5, r4\n"
            "adds r7, r7, r4\n"
            "add r7, lr\n"
            "asrs r7, r7, #15\n"
            "muls r3, r5, r3\n"
            "lsls r3, r3, #1\n"
            "adds r3, r3, r7\n"
            "ldm r1!, {r4, r5}\n"
            "asrs r6, r3, #31\n"
            "adds r3, r3, r6\n"
            "adds r3, r3, r4\n"
            "asrs r3, r5\n"
            "cmp r3, r9\n"
            "bge 2f\n"
            "mov r3, r9\n"
            "2:\n"
            "cmp r3, r10\n"
            "ble 3f\n"
            "mov r3, r10\n"
            "3:\n"
            "strb r3, [r2]\n"
            "add r2, r11\n"
            "add r1, r12\n"
            "cmp r0, r8\n"
            "bne 1b\n"
            "pop {r4-r7}\n"
            "mov r8, r4\n"
            "mov r9, r5\n"
            "mov r10, r6\n"
            "mov r11, r7\n"
            "pop {r4-r7, pc}\n");
}
#else
inline void finish(const int32_t *sums, const Channel *channel, int8_t *output, const Results *results)
{
    for (; sums != results->end; ++sums, output += results->outputStep) {
        *output = int8_t(clamp(requantize(*sums, *channel), results->low, results->high));
        channel += results->channelStep == sameChannel ? 0 : 1;
    }
}
#endif

} // namespace thumb
} // namespace rt
} // namespace espalier
