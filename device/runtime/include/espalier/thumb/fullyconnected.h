// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/binary.h>
#include <espalier/fixedpoint.h>
#include <espalier/layers.h>
#include <espalier/paddedrows.h>
#include <espalier/thumb/requantize.h>

/// FULLY_CONNECTED, int8, for Cortex-M0+. **Four weights in one word**, as bytes with 128 added, and eight outputs that
/// share each input.
///
/// Of a word W = w0 + 2^8 w1 + 2^16 w2 + 2^24 w3 the shifted words W, W >> 8, W >> 16 and W >> 24 are multiplied by the
/// input as they are, and summed modulo 2^32: each sum without 2^8 times the next is that of one weight alone, so that
/// nothing has to be masked or sign-extended. For an input: LDRSB, twice LDM, three shifts, four MULS and four ADDS,
/// and an ADDS: 26 instructions, about 29 cycles, for eight multiplications; a branch for every four inputs.
namespace espalier {
namespace rt {
namespace thumb {

namespace detail {

constexpr int outputsAtOnce = 8;

/// Sums of eight outputs over so many bytes of inputs, a multiple of four of them. `sums[0]` holds what each begins at.
#if defined(__thumb__) && !defined(__thumb2__)
// r0 end of the inputs, r1 weights, r2 index, r3 input, r4 and r5 weights; sums of the shifted words r6, r7, r8, r9 and
// r10, r11, r12, lr. LOAD brings an input, of SIZE bytes.
#define ESPALIER_FOUR_OUTPUTS(byte3, byte2, byte1, byte0)                                                              \
    "ldm r1!, {r4}\n"                                                                                                  \
    "lsrs r5, r4, #24\n"                                                                                               \
    "muls r5, r3, r5\n"                                                                                                \
    "add " byte3 ", r5\n"                                                                                              \
    "lsrs r5, r4, #16\n"                                                                                               \
    "muls r5, r3, r5\n"                                                                                                \
    "add " byte2 ", r5\n"                                                                                              \
    "lsrs r5, r4, #8\n"                                                                                                \
    "muls r5, r3, r5\n"                                                                                                \
    "add " byte1 ", r5\n"                                                                                              \
    "muls r4, r3, r4\n"                                                                                                \
    "add " byte0 ", r4\n"
#define ESPALIER_ONE_INPUT(LOAD, SIZE)                                                                                 \
    LOAD " r3, [r0, r2]\n" ESPALIER_FOUR_OUTPUTS("r9", "r8", "r7", "r6")                                               \
        ESPALIER_FOUR_OUTPUTS("lr", "r12", "r11", "r10") "adds r2, #" SIZE "\n"
// From r6, r7, r5 and r9 of the shifted words to what each weight alone gives.
#define ESPALIER_PARTS(byte3)                                                                                          \
    "lsls r2, r7, #8\n"                                                                                                \
    "subs r2, r6, r2\n"                                                                                                \
    "lsls r4, r5, #8\n"                                                                                                \
    "subs r4, r7, r4\n"                                                                                                \
    "mov r6, " byte3 "\n"                                                                                              \
    "lsls r7, r6, #8\n"                                                                                                \
    "subs r5, r5, r7\n"                                                                                                \
    "stm r3!, {r2, r4, r5, r6}\n"
#define ESPALIER_MULTIPLY_WORDS(LOAD, SIZE)                                                                            \
    ".syntax unified\n"                                                                                                \
    "push {r4-r7, lr}\n"                                                                                               \
    "mov r4, r8\n"                                                                                                     \
    "mov r5, r9\n"                                                                                                     \
    "mov r6, r10\n"                                                                                                    \
    "mov r7, r11\n"                                                                                                    \
    "push {r3-r7}\n"                                                                                                   \
    "ldr r3, [r3]\n"                                                                                                   \
    "mov r9, r3\n"                                                                                                     \
    "mov lr, r3\n"                                                                                                     \
    "lsls r4, r3, #8\n"                                                                                                \
    "adds r4, r4, r3\n"                                                                                                \
    "mov r8, r4\n"                                                                                                     \
    "mov r12, r4\n"                                                                                                    \
    "lsls r7, r4, #8\n"                                                                                                \
    "adds r7, r7, r3\n"                                                                                                \
    "mov r11, r7\n"                                                                                                    \
    "lsls r6, r7, #8\n"                                                                                                \
    "adds r6, r6, r3\n"                                                                                                \
    "mov r10, r6\n"                                                                                                    \
    "adds r0, r0, r2\n"                                                                                                \
    "rsbs r2, r2, #0\n"                                                                                                \
    "1:\n" ESPALIER_ONE_INPUT(LOAD, SIZE) ESPALIER_ONE_INPUT(LOAD, SIZE) ESPALIER_ONE_INPUT(LOAD, SIZE)                \
        ESPALIER_ONE_INPUT(LOAD, SIZE) "bne 1b\n"                                                                      \
                                       "pop {r3}\n"                                                                    \
                                       "mov r5, r8\n" ESPALIER_PARTS("r9") "mov r6, r10\n"                             \
                                                                           "mov r7, r11\n"                             \
                                                                           "mov r5, r12\n" ESPALIER_PARTS(             \
                                                                               "lr") "pop {r4-r7}\n"                   \
                                                                                     "mov r8, r4\n"                    \
                                                                                     "mov r9, r5\n"                    \
                                                                                     "mov r10, r6\n"                   \
                                                                                     "mov r11, r7\n"                   \
                                                                                     "pop {r4-r7, pc}\n"
__attribute__((naked, noinline, unused)) static void multiplyWords(const int8_t *, const uint32_t *, int32_t, int32_t *)
{
    __asm__(ESPALIER_MULTIPLY_WORDS("ldrsb", "1"));
}
__attribute__((naked, noinline, unused)) static void multiplyWideWords(const int16_t *, const uint32_t *, int32_t,
                                                                       int32_t *)
{
    __asm__(ESPALIER_MULTIPLY_WORDS("ldrsh", "2"));
}
#undef ESPALIER_MULTIPLY_WORDS
#undef ESPALIER_ONE_INPUT
#undef ESPALIER_FOUR_OUTPUTS
#undef ESPALIER_PARTS
#else
template <class T>
inline void multiplyShifted(const T *input, const uint32_t *weights, int32_t length, int32_t *sums)
{
    uint32_t totals[outputsAtOnce];
    for (int i = 0; i < outputsAtOnce; ++i)
        totals[i] = uint32_t(sums[0]);
    for (; length > 0; --length, ++input, weights += 2) {
        for (int i = 0; i < outputsAtOnce; ++i)
            totals[i] += uint32_t(*input) * (weights[i >> 2] >> (8 * (i & 3)) & 255);
    }
    for (int i = 0; i < outputsAtOnce; ++i)
        sums[i] = int32_t(totals[i]);
}
inline void multiplyWords(const int8_t *input, const uint32_t *weights, int32_t bytes, int32_t *sums)
{
    multiplyShifted(input, weights, bytes, sums);
}
inline void multiplyWideWords(const int16_t *input, const uint32_t *weights, int32_t bytes, int32_t *sums)
{
    multiplyShifted(input, weights, bytes / 2, sums);
}
#endif

/// Calls finish(sums, first, count) for the sums of eight outputs or of one, from output `first` of a row on, row after
/// row. `multiply` is one of the above.
template <class T, class Multiply, class Finish>
inline void forEachOutputs(const FullyConnectedLayer &layer, const T *input, const int8_t *weights, Multiply multiply,
                           Finish finish)
{
    for (int row = 0; row < layer.rows; ++row, input += layer.inputs) {
        uint32_t total = 0;
        for (const T *x = input, *const end = input + layer.inputs; x != end; ++x)
            total += uint32_t(*x);
        const int8_t *from = weights;
        for (int first = 0; first < layer.outputs;) {
            int32_t sums[outputsAtOnce];
            const int count = layer.outputs - first < outputsAtOnce ? 1 : outputsAtOnce;
            if (count > 1) {
                sums[0] = int32_t(0u - 128 * total);
                multiply(input, reinterpret_cast<const uint32_t *>(from), layer.inputs * int(sizeof(T)), sums);
            } else {
                sums[0] = 0;
                for (int k = 0; k < layer.inputs; ++k)
                    sums[0] += input[k] * from[k];
            }
            finish(sums, first, count);
            from += count * layer.inputs;
            first += count;
        }
    }
}

} // namespace detail

/// `weights`: for each eight outputs, for each input, their weights with 128 added; then a row for each output that is
/// left. The inputs are a multiple of four. `channels` a Channel for each output.
inline void fullyConnected(const FullyConnectedLayer &given, const int8_t *input, const int8_t *weights,
                           const int32_t *table, int8_t *output)
{
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    detail::forEachOutputs(layer, input, weights, detail::multiplyWords,
                           [&](const int32_t *sums, int first, int count) {
                               const Results results = {sums + count, layer.outputMin, layer.outputMax, 1, 0};
                               finish(sums, channels + first, output, &results);
                               output += count;
                           });
}

/// The same where the channels compare: see binary.h.
inline void binaryFullyConnected(const FullyConnectedLayer &layer, const int8_t *input, const int8_t *weights,
                                 const int32_t *table, int8_t *output)
{
    fullyConnected(layer, input, weights, table, output);
    toBinary(output, layer.rows * layer.outputs);
}

/// Any number of inputs; `weights` those of fullyConnected() with zeros up to a multiple of four, `scratch` as many
/// bytes.
inline void paddedFullyConnected(const FullyConnectedLayer &layer, const int8_t *input, const int8_t *weights,
                                 const int32_t *table, int8_t *scratch, int8_t *output)
{
    rt::detail::forPaddedRows(
        layer, input, scratch, output,
        [=](const FullyConnectedLayer &row, const int8_t *x, int8_t *y) { fullyConnected(row, x, weights, table, y); });
}

} // namespace thumb
} // namespace rt
} // namespace espalier
