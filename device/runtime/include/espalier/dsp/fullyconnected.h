// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/binary.h>
#include <espalier/dsp/requantize.h>
#include <espalier/layers.h>
#include <espalier/paddedrows.h>

/// FULLY_CONNECTED, int8, with weights packed as in convolution.h, two outputs in a halfword. Three pairs of outputs
/// share each word of the input: for four inputs and six outputs LDR and two SXTB16 (input), two LDM (weights), six
/// SXTB16 and twelve SMLAD, 23 instructions for 24 multiplications. No scratch memory.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

constexpr int pairsAtOnce = 3;

/// Sums of three pairs of outputs over the inputs up to `end`, a multiple of four.
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
__attribute__((naked, noinline, unused)) static void multiplyRow(const int8_t *, const int16_t *, const int8_t *,
                                                                 PackedSums *)
{
    // r0 inputs, r1 weights, r2 end; r4 to r9 the sums; r3, r12 and lr weights, r10 and r11 inputs.
#define ESPALIER_TWO_INPUTS(x)                                                                                         \
    "ldm r1!, {r3, r12, lr}\n"                                                                                         \
    "smlad r4, r3, " x ", r4\n"                                                                                        \
    "sxtb16 r3, r3\n"                                                                                                  \
    "smlad r6, r12, " x ", r6\n"                                                                                       \
    "sxtb16 r12, r12\n"                                                                                                \
    "smlad r8, lr, " x ", r8\n"                                                                                        \
    "sxtb16 lr, lr\n"                                                                                                  \
    "smlad r5, r3, " x ", r5\n"                                                                                        \
    "smlad r7, r12, " x ", r7\n"                                                                                       \
    "smlad r9, lr, " x ", r9\n"
    __asm__("push {r3-r11, lr}\n"
            "movs r4, #0\n"
            "mov r5, r4\n"
            "mov r6, r4\n"
            "mov r7, r4\n"
            "mov r8, r4\n"
            "mov r9, r4\n"
            "1:\n"
            "ldr r3, [r0], #4\n"
            "sxtb16 r10, r3\n"
            "sxtb16 r11, r3, ror #8\n" ESPALIER_TWO_INPUTS("r10") ESPALIER_TWO_INPUTS("r11") "cmp r0, r2\n"
                                                                                             "bne 1b\n"
                                                                                             "pop {r3}\n"
                                                                                             "stm r3, {r4-r9}\n"
                                                                                             "pop {r4-r11, pc}\n");
#undef ESPALIER_TWO_INPUTS
}
#else
inline void multiplyRow(const int8_t *input, const int16_t *weights, const int8_t *end, PackedSums *sums)
{
    for (int i = 0; i < pairsAtOnce; ++i)
        sums[i].both = sums[i].first = 0;
    for (; input != end; input += 4) {
        const int32_t word = loadWord(input);
        const int32_t x[] = {evenBytes(word), oddBytes(word)};
        for (int k = 0; k < 2; ++k) {
            for (int i = 0; i < pairsAtOnce; ++i, weights += 2) {
                const int32_t packed = loadWord(weights);
                sums[i].both = multiplyPairs(packed, x[k], sums[i].both);
                sums[i].first = multiplyPairs(evenBytes(packed), x[k], sums[i].first);
            }
        }
    }
}
#endif

/// The same for one pair.
inline void multiplyRowOnce(const int8_t *input, const int16_t *weights, const int8_t *end, PackedSums *sums)
{
    PackedSums sum = {0, 0};
    for (; input != end; input += 4, weights += 4) {
        const int32_t word = loadWord(input), even = evenBytes(word), odd = oddBytes(word);
        const int32_t first = loadWord(weights), second = loadWord(weights + 2);
        sum.both = multiplyPairs(second, odd, multiplyPairs(first, even, sum.both));
        sum.first = multiplyPairs(evenBytes(second), odd, multiplyPairs(evenBytes(first), even, sum.first));
    }
    *sums = sum;
}

} // namespace detail

/// `weights`: for each three pairs of outputs, and then for each pair that is left, for each four inputs the packed
/// pairs (0, 2) of all of them and then (1, 3). `channels` a Channel for each output.
/// The inputs are a multiple of four.
inline void fullyConnected(const FullyConnectedLayer &given, const int8_t *input, const int16_t *weights,
                           const int32_t *table, int8_t *output)
{
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    for (int row = 0; row < layer.rows; ++row, input += layer.inputs) {
        const int16_t *packed = weights;
        for (int first = 0; first < layer.outputs;) {
            PackedSums sums[detail::pairsAtOnce];
            int pairs = (layer.outputs - first + 1) / 2;
            if (pairs >= detail::pairsAtOnce) {
                pairs = detail::pairsAtOnce;
                detail::multiplyRow(input, packed, input + layer.inputs, sums);
            } else {
                pairs = 1;
                detail::multiplyRowOnce(input, packed, input + layer.inputs, sums);
            }
            packed += pairs * layer.inputs;
            for (int i = 0; i < pairs; ++i) {
                for (int half = 0; half < 2 && first < layer.outputs; ++half, ++first) {
                    const Channel &channel = channels[first];
                    const int32_t doubled = half == 0 ? sums[i].doubledFirst() : sums[i].doubledSecond();
                    *output++ = int8_t(
                        clampTo(requantize(doubled + channel.doubledBias, channel), layer.outputMin, layer.outputMax));
                }
            }
        }
    }
}

/// The same where the channels compare: see binary.h.
inline void binaryFullyConnected(const FullyConnectedLayer &layer, const int8_t *input, const int16_t *weights,
                                 const int32_t *table, int8_t *output)
{
    fullyConnected(layer, input, weights, table, output);
    toBinary(output, layer.rows * layer.outputs);
}

/// Any number of inputs; `weights` those of fullyConnected() with zeros up to a multiple of four, `scratch` as many
/// bytes.
inline void paddedFullyConnected(const FullyConnectedLayer &layer, const int8_t *input, const int16_t *weights,
                                 const int32_t *table, int8_t *scratch, int8_t *output)
{
    rt::detail::forPaddedRows(
        layer, input, scratch, output,
        [=](const FullyConnectedLayer &row, const int8_t *x, int8_t *y) { fullyConnected(row, x, weights, table, y); });
}

} // namespace dsp
} // namespace rt
} // namespace espalier
