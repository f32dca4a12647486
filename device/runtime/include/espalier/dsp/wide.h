// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/depthwise.h>
#include <espalier/widechannel.h>

/// CONV_2D, DEPTHWISE_CONV_2D with a 3x3 window and FULLY_CONNECTED over int16 activations and int8 weights, for
/// processors with two 16-bit multiplications in one instruction.
///
/// Activations are pairs already. Weights of two output channels A and B lie as bytes A0, B0, A1, B1 for two taps, so
/// that two SXTB16 make a pair for each. The inner loop of convolutions, for two taps, two channels, three pixels: LDR,
/// LDM, two SXTB16, six SMLAD: ten instructions for twelve multiplications, one more than for int8.
namespace espalier {
namespace rt {
namespace dsp {

/// A channel's sums, `step` values apart from `output` on. A short channel's multiplier is 2^(32 - shift) times that of
/// 16 bits, so that one instruction multiplies, rounds and shifts.
inline void requantizeWide(const int32_t *sums, int sumStep, int count, const WideChannel &given, int32_t low,
                           int32_t high, int16_t *output, int step)
{
    const WideChannel channel = given;
    if (channel.isLong()) {
        for (; count > 0; --count, sums += sumStep, output += step)
            *output = requantizeLong(*sums, channel, low, high);
        return;
    }
    for (; count > 0; --count, sums += sumStep, output += step)
        *output = int16_t(
            clampTo(roundingHighMultiply(int32_t(uint32_t(*sums) + channel.bias), channel.multiplier), low, high));
}

namespace detail {

constexpr int widePixelsAtOnce = 3;

/// The sums of two output channels for three pixels, a pixel after the other. `end - weights` bytes, a multiple of
/// eight, meet `columns`: a pair of pixel 0, one of pixel 1, one of pixel 2, and so on.
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
__attribute__((naked, noinline, unused)) static void multiplyWideColumns(const int32_t *, const int8_t *,
                                                                         const int8_t *, int32_t *)
{
    // r0 columns, r1 weights, r2 end; r4 to r9 the sums, r3 and r12 weights, r10, r11 and lr columns.
#define ESPALIER_TWO_TAPS                                                                                              \
    "ldr r3, [r1], #4\n"                                                                                               \
    "ldm r0!, {r10, r11, lr}\n"                                                                                        \
    "sxtb16 r12, r3\n"                                                                                                 \
    "sxtb16 r3, r3, ror #8\n"                                                                                          \
    "smlad r4, r12, r10, r4\n"                                                                                         \
    "smlad r6, r12, r11, r6\n"                                                                                         \
    "smlad r8, r12, lr, r8\n"                                                                                          \
    "smlad r5, r3, r10, r5\n"                                                                                          \
    "smlad r7, r3, r11, r7\n"                                                                                          \
    "smlad r9, r3, lr, r9\n"
    __asm__("push {r3-r11, lr}\n"
            "movs r4, #0\n"
            "mov r5, r4\n"
            "mov r6, r4\n"
            "mov r7, r4\n"
            "mov r8, r4\n"
            "mov r9, r4\n"
            "1:\n" ESPALIER_TWO_TAPS ESPALIER_TWO_TAPS "cmp r1, r2\n"
            "bne 1b\n"
            "pop {r0}\n"
            "stm r0, {r4-r9}\n"
            "pop {r4-r11, pc}\n");
#undef ESPALIER_TWO_TAPS
}
#else
inline void multiplyWideColumns(const int32_t *columns, const int8_t *weights, const int8_t *end, int32_t *sums)
{
    for (int i = 0; i < 2 * widePixelsAtOnce; ++i)
        sums[i] = 0;
    for (; weights != end; weights += 4, columns += widePixelsAtOnce) {
        const int32_t both = loadWord(weights), first = evenBytes(both), second = oddBytes(both);
        for (int i = 0; i < widePixelsAtOnce; ++i) {
            sums[2 * i] = multiplyPairs(first, columns[i], sums[2 * i]);
            sums[2 * i + 1] = multiplyPairs(second, columns[i], sums[2 * i + 1]);
        }
    }
}
#endif

/// `count` values as pairs into one pixel's column, an odd last one beside a zero; returns the place after them.
inline int32_t *pairUp(const int16_t *from, int count, int32_t *column)
{
    for (; count > 1; count -= 2, from += 2, column += widePixelsAtOnce)
        *column = loadWord(from);
    if (count == 1) {
        *column = int32_t(uint32_t(uint16_t(*from)));
        column += widePixelsAtOnce;
    }
    return column;
}

/// The window of one output pixel, each row of it in whole pairs. A row that reaches over the image's edge is made in
/// `staging` first.
inline void fillWideColumn(const ConvolutionLayer &layer, const int16_t *image, int top, int left, int16_t *staging,
                           int32_t *column)
{
    const int channels = layer.inputChannels, taps = layer.filterWidth * channels;
    const bool isWhole = left >= 0 && layer.dilationWidth == 1 && left + layer.filterWidth <= layer.inputWidth;
    for (int fy = layer.filterHeight; fy > 0; --fy, top += layer.dilationHeight) {
        const bool isInside = unsigned(top) < unsigned(layer.inputHeight);
        const int16_t *line = image + top * layer.inputWidth * channels;
        if (isInside && isWhole) {
            column = pairUp(line + left * channels, taps, column);
            continue;
        }
        int16_t *to = staging;
        for (int fx = 0, x = left; fx < layer.filterWidth; ++fx, x += layer.dilationWidth) {
            const bool isThere = isInside && unsigned(x) < unsigned(layer.inputWidth);
            for (int c = 0; c < channels; ++c)
                *to++ = isThere ? line[x * channels + c] : int16_t(0);
        }
        column = pairUp(staging, taps, column);
    }
}

} // namespace detail

/// `filter`: for each pair of output channels its bytes, rows of the window in whole pairs, all in whole groups of
/// four taps; `channels` a WideChannel for each output channel; `scratch` three columns and one row.
inline void wideConvolution(const ConvolutionLayer &given, const int16_t *input, const int8_t *filter,
                            const int32_t *table, int32_t *scratch, int16_t *output)
{
    const ConvolutionLayer layer = given; // the output may alias nothing of it
    const WideChannel *const channels = reinterpret_cast<const WideChannel *>(table);
    const int rowTaps = (layer.filterWidth * layer.inputChannels + 1) & ~1;
    const int taps = (layer.filterHeight * rowTaps + 3) & ~3, depth = layer.outputChannels;
    const int low = layer.outputMin, high = layer.outputMax;
    int16_t *const staging = reinterpret_cast<int16_t *>(scratch + detail::widePixelsAtOnce * taps / 2);
    if (taps != layer.filterHeight * rowTaps) // what zeros are multiplied with
        for (int i = 1; i <= detail::widePixelsAtOnce; ++i)
            scratch[detail::widePixelsAtOnce * taps / 2 - i] = 0;
    for (int batch = 0; batch < layer.batches; ++batch) {
        int oy = 0, ox = 0;
        for (int left = layer.outputHeight * layer.outputWidth; left > 0; left -= detail::widePixelsAtOnce) {
            const int pixels = left < detail::widePixelsAtOnce ? left : detail::widePixelsAtOnce;
            for (int i = 0; i < pixels; ++i) {
                detail::fillWideColumn(layer, input, oy * layer.strideHeight - layer.padTop,
                                       ox * layer.strideWidth - layer.padLeft, staging, scratch + i);
                if (++ox == layer.outputWidth) {
                    ox = 0;
                    ++oy;
                }
            }
            const int8_t *weights = filter;
            for (int c = 0; c < depth; c += 2, weights += 2 * taps) {
                int32_t sums[2 * detail::widePixelsAtOnce];
                detail::multiplyWideColumns(scratch, weights, weights + 2 * taps, sums);
                for (int half = 0; half < 2 && c + half < depth; ++half)
                    requantizeWide(sums + half, 2, pixels, channels[c + half], low, high, output + c + half, depth);
            }
            output += pixels * depth;
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// As depthwise3x3(), with a WideChannel for each channel.
inline void wideDepthwise3x3(const DepthwiseLinesLayer &given, const int16_t *input, const int16_t *filter,
                             const int32_t *table, int32_t *scratch, int16_t *output)
{
    const DepthwiseLinesLayer layer = given; // the output may alias nothing of it
    const WideChannel *const channels = reinterpret_cast<const WideChannel *>(table);
    const int along = layer.outputAlong, low = layer.outputMin, high = layer.outputMax;
    detail::forEachLine(layer, input, filter, scratch, output,
                        [&](const int32_t *sums, const int32_t *end, int c, int16_t *to) {
                            requantizeWide(sums, 1, int(end - sums), channels[c], low, high, to, along);
                        });
}

/// `weights`: for each pair of outputs, for each two inputs, their bytes; the inputs are even. `channels` a WideChannel
/// for each output.
inline void wideFullyConnected(const FullyConnectedLayer &given, const int16_t *input, const int8_t *weights,
                               const int32_t *table, int16_t *output)
{
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    const int row = 2 * layer.inputs;
    for (int rows = layer.rows; rows > 0; --rows, input += layer.inputs) {
        const WideChannel *channel = reinterpret_cast<const WideChannel *>(table);
        const int8_t *pair = weights;
        for (int left = layer.outputs; left > 0; left -= 4, pair += 2 * row) {
            const int count = left < 4 ? left : 4;
            const int8_t *other = count > 2 ? pair + row : pair;
            const int8_t *one = pair;
            int32_t sums[4] = {0, 0, 0, 0};
            for (const int16_t *x = input, *const end = input + layer.inputs; x != end; x += 2, one += 4, other += 4) {
                const int32_t values = loadWord(x), a = loadWord(one), b = loadWord(other);
                sums[0] = multiplyPairs(evenBytes(a), values, sums[0]);
                sums[1] = multiplyPairs(oddBytes(a), values, sums[1]);
                sums[2] = multiplyPairs(evenBytes(b), values, sums[2]);
                sums[3] = multiplyPairs(oddBytes(b), values, sums[3]);
            }
            for (int i = 0; i < count; ++i)
                requantizeWide(sums + i, 1, 1, *channel++, layer.outputMin, layer.outputMax, output++, 1);
        }
    }
}

} // namespace dsp
} // namespace rt
} // namespace espalier
