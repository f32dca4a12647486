// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/binary.h>
#include <espalier/dsp/columns.h>
#include <espalier/dsp/requantize.h>
#include <espalier/layers.h>

/// CONV_2D, int8, for processors with two 16-bit multiplications in one instruction.
///
/// The windows of three pixels (columns.h) meet the weights of two output channels at a time. These are **packed**: for
/// channels A and B a halfword holds 256 * wB + wA. One SMLAD of the packed halfwords sums 256 * SB + SA; one of their
/// lower bytes, sign-extended, sums SA; so SB costs no unpacking. The host has proved that |SB| < 2^23, and that
/// 256 * wB + wA fits.
///
/// The inner loop, for two taps, two channels, three pixels: LDR (weights), SXTB16, LDM (three columns), six SMLAD:
/// nine instructions, about 13 cycles on a Cortex-M4, for twelve multiplications. A last odd channel, as pruning leaves
/// them, has a loop of its own: of its halfwords the lower bytes count alone, ten instructions for twelve.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

/// What one channel becomes for three pixels.
struct OneChannel
{
    const Channel *channel;
    int8_t *output; ///< of pixel 0
    int32_t depth;  ///< from one pixel of the output to the next
};

/// What pairs of channels become for three pixels.
struct PairsOfChannels
{
    const Channel *channels; ///< of both of the first pair
    int8_t *output;          ///< of the first pair's pixel 0
    int32_t depth;           ///< from one pixel of the output to the next
    const int16_t *end;      ///< of the last pair's weights
};

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
// As requantize(); r0 to r3 are the Channel, r10 twice the sum.
#define ESPALIER_REQUANTIZE                                                                                            \
    "smmulr r10, r10, r1\n"                                                                                            \
    "add r10, r10, r10, asr #31\n"                                                                                     \
    "add r10, r10, r2\n"                                                                                               \
    "asr r10, r10, r3\n"                                                                                               \
    "ssat r10, #8, r10\n"

/// The packed halfwords from `weights` to `endOfPair`, an even number, meet the columns, and so do those of each pair
/// that follows.
__attribute__((naked, noinline, unused)) static void multiplyColumns(const int32_t *, const int16_t *, const int16_t *,
                                                                     const PairsOfChannels *)
{
    // r0 columns, r1 weights, r2 end of the pair's; r4 to r9 the sums, r3 and r12 weights, r10, r11 and lr columns. On
    // the stack: columns, weights of the next pair, bytes of a pair, then a copy of PairsOfChannels.
#define ESPALIER_WEIGHTS                                                                                               \
    "ldr r3, [r1], #4\n"                                                                                               \
    "ldm r0!, {r10, r11, lr}\n"                                                                                        \
    "sxtb16 r12, r3\n"
#define ESPALIER_TWO_TAPS                                                                                              \
    ESPALIER_WEIGHTS                                                                                                   \
    "smlad r4, r3, r10, r4\n"                                                                                          \
    "smlad r6, r3, r11, r6\n"                                                                                          \
    "smlad r8, r3, lr, r8\n"                                                                                           \
    "smlad r5, r12, r10, r5\n"                                                                                         \
    "smlad r7, r12, r11, r7\n"                                                                                         \
    "smlad r9, r12, lr, r9\n"
    __asm__("push {r4-r11, lr}\n"
            "ldm r3, {r4-r7}\n"
            "sub r3, r2, r1\n"
            "push {r0, r1, r3-r7}\n"
            "1:\n" ESPALIER_WEIGHTS "smuad r4, r3, r10\n"
            "smuad r6, r3, r11\n"
            "smuad r8, r3, lr\n"
            "smuad r5, r12, r10\n"
            "smuad r7, r12, r11\n"
            "smuad r9, r12, lr\n"
            "subs r3, r2, r1\n"
            "lsls r3, r3, #29\n" // carry and sign: bits 3 and 2, two words and one beyond a multiple of four
            "bpl 2f\n" ESPALIER_TWO_TAPS "2:\n"
            "bcc 3f\n" ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS "3:\n"
            "cmp r1, r2\n"
            "beq 5f\n"
            "4:\n" ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS "cmp r1, r2\n"
            "bne 4b\n"
            "5:\n"
            "ldrd lr, r11, [sp, #12]\n" // channels, output
            "ldr r12, [sp, #20]\n"      // depth
            "ldm lr!, {r0-r3}\n"
            "subs r4, r4, r5\n"
            "subs r6, r6, r7\n"
            "sub r8, r8, r9\n"
            "add r10, r0, r7, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12]\n"
            "add r10, r0, r9, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12, lsl #1]\n"
            "add r10, r0, r5, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11], #1\n"
            "ldm lr!, {r0-r3}\n"
            "add r10, r0, r6, asr #7\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12]\n"
            "add r10, r0, r8, asr #7\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12, lsl #1]\n"
            "add r10, r0, r4, asr #7\n" ESPALIER_REQUANTIZE "strb r10, [r11], #1\n"
            "strd lr, r11, [sp, #12]\n"
            "ldm sp, {r0, r1, r3}\n"
            "ldr r4, [sp, #24]\n"
            "add r1, r1, r3\n"
            "add r2, r1, r3\n"
            "str r1, [sp, #4]\n"
            "cmp r1, r4\n"
            "bne 1b\n"
            "add sp, #28\n"
            "pop {r4-r11, pc}\n");
#undef ESPALIER_WEIGHTS
#undef ESPALIER_TWO_TAPS
}

/// The same with the first of both channels alone.
__attribute__((naked, noinline, unused)) static void multiplyColumnsOnce(const int32_t *, const int16_t *,
                                                                         const int16_t *, const OneChannel *)
{
    // r0 columns, r1 weights, r2 their end; r4 to r6 the sums, r3 and r12 weights, r7 to r11 and lr columns.
    __asm__("push {r3-r11, lr}\n"
            "movs r4, #0\n"
            "mov r5, r4\n"
            "mov r6, r4\n"
            "subs r3, r2, r1\n"
            "lsls r3, r3, #29\n" // sign: bit 2, one word beyond a multiple of two
            "bpl 1f\n"
            "ldr r3, [r1], #4\n"
            "ldm r0!, {r7-r9}\n"
            "sxtb16 r3, r3\n"
            "smuad r4, r3, r7\n"
            "smuad r5, r3, r8\n"
            "smuad r6, r3, r9\n"
            "1:\n"
            "cmp r1, r2\n"
            "beq 3f\n"
            "2:\n"
            "ldm r1!, {r3, r12}\n"
            "ldm r0!, {r7-r11, lr}\n"
            "sxtb16 r3, r3\n"
            "sxtb16 r12, r12\n"
            "smlad r4, r3, r7, r4\n"
            "smlad r5, r3, r8, r5\n"
            "smlad r6, r3, r9, r6\n"
            "smlad r4, r12, r10, r4\n"
            "smlad r5, r12, r11, r5\n"
            "smlad r6, r12, lr, r6\n"
            "cmp r1, r2\n"
            "bne 2b\n"
            "3:\n"
            "pop {r3}\n"
            "ldm r3, {r10-r12}\n" // channel, output, depth
            "ldm r10, {r0-r3}\n"
            "add r10, r0, r5, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12]\n"
            "add r10, r0, r6, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12, lsl #1]\n"
            "add r10, r0, r4, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11]\n"
            "pop {r4-r11, pc}\n");
}
#undef ESPALIER_REQUANTIZE
#else
inline void multiplyColumns(const int32_t *columns, const int16_t *weights, const int16_t *endOfPair,
                            const PairsOfChannels *pairs)
{
    const int taps = int(endOfPair - weights);
    const Channel *channel = pairs->channels;
    for (int8_t *output = pairs->output; weights != pairs->end; output += 2, channel += 2) {
        PackedSums sums[pixelsAtOnce] = {};
        const int32_t *column = columns;
        for (const int16_t *const end = weights + taps; weights != end; weights += 2) {
            const int32_t packed = loadWord(weights), first = evenBytes(packed);
            for (PackedSums &pixel : sums) {
                pixel.both = multiplyPairs(packed, *column, pixel.both);
                pixel.first = multiplyPairs(first, *column++, pixel.first);
            }
        }
        for (int i = 0; i < pixelsAtOnce; ++i) {
            int8_t *const to = output + i * pairs->depth;
            to[0] = int8_t(requantize(sums[i].doubledFirst() + channel[0].doubledBias, channel[0]));
            to[1] = int8_t(requantize(sums[i].doubledSecond() + channel[1].doubledBias, channel[1]));
        }
    }
}

inline void multiplyColumnsOnce(const int32_t *columns, const int16_t *weights, const int16_t *end,
                                const OneChannel *one)
{
    int32_t sums[pixelsAtOnce] = {};
    for (; weights != end; weights += 2) {
        const int32_t first = evenBytes(loadWord(weights));
        for (int32_t &sum : sums)
            sum = multiplyPairs(first, *columns++, sum);
    }
    for (int i = 0; i < pixelsAtOnce; ++i) {
        const int32_t doubled = int32_t(uint32_t(sums[i]) << 1) + one->channel->doubledBias;
        one->output[i * one->depth] = int8_t(requantize(doubled, *one->channel));
    }
}
#endif

/// `count` channels of up to three pixels, whose windows are in the columns; `depth` from one pixel of the output to
/// the next.
__attribute__((noinline)) inline void convolveColumns(const int32_t *columns, const int16_t *weights, int taps,
                                                      const Channel *channels, int count, int pixels, int8_t *output,
                                                      int depth)
{
    if (pixels == pixelsAtOnce) {
        const int paired = count & ~1;
        const int16_t *const end = weights + (count >> 1) * taps;
        if (paired > 0) {
            const PairsOfChannels pairs = {channels, output, depth, end};
            multiplyColumns(columns, weights, weights + taps, &pairs);
        }
        if (paired != count) {
            const OneChannel last = {channels + paired, output + paired, depth};
            multiplyColumnsOnce(columns, end, end + taps, &last);
        }
        return;
    }
    // Of fewer pixels not all results are wanted.
    for (; count > 0; count -= 2, weights += taps, channels += 2, output += 2) {
        int8_t results[2 * pixelsAtOnce];
        if (count > 1) {
            const PairsOfChannels pair = {channels, results, 2, weights + taps};
            multiplyColumns(columns, weights, weights + taps, &pair);
        } else {
            const OneChannel last = {channels, results, 2};
            multiplyColumnsOnce(columns, weights, weights + taps, &last);
        }
        for (int i = 0; i < pixels; ++i) {
            output[i * depth] = results[2 * i];
            if (count > 1)
                output[i * depth + 1] = results[2 * i + 1];
        }
    }
}

/// `Layout` lays out the columns of an image, with memory behind them.
template <class Layout>
inline void convolveBy(const ConvolutionLayer &layer, const int8_t *input, const int16_t *filter, const int32_t *table,
                       int32_t *scratch, int8_t *output)
{
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    const int taps = tapsOfColumn(layer), depth = layer.outputChannels;
    for (int batch = 0; batch < layer.batches; ++batch) {
        Layout layout(layer, input, scratch + pixelsAtOnce * taps / 2);
        for (int left = layer.outputHeight * layer.outputWidth; left > 0; left -= pixelsAtOnce) {
            const int pixels = left < pixelsAtOnce ? left : pixelsAtOnce;
            layout.fill(pixels, scratch);
            convolveColumns(scratch, filter, taps, channels, depth, pixels, output, depth);
            clampOutputs(output, pixels * depth, layer.outputMin, layer.outputMax);
            output += pixels * depth;
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

} // namespace detail

/// `filter` [pairs of output channels][taps]: packed halfwords in the order of columns.h, zero for its zero; `table` a
/// Channel for each channel; `scratch` the columns and one row of a window.
__attribute__((noinline)) inline void convolution(const ConvolutionLayer &layer, const int8_t *input,
                                                  const int16_t *filter, const int32_t *table, int32_t *scratch,
                                                  int8_t *output)
{
    detail::convolveBy<detail::Columns>(layer, input, filter, table, scratch, output);
}

/// The same where the channels compare: see binary.h.
inline void binaryConvolution(const ConvolutionLayer &layer, const int8_t *input, const int16_t *filter,
                              const int32_t *table, int32_t *scratch, int8_t *output)
{
    convolution(layer, input, filter, table, scratch, output);
    toBinary(output, layer.batches * layer.outputHeight * layer.outputWidth * layer.outputChannels);
}

} // namespace dsp
} // namespace rt
} // namespace espalier
