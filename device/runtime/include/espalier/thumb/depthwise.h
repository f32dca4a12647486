// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/layers.h>
#include <espalier/thumb/columns.h>

/// DEPTHWISE_CONV_2D with a 3x3 window, int8, one output channel for each input channel, strides 1 or 2, for
/// Cortex-M0+.
///
/// Channel by channel, lines of the image are laid out as words of two values that are one stride apart, so that the
/// words under the window belong to two neighbouring outputs; four outputs share each weight as in columns.h.
namespace espalier {
namespace rt {
namespace thumb {

namespace detail {

/// Sums of four neighbouring outputs of a line. `words`: the first word under their windows; `jump` bytes lead from
/// behind the window's three words of one line to those of the next. `stream` as for multiplyColumns(), but a segment
/// stays within a line of the window and the last of a line has 128 added to its length.
#if defined(__thumb__) && !defined(__thumb2__)
#define ESPALIER_LINE_LENGTH                                                                                           \
    "lsrs r4, r2, #7\n"                                                                                                \
    "lsls r2, r2, #25\n"                                                                                               \
    "lsrs r2, r2, #25\n"                                                                                               \
    "mov lr, r4\n"
#define ESPALIER_NEXT_LINE                                                                                             \
    "mov r2, lr\n"                                                                                                     \
    "cmp r2, #0\n"                                                                                                     \
    "beq 4f\n"                                                                                                         \
    "add r0, r12\n"                                                                                                    \
    "4:\n"
__attribute__((naked, noinline, unused)) static const int8_t *multiplyLine(const int32_t *, const int8_t *, int32_t *,
                                                                           int32_t)
{
    __asm__(ESPALIER_MULTIPLY_SEGMENTS("ldm r0!, {r3}\n"
                                       "ldr r4, [r0, #4]\n",
                                       ESPALIER_LINE_LENGTH, ESPALIER_NEXT_LINE));
}
__attribute__((naked, noinline, unused)) static const int8_t *multiplyLineByTwo(const int32_t *, const int8_t *,
                                                                                int32_t *, int32_t)
{
    __asm__(ESPALIER_MULTIPLY_SEGMENTS("ldm r0!, {r3}\n"
                                       "ldr r4, [r0, #12]\n",
                                       ESPALIER_LINE_LENGTH, ESPALIER_NEXT_LINE));
}
#undef ESPALIER_LINE_LENGTH
#undef ESPALIER_NEXT_LINE
#else
template <int stride>
inline const int8_t *multiplyWords(const int32_t *words, const int8_t *stream, int32_t *sums, int32_t jump)
{
    for (int i = 0; i < pixelsAtOnce; ++i)
        sums[i] = 0;
    for (int head; (head = uint8_t(*stream++)) != 0;) {
        SumsOfSegment segment;
        for (int length = head & 127; length > 0; --length, ++stream, ++words)
            segment.add(*stream, words[0], words[2 * stride]);
        segment.into(sums);
        words += head > 127 ? jump / 4 : 0;
    }
    return stream;
}
inline const int8_t *multiplyLine(const int32_t *words, const int8_t *stream, int32_t *sums, int32_t jump)
{
    return multiplyWords<1>(words, stream, sums, jump);
}
inline const int8_t *multiplyLineByTwo(const int32_t *words, const int8_t *stream, int32_t *sums, int32_t jump)
{
    return multiplyWords<2>(words, stream, sums, jump);
}
#endif

/// Lines `first` to `first + lines` of a channel. The place of value x of a line is x + padAlong; what lies outside of
/// the image is the zero point.
__attribute__((noinline)) inline void fillLines(const DepthwiseLinesLayer &layer, const int8_t *channel, int first,
                                                int lines, int32_t *band)
{
    const int along = layer.inputAlong, zero = layer.inputZeroPoint, words = layer.linePairs, step = layer.stride;
    const int room = words - layer.padAlong;
    const int inside = layer.inputLength < room ? layer.inputLength : room;
    for (; lines > 0; --lines, ++first, band += words) {
        int32_t *to = band;
        int32_t *const end = band + words;
        if (unsigned(first) < unsigned(layer.inputLines)) {
            if (layer.padAlong != 0)
                *to++ = zero;
            const int8_t *from = channel + first * layer.inputAcross;
            for (int count = inside; count > 0; --count, from += along)
                *to++ = *from;
        }
        while (to != end)
            *to++ = zero;
        for (to = band; to != end - step; ++to)
            *to = int32_t(uint32_t(*to) + (uint32_t(to[step]) << 16));
    }
}

} // namespace detail

/// `filter`: for each channel its nine weights in segments, see multiplyLine(); `channels` a Channel for each;
/// `scratch` the lines that `bandLines` lines of the output see, each linePairs words.
inline void depthwise3x3(const DepthwiseLinesLayer &given, const int8_t *input, const int8_t *filter,
                         const int32_t *table, int32_t *scratch, int8_t *output)
{
    const DepthwiseLinesLayer layer = given; // the output may alias nothing of it
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    const int step = layer.stride, jump = 4 * (layer.linePairs - 3);
    const auto multiply = step == 1 ? detail::multiplyLine : detail::multiplyLineByTwo;
    int32_t sums[detail::pixelsAtOnce];
    Results results = {sums, layer.outputMin, layer.outputMax, layer.outputAlong, sameChannel};
    for (int batch = 0; batch < layer.batches; ++batch) {
        for (int first = 0; first < layer.outputLines; first += layer.bandLines) {
            const int left = layer.outputLines - first, lines = left < layer.bandLines ? left : layer.bandLines;
            const int8_t *stream = filter, *next = filter;
            for (int c = 0; c < layer.channels; ++c, stream = next) {
                detail::fillLines(layer, input + c, first * step - layer.padAcross, (lines - 1) * step + 3, scratch);
                const int32_t *band = scratch;
                int8_t *line = output + first * layer.outputAcross + c;
                for (int i = 0; i < lines; ++i, band += step * layer.linePairs, line += layer.outputAcross) {
                    int8_t *to = line;
                    const int32_t *words = band;
                    for (int rest = layer.outputLength; rest > 0;) {
                        next = multiply(words, stream, sums, jump);
                        words += detail::pixelsAtOnce * step;
                        const int count = rest < detail::pixelsAtOnce ? rest : detail::pixelsAtOnce;
                        results.end = sums + count;
                        finish(sums, channels + c, to, &results);
                        rest -= count;
                        to += count * layer.outputAlong;
                    }
                }
            }
        }
        input += layer.inputBytes;
        output += layer.outputBytes;
    }
}

} // namespace thumb
} // namespace rt
} // namespace espalier
