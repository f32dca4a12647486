// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/requantize.h>
#include <espalier/layers.h>

/// DEPTHWISE_CONV_2D with a 3x3 window, int8, one output channel for each input channel, strides 1 or 2.
///
/// Channel by channel, a band of rows is laid out as int16 in scratch memory, so that neighbouring pixels form pairs
/// and the channel's nine weights stay in six registers: (w0, w1) and (w1, w2) of each row. Two outputs of a row that
/// lie side by side then take two multiplying instructions each: 18 multiplications in 12 instructions and 3 loads.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

/// Sums of one line of outputs, two at a time: `weights` as (w0, w1), (w1, w2) of the window's three lines, `line` the
/// first of them, `pitch` bytes from each to the next. Writes from `sums` to `end`, or one sum more.
/// Two outputs, side by side, take three LDRD, twelve multiplying instructions and five others: about 24 cycles on a
/// Cortex-M4 for 18 multiplications.
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
__attribute__((naked, noinline, unused)) static void multiplyLine(const int32_t *, int32_t, const int16_t *, int32_t *,
                                                                  const int32_t *)
{
    __asm__("push {r4-r11, lr}\n"
            "ldm r2, {r4-r9}\n"
            "add r2, r0, r1, lsl #1\n"
            "add r1, r0\n"
            "1:\n"
            "ldrd r10, r11, [r0], #4\n"
            "smuad r12, r10, r4\n"
            "smuad lr, r11, r5\n"
            "smlabt r12, r11, r5, r12\n"
            "smlatb lr, r10, r4, lr\n"
            "ldrd r10, r11, [r1], #4\n"
            "smlad r12, r10, r6, r12\n"
            "smlad lr, r11, r7, lr\n"
            "smlabt r12, r11, r7, r12\n"
            "smlatb lr, r10, r6, lr\n"
            "ldrd r10, r11, [r2], #4\n"
            "smlad r12, r10, r8, r12\n"
            "smlad lr, r11, r9, lr\n"
            "smlabt r12, r11, r9, r12\n"
            "smlatb lr, r10, r8, lr\n"
            "ldr r10, [sp, #36]\n"
            "stm r3!, {r12, lr}\n"
            "cmp r3, r10\n"
            "blo 1b\n"
            "pop {r4-r11, pc}\n");
}
/// The same for stride 2: each pair begins one output.
__attribute__((naked, noinline, unused)) static void multiplyLineByTwo(const int32_t *, int32_t, const int16_t *,
                                                                       int32_t *, const int32_t *)
{
    __asm__("push {r4-r11, lr}\n"
            "ldm r2, {r4-r9}\n"
            "add r2, r0, r1, lsl #1\n"
            "add r1, r0\n"
            "ldr lr, [sp, #36]\n"
            "1:\n"
            "ldrd r10, r11, [r0], #4\n"
            "smuad r12, r10, r4\n"
            "smlabt r12, r11, r5, r12\n"
            "ldrd r10, r11, [r1], #4\n"
            "smlad r12, r10, r6, r12\n"
            "smlabt r12, r11, r7, r12\n"
            "ldrd r10, r11, [r2], #4\n"
            "smlad r12, r10, r8, r12\n"
            "smlabt r12, r11, r9, r12\n"
            "str r12, [r3], #4\n"
            "cmp r3, lr\n"
            "blo 1b\n"
            "pop {r4-r11, pc}\n");
}
#else
inline void multiplyLine(const int32_t *line, int32_t pitch, const int16_t *weights, int32_t *sums, const int32_t *end)
{
    for (; sums < end; sums += 2, ++line) {
        sums[0] = sums[1] = 0;
        for (int i = 0; i < 3; ++i) {
            const int32_t a = line[i * pitch / 4], b = line[i * pitch / 4 + 1];
            const int32_t w01 = loadWord(weights + 4 * i), w12 = loadWord(weights + 4 * i + 2);
            sums[0] = multiplyFirstSecond(b, w12, multiplyPairs(a, w01, sums[0]));
            sums[1] = multiplySecondFirst(a, w01, multiplyPairs(b, w12, sums[1]));
        }
    }
}
inline void multiplyLineByTwo(const int32_t *line, int32_t pitch, const int16_t *weights, int32_t *sums,
                              const int32_t *end)
{
    for (; sums < end; ++sums, ++line) {
        *sums = 0;
        for (int i = 0; i < 3; ++i) {
            *sums = multiplyPairs(line[i * pitch / 4], loadWord(weights + 4 * i), *sums);
            *sums = multiplyFirstSecond(line[i * pitch / 4 + 1], loadWord(weights + 4 * i + 2), *sums);
        }
    }
}
#endif

/// Lines `first` to `first + lines` of a channel as int16. The place of value x of a line is x + padAlong; what lies
/// outside of the image is the zero point.
template <class T>
__attribute__((noinline)) inline void fillBand(const DepthwiseLinesLayer &layer, const T *channel, int first, int lines,
                                               int32_t *band)
{
    const int along = layer.inputAlong, zero = layer.inputZeroPoint;
    const int room = 2 * layer.linePairs - layer.padAlong;
    const int inside = layer.inputLength < room ? layer.inputLength : room;
    const int32_t zeros = int32_t((uint32_t(zero) & 0xffff) | uint32_t(zero) << 16);
    for (; lines > 0; --lines, ++first, band += layer.linePairs) {
        if (unsigned(first) >= unsigned(layer.inputLines)) {
            for (int i = 0; i < layer.linePairs; ++i)
                band[i] = zeros;
            continue;
        }
        int16_t *to = reinterpret_cast<int16_t *>(band);
        if (layer.padAlong != 0)
            *to++ = int16_t(zero);
        const T *from = channel + first * layer.inputAcross;
        int count = inside;
        for (; count >= 4; count -= 4, to += 4) {
            const T *const second = from + 2 * along;
            to[0] = from[0];
            to[1] = from[along];
            to[2] = second[0];
            to[3] = second[along];
            from = second + 2 * along;
        }
        for (; count > 0; --count, from += along)
            *to++ = *from;
        for (int16_t *const end = reinterpret_cast<int16_t *>(band + layer.linePairs); to != end;)
            *to++ = int16_t(zero);
    }
}

template <bool clamps>
__attribute__((noinline)) inline void finishLine(const DepthwiseLinesLayer &layer, const int32_t *sums,
                                                 const Channel &given, int8_t *output)
{
    const Channel channel = given;
    const int along = layer.outputAlong, low = layer.outputMin, high = layer.outputMax;
#pragma GCC unroll 2
    for (const int32_t *const end = sums + layer.outputLength; sums != end; ++sums, output += along) {
        const int32_t result = requantize(int32_t(uint32_t(*sums) << 1) + channel.doubledBias, channel);
        *output = int8_t(clamps ? clampTo(result, low, high) : result);
    }
}

/// Calls finish(sums, their end, channel, output) for each line of each channel.
template <class T, class Finish>
inline void forEachLine(const DepthwiseLinesLayer &layer, const T *input, const int16_t *filter, int32_t *scratch,
                        T *output, Finish finish)
{
    const int step = layer.stride;
    int32_t *const sums = scratch + ((layer.bandLines - 1) * step + 3) * layer.linePairs;
    for (int batch = 0; batch < layer.batches; ++batch) {
        for (int first = 0; first < layer.outputLines; first += layer.bandLines) {
            const int left = layer.outputLines - first, lines = left < layer.bandLines ? left : layer.bandLines;
            for (int c = 0; c < layer.channels; ++c) {
                fillBand(layer, input + c, first * step - layer.padAcross, (lines - 1) * step + 3, scratch);
                const int32_t *band = scratch;
                T *to = output + first * layer.outputAcross + c;
                for (int line = 0; line < lines; ++line, band += step * layer.linePairs, to += layer.outputAcross) {
                    const auto multiply = step == 1 ? multiplyLine : multiplyLineByTwo;
                    multiply(band, 4 * layer.linePairs, filter + 12 * c, sums, sums + layer.outputLength);
                    finish(sums, sums + layer.outputLength, c, to);
                }
            }
        }
        input += layer.inputBytes;
        output += layer.outputBytes;
    }
}

template <bool clamps>
inline void depthwise(const DepthwiseLinesLayer &given, const int8_t *input, const int16_t *filter,
                      const int32_t *table, int32_t *scratch, int8_t *output)
{
    const DepthwiseLinesLayer layer = given; // the output may alias nothing of it
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    forEachLine(layer, input, filter, scratch, output, [&](const int32_t *sums, const int32_t *, int c, int8_t *to) {
        finishLine<clamps>(layer, sums, channels[c], to);
    });
}

} // namespace detail

/// `filter` [channels][3][4]: lines of the window as int16 w0, w1, w1, w2; `channels` a Channel for each; `scratch` the
/// lines that `bandLines` lines of the output see, each linePairs pairs, and the sums of one line.
inline void depthwise3x3(const DepthwiseLinesLayer &layer, const int8_t *input, const int16_t *filter,
                         const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::depthwise<false>(layer, input, filter, channels, scratch, output);
}

/// With an activation that narrows int8.
inline void clampedDepthwise3x3(const DepthwiseLinesLayer &layer, const int8_t *input, const int16_t *filter,
                                const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::depthwise<true>(layer, input, filter, channels, scratch, output);
}

} // namespace dsp
} // namespace rt
} // namespace espalier
