// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/layers.h>
#include <espalier/thumb/requantize.h>

/// FULLY_CONNECTED, int8, for Cortex-M0+. Four outputs share each input; their rows and the input are addressed from
/// their ends by one index that counts up to zero. For two inputs: two LDRSB (input), eight LDRSB, MULS and ADD, two
/// ADDS and a branch: 29 instructions, about 38 cycles, for eight multiplications. A word of weights is worth no load:
/// taking it apart costs as much.
namespace espalier {
namespace rt {
namespace thumb {

namespace detail {

/// Sums of four rows of `length` weights each, an even number, one after another from `weights` on.
#if defined(__thumb__) && !defined(__thumb2__)
__attribute__((naked, noinline, unused)) static void multiplyRows(const int8_t *, const int8_t *, int32_t, int32_t *)
{
    // r0 end of the inputs, r1, r4, r5 and r6 ends of the rows, r2 index, r3 input, r7 weight, r8 to r11 sums.
#define ESPALIER_ONE_INPUT                                                                                             \
    "ldrsb r3, [r0, r2]\n"                                                                                             \
    "ldrsb r7, [r1, r2]\n"                                                                                             \
    "muls r7, r3, r7\n"                                                                                                \
    "add r8, r7\n"                                                                                                     \
    "ldrsb r7, [r4, r2]\n"                                                                                             \
    "muls r7, r3, r7\n"                                                                                                \
    "add r9, r7\n"                                                                                                     \
    "ldrsb r7, [r5, r2]\n"                                                                                             \
    "muls r7, r3, r7\n"                                                                                                \
    "add r10, r7\n"                                                                                                    \
    "ldrsb r7, [r6, r2]\n"                                                                                             \
    "muls r7, r3, r7\n"                                                                                                \
    "add r11, r7\n"                                                                                                    \
    "adds r2, #1\n"
    __asm__(".syntax unified\n"
            "push {r4-r7, lr}\n"
            "mov r4, r8\n"
            "mov r5, r9\n"
            "mov r6, r10\n"
            "mov r7, r11\n"
            "push {r3-r7}\n"
            "adds r0, r0, r2\n"
            "adds r1, r1, r2\n"
            "adds r4, r1, r2\n"
            "adds r5, r4, r2\n"
            "adds r6, r5, r2\n"
            "rsbs r2, r2, #0\n"
            "movs r3, #0\n"
            "mov r8, r3\n"
            "mov r9, r3\n"
            "mov r10, r3\n"
            "mov r11, r3\n"
            "1:\n" ESPALIER_ONE_INPUT ESPALIER_ONE_INPUT "bne 1b\n"
            "pop {r3}\n"
            "mov r4, r8\n"
            "mov r5, r9\n"
            "mov r6, r10\n"
            "mov r7, r11\n"
            "stm r3!, {r4-r7}\n"
            "pop {r4-r7}\n"
            "mov r8, r4\n"
            "mov r9, r5\n"
            "mov r10, r6\n"
            "mov r11, r7\n"
            "pop {r4-r7, pc}\n");
#undef ESPALIER_ONE_INPUT
}
#else
inline void multiplyRows(const int8_t *input, const int8_t *weights, int32_t length, int32_t *sums)
{
    for (int row = 0; row < 4; ++row) {
        sums[row] = 0;
        for (int i = 0; i < length; ++i)
            sums[row] += input[i] * *weights++;
    }
}
#endif

} // namespace detail

/// `weights` [outputs, inputs], an even number of inputs; `channels` a Channel for each output.
inline void fullyConnected(const FullyConnectedLayer &given, const int8_t *input, const int8_t *weights,
                           const int32_t *table, int8_t *output)
{
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    for (int row = 0; row < layer.rows; ++row, input += layer.inputs) {
        const int8_t *from = weights;
        for (int first = 0; first < layer.outputs; first += 4) {
            int32_t sums[4];
            int count = layer.outputs - first;
            if (count >= 4) {
                count = 4;
                detail::multiplyRows(input, from, layer.inputs, sums);
            } else {
                for (int i = 0; i < count; ++i) {
                    int32_t sum = 0;
                    for (int k = 0; k < layer.inputs; ++k)
                        sum += input[k] * from[i * layer.inputs + k];
                    sums[i] = sum;
                }
            }
            from += count * layer.inputs;
            for (int i = 0; i < count; ++i)
                *output++ = int8_t(clamp(requantize(sums[i], channels[first + i]), layer.outputMin, layer.outputMax));
        }
    }
}

} // namespace thumb
} // namespace rt
} // namespace espalier
