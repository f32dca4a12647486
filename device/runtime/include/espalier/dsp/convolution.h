// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/requantize.h>
#include <espalier/layers.h>

/// CONV_2D, int8, for processors with two 16-bit multiplications in one instruction.
///
/// The windows of three pixels are laid out as columns of int16 in scratch memory, and meet the weights of two output
/// channels at a time. These are **packed**: for channels A and B a halfword holds 256 * wB + wA. One SMLAD of the
/// packed halfwords sums 256 * SB + SA; one of their lower bytes, sign-extended, sums SA; so SB costs no unpacking. The
/// host has proved that |SB| < 2^23, and that 256 * wB + wA fits.
///
/// The inner loop, for two taps, two channels, three pixels: LDR (weights), SXTB16, LDM (three columns), six SMLAD:
/// nine instructions, about 13 cycles on a Cortex-M4, for twelve multiplications.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

constexpr int pixelsAtOnce = 3;

/// Three pixels, two output channels: what goes in and, where the sums are not made outputs at once, what comes out.
struct PairOfChannels
{
    PackedSums sums[pixelsAtOnce];
    const Channel *channels; ///< of both
    int8_t *output;          ///< null: leave the sums
    int32_t depth;           ///< from one pixel of the output to the next
};

/// `end - weights` packed halfwords, a multiple of four, meet `columns`: a pair of pixel 0, one of pixel 1, one of
/// pixel 2, and so on.
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
__attribute__((naked, noinline, unused)) static void multiplyColumns(const int32_t *, const int16_t *, const int16_t *,
                                                                     PairOfChannels *)
{
    // r0 columns, r1 weights, r2 end; r4 to r9 the sums, r3 and r12 weights, r10, r11 and lr columns.
#define ESPALIER_TWO_TAPS                                                                                              \
    "ldr r3, [r1], #4\n"                                                                                               \
    "ldm r0!, {r10, r11, lr}\n"                                                                                        \
    "sxtb16 r12, r3\n"                                                                                                 \
    "smlad r4, r3, r10, r4\n"                                                                                          \
    "smlad r6, r3, r11, r6\n"                                                                                          \
    "smlad r8, r3, lr, r8\n"                                                                                           \
    "smlad r5, r12, r10, r5\n"                                                                                         \
    "smlad r7, r12, r11, r7\n"                                                                                         \
    "smlad r9, r12, lr, r9\n"
    // As requantize(); r0 to r3 are the Channel, r10 twice the sum.
#define ESPALIER_REQUANTIZE                                                                                            \
    "smmulr r10, r10, r1\n"                                                                                            \
    "add r10, r10, r10, asr #31\n"                                                                                     \
    "add r10, r10, r2\n"                                                                                               \
    "asr r10, r10, r3\n"                                                                                               \
    "ssat r10, #8, r10\n"
    __asm__("push {r3-r11, lr}\n"
            "movs r4, #0\n"
            "mov r5, r4\n"
            "mov r6, r4\n"
            "mov r7, r4\n"
            "mov r8, r4\n"
            "mov r9, r4\n"
            "sub r3, r2, r1\n"
            "lsls r3, r3, #28\n" // bit 3: two words beyond a multiple of four
            "bpl 1f\n" ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS "cmp r1, r2\n"
            "beq 2f\n"
            "1:\n" ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS "cmp r1, r2\n"
            "bne 1b\n"
            "2:\n"
            "pop {r0}\n"
            "add r1, r0, #24\n"
            "ldm r1, {r10, r11, r12}\n" // channels, output, depth
            "cmp r11, #0\n"
            "bne 3f\n"
            "stm r0, {r4-r9}\n"
            "pop {r4-r11, pc}\n"
            "3:\n"
            "mov lr, r10\n"
            "ldm lr!, {r0-r3}\n"
            "add r10, r0, r5, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11]\n"
            "add r10, r0, r7, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12]\n"
            "add r10, r0, r9, lsl #1\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12, lsl #1]\n"
            "ldm lr, {r0-r3}\n"
            "subs r4, r4, r5\n"
            "subs r6, r6, r7\n"
            "sub r8, r8, r9\n"
            "add r10, r0, r4, asr #7\n" ESPALIER_REQUANTIZE "strb r10, [r11, #1]!\n"
            "add r10, r0, r6, asr #7\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12]\n"
            "add r10, r0, r8, asr #7\n" ESPALIER_REQUANTIZE "strb r10, [r11, r12, lsl #1]\n"
            "pop {r4-r11, pc}\n");
#undef ESPALIER_TWO_TAPS
#undef ESPALIER_REQUANTIZE
}
#else
inline void multiplyColumns(const int32_t *columns, const int16_t *weights, const int16_t *end, PairOfChannels *pair)
{
    for (int i = 0; i < pixelsAtOnce; ++i)
        pair->sums[i].both = pair->sums[i].first = 0;
    for (; weights != end; weights += 2, columns += pixelsAtOnce) {
        const int32_t packed = loadWord(weights), first = evenBytes(packed);
        for (int i = 0; i < pixelsAtOnce; ++i) {
            pair->sums[i].both = multiplyPairs(packed, columns[i], pair->sums[i].both);
            pair->sums[i].first = multiplyPairs(first, columns[i], pair->sums[i].first);
        }
    }
    for (int i = 0; pair->output && i < pixelsAtOnce; ++i) {
        const PackedSums &sums = pair->sums[i];
        const Channel &first = pair->channels[0], &second = pair->channels[1];
        int8_t *const to = pair->output + i * pair->depth;
        to[0] = int8_t(requantize(sums.doubledFirst() + first.doubledBias, first));
        to[1] = int8_t(requantize(sums.doubledSecond() + second.doubledBias, second));
    }
}
#endif

/// 4 * groups bytes as pairs (0, 2), (1, 3), (4, 6), … into one pixel's column; returns the place after them.
inline int32_t *expand(const int8_t *from, int groups, int32_t *column)
{
    for (; groups > 0; --groups, from += 4, column += 2 * pixelsAtOnce) {
        const int32_t word = loadWord(from);
        column[0] = evenBytes(word);
        column[pixelsAtOnce] = oddBytes(word);
    }
    return column;
}

/// `count` bytes into whole groups; the rest of the last one is zero.
inline int32_t *expandRow(const int8_t *from, int count, int32_t *column)
{
    column = expand(from, count >> 2, column);
    const int rest = count & 3;
    if (rest == 0)
        return column;
    from += count - rest;
    uint32_t word = 0;
    for (int i = 0; i < rest; ++i)
        word |= uint32_t(uint8_t(from[i])) << (8 * i);
    column[0] = evenBytes(int32_t(word));
    column[pixelsAtOnce] = oddBytes(int32_t(word));
    return column + 2 * pixelsAtOnce;
}

/// The window of one output pixel, each row of it in whole groups of four. A row that reaches over the image's edge is
/// made in `staging` first.
inline void fillColumn(const ConvolutionLayer &layer, const int8_t *image, int top, int left, int8_t *staging,
                       int32_t *column)
{
    const int channels = layer.inputChannels, taps = layer.filterWidth * channels;
    const bool isWhole = left >= 0 && layer.dilationWidth == 1 && left + layer.filterWidth <= layer.inputWidth;
    for (int fy = layer.filterHeight; fy > 0; --fy, top += layer.dilationHeight) {
        const bool isInside = unsigned(top) < unsigned(layer.inputHeight);
        const int8_t *line = image + top * layer.inputWidth * channels;
        if (isInside && isWhole) {
            column = expandRow(line + left * channels, taps, column);
            continue;
        }
        int8_t *to = staging;
        for (int fx = 0, x = left; fx < layer.filterWidth; ++fx, x += layer.dilationWidth) {
            if (isInside && unsigned(x) < unsigned(layer.inputWidth)) {
                const int8_t *from = line + x * channels;
                for (const int8_t *const end = from + channels; from != end;)
                    *to++ = *from++;
            } else {
                for (int8_t *const end = to + channels; to != end;)
                    *to++ = int8_t(layer.inputZeroPoint);
            }
        }
        column = expandRow(staging, taps, column);
    }
}

template <bool clamps>
inline int32_t finish(const ConvolutionLayer &layer, int32_t doubled, const Channel &channel)
{
    const int32_t result = requantize(doubled, channel);
    return clamps ? clampTo(result, layer.outputMin, layer.outputMax) : result;
}

/// What multiplyColumns() leaves: fewer pixels, a last odd channel, a clamp.
template <bool clamps>
inline void finishPair(const ConvolutionLayer &layer, const PairOfChannels &pair, int channel, int pixels,
                       int8_t *output)
{
    for (int i = 0; i < pixels; ++i, output += pair.depth) {
        const PackedSums &sums = pair.sums[i];
        const Channel &first = pair.channels[0];
        output[0] = int8_t(finish<clamps>(layer, sums.doubledFirst() + first.doubledBias, first));
        if (channel + 1 == pair.depth)
            continue;
        const Channel &second = pair.channels[1];
        output[1] = int8_t(finish<clamps>(layer, sums.doubledSecond() + second.doubledBias, second));
    }
}

template <bool clamps>
inline void convolve(const ConvolutionLayer &given, const int8_t *input, const int16_t *filter, const int32_t *table,
                     int32_t *scratch, int8_t *output)
{
    const ConvolutionLayer layer = given; // in registers and on the stack: output may alias nothing of it
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    const int rowTaps = (layer.filterWidth * layer.inputChannels + 3) & ~3;
    const int taps = layer.filterHeight * rowTaps, depth = layer.outputChannels;
    int8_t *const staging = reinterpret_cast<int8_t *>(scratch + pixelsAtOnce * taps / 2);
    for (int batch = 0; batch < layer.batches; ++batch) {
        int oy = 0, ox = 0;
        for (int left = layer.outputHeight * layer.outputWidth; left > 0; left -= pixelsAtOnce) {
            const int pixels = left < pixelsAtOnce ? left : pixelsAtOnce;
            for (int i = 0; i < pixels; ++i) {
                fillColumn(layer, input, oy * layer.strideHeight - layer.padTop, ox * layer.strideWidth - layer.padLeft,
                           staging, scratch + i);
                if (++ox == layer.outputWidth) {
                    ox = 0;
                    ++oy;
                }
            }
            const bool isDirect = !clamps && pixels == pixelsAtOnce;
            const int16_t *weights = filter;
            for (int c = 0; c < depth; c += 2, weights += taps) {
                PairOfChannels pair;
                pair.channels = channels + c;
                pair.output = isDirect && c + 1 < depth ? output + c : nullptr;
                pair.depth = depth;
                multiplyColumns(scratch, weights, weights + taps, &pair);
                if (!pair.output)
                    finishPair<clamps>(layer, pair, c, pixels, output + c);
            }
            output += pixels * depth;
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

} // namespace detail

/// `filter` [pairs of output channels][taps]: packed halfwords in the order of expand(), each row of the window in
/// whole groups of four, the rest zero; `channels` a Channel for each output channel; `scratch` the columns and one
/// row.
inline void convolution(const ConvolutionLayer &layer, const int8_t *input, const int16_t *filter,
                        const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::convolve<false>(layer, input, filter, channels, scratch, output);
}

/// With an activation that narrows int8.
inline void clampedConvolution(const ConvolutionLayer &layer, const int8_t *input, const int16_t *filter,
                               const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::convolve<true>(layer, input, filter, channels, scratch, output);
}

} // namespace dsp
} // namespace rt
} // namespace espalier
