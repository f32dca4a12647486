// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/layers.h>
#include <espalier/paddedrows.h>
#include <espalier/thumb/convolution.h>
#include <espalier/thumb/fullyconnected.h>
#include <espalier/thumb/widerequantize.h>

/// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED over int16 activations and int8 weights, for Cortex-M0+: **six pixels
/// in three words**.
///
/// A product of 24 bits leaves no room for a second one in a multiplication, but two activations still share a load: a
/// word holds x0 + 2^15 of pixel 0 and, 2^16 times, x3 of pixel 3. Shifted right it is x3; as it is, it gives
/// (x0 + 2^15 + 2^16 x3) w, whose sum modulo 2^32 begins at -2^15 times the weights and, without 2^16 times the sum of
/// x3 w, ends as that of x0 w. A tap costs LDRSB, LDM, three shifts, six MULS, six ADDS and an ADDS: 18 instructions,
/// 22 cycles, for six multiplications. Six words of one activation each would take 16 instructions, but 23 cycles and
/// twice the memory.
namespace espalier {
namespace rt {
namespace thumb {

namespace detail {

constexpr int widePixelsAtOnce = 6, wideColumns = 3;

/// Sums of one channel for six pixels, whose words are three for each tap. `weights`: a word that the sums of the first
/// three pixels begin at, then `taps` bytes, a multiple of four. For a line of outputs `words` are the first under
/// their windows, of 3x3, `jump` bytes lead from behind three words of one line to those of the next, and there are
/// nine weights.
#if defined(__thumb__) && !defined(__thumb2__)
// r0 words, r1 end of the weights, r2 weight, r3 to r5 words, r6 the upper half of one, r7 counts up to zero; sums of
// the lower halves r8 to r10, of the upper ones r11, r12, lr; on the stack `sums`, then the last argument.
#define ESPALIER_WIDE_SUMS(LENGTH, TAPS)                                                                               \
    ".syntax unified\n"                                                                                                \
    "push {r4-r7, lr}\n"                                                                                               \
    "mov r4, r8\n"                                                                                                     \
    "mov r5, r9\n"                                                                                                     \
    "mov r6, r10\n"                                                                                                    \
    "mov r7, r11\n"                                                                                                    \
    "push {r2-r7}\n"                                                                                                   \
    "ldm r1!, {r4}\n"                                                                                                  \
    "mov r8, r4\n"                                                                                                     \
    "mov r9, r4\n"                                                                                                     \
    "mov r10, r4\n"                                                                                                    \
    "movs r4, #0\n"                                                                                                    \
    "mov r11, r4\n"                                                                                                    \
    "mov r12, r4\n"                                                                                                    \
    "mov lr, r4\n" LENGTH "adds r1, r1, r3\n"                                                                          \
    "rsbs r7, r3, #0\n"                                                                                                \
    "1:\n" TAPS "bne 1b\n"                                                                                             \
    "pop {r2, r3}\n"                                                                                                   \
    "mov r0, r11\n"                                                                                                    \
    "lsls r3, r0, #16\n"                                                                                               \
    "mov r4, r8\n"                                                                                                     \
    "subs r4, r4, r3\n"                                                                                                \
    "mov r1, r12\n"                                                                                                    \
    "lsls r3, r1, #16\n"                                                                                               \
    "mov r5, r9\n"                                                                                                     \
    "subs r5, r5, r3\n"                                                                                                \
    "mov r7, lr\n"                                                                                                     \
    "lsls r3, r7, #16\n"                                                                                               \
    "mov r6, r10\n"                                                                                                    \
    "subs r6, r6, r3\n"                                                                                                \
    "stm r2!, {r4-r6}\n"                                                                                               \
    "stm r2!, {r0, r1, r7}\n"                                                                                          \
    "pop {r4-r7}\n"                                                                                                    \
    "mov r8, r4\n"                                                                                                     \
    "mov r9, r5\n"                                                                                                     \
    "mov r10, r6\n"                                                                                                    \
    "mov r11, r7\n"                                                                                                    \
    "pop {r4-r7, pc}\n"
#define ESPALIER_WIDE_TAP(LOAD)                                                                                        \
    "ldrsb r2, [r1, r7]\n" LOAD "asrs r6, r3, #16\n"                                                                   \
    "muls r3, r2, r3\n"                                                                                                \
    "add r8, r3\n"                                                                                                     \
    "muls r6, r2, r6\n"                                                                                                \
    "add r11, r6\n"                                                                                                    \
    "asrs r6, r4, #16\n"                                                                                               \
    "muls r4, r2, r4\n"                                                                                                \
    "add r9, r4\n"                                                                                                     \
    "muls r6, r2, r6\n"                                                                                                \
    "add r12, r6\n"                                                                                                    \
    "asrs r6, r5, #16\n"                                                                                               \
    "muls r5, r2, r5\n"                                                                                                \
    "add r10, r5\n"                                                                                                    \
    "muls r6, r2, r6\n"                                                                                                \
    "add lr, r6\n"                                                                                                     \
    "adds r7, #1\n"
#define ESPALIER_COLUMN_TAP ESPALIER_WIDE_TAP("ldm r0!, {r3-r5}\n")
#define ESPALIER_LINE(LOAD)                                                                                            \
    ESPALIER_WIDE_TAP(LOAD)                                                                                            \
    ESPALIER_WIDE_TAP(LOAD)                                                                                            \
    ESPALIER_WIDE_TAP(LOAD)                                                                                            \
    "ldr r2, [sp, #4]\n"                                                                                               \
    "add r0, r2\n"
__attribute__((naked, noinline, unused)) static void multiplyWideColumns(const int32_t *, const int32_t *, int32_t *,
                                                                         int32_t)
{
    __asm__(ESPALIER_WIDE_SUMS("", ESPALIER_COLUMN_TAP ESPALIER_COLUMN_TAP ESPALIER_COLUMN_TAP ESPALIER_COLUMN_TAP));
}
__attribute__((naked, noinline, unused)) static void multiplyWideLine(const int32_t *, const int32_t *, int32_t *,
                                                                      int32_t)
{
    __asm__(ESPALIER_WIDE_SUMS("movs r3, #9\n", ESPALIER_LINE("ldm r0!, {r3-r5}\n"
                                                              "subs r0, #8\n")));
}
/// The same for stride 2.
__attribute__((naked, noinline, unused)) static void multiplyWideLineByTwo(const int32_t *, const int32_t *, int32_t *,
                                                                           int32_t)
{
    __asm__(ESPALIER_WIDE_SUMS("movs r3, #9\n", ESPALIER_LINE("ldm r0!, {r3}\n"
                                                              "ldr r4, [r0, #4]\n"
                                                              "ldr r5, [r0, #12]\n")));
}
#undef ESPALIER_WIDE_SUMS
#undef ESPALIER_WIDE_TAP
#undef ESPALIER_COLUMN_TAP
#undef ESPALIER_LINE
#else
/// Words times a weight, as they are and shifted.
class WideSums
{
public:
    explicit WideSums(int32_t start) : m_whole{uint32_t(start), uint32_t(start), uint32_t(start)} {}
    void add(int32_t weight, const int32_t *words, int apart)
    {
        for (int i = 0; i < wideColumns; ++i, words += apart) {
            m_whole[i] += uint32_t(weight) * uint32_t(*words);
            m_upper[i] += uint32_t(weight) * uint32_t(*words >> 16);
        }
    }
    void into(int32_t *sums) const
    {
        for (int i = 0; i < wideColumns; ++i) {
            sums[i] = int32_t(m_whole[i] - (m_upper[i] << 16));
            sums[wideColumns + i] = int32_t(m_upper[i]);
        }
    }

private:
    uint32_t m_whole[wideColumns], m_upper[wideColumns] = {};
};
inline void multiplyWideColumns(const int32_t *columns, const int32_t *weights, int32_t *sums, int32_t taps)
{
    WideSums of(weights[0]);
    const int8_t *weight = reinterpret_cast<const int8_t *>(weights + 1);
    for (; taps > 0; --taps, columns += wideColumns)
        of.add(*weight++, columns, 1);
    of.into(sums);
}
template <int stride>
inline void multiplyWideLines(const int32_t *words, const int32_t *weights, int32_t *sums, int32_t jump)
{
    WideSums of(weights[0]);
    const int8_t *weight = reinterpret_cast<const int8_t *>(weights + 1);
    for (int line = 0; line < 3; ++line, words += jump / 4)
        for (int along = 0; along < 3; ++along, ++words)
            of.add(*weight++, words, stride);
    of.into(sums);
}
inline void multiplyWideLine(const int32_t *words, const int32_t *weights, int32_t *sums, int32_t jump)
{
    multiplyWideLines<1>(words, weights, sums, jump);
}
inline void multiplyWideLineByTwo(const int32_t *words, const int32_t *weights, int32_t *sums, int32_t jump)
{
    multiplyWideLines<2>(words, weights, sums, jump);
}
#endif

constexpr uint32_t halfOfRange = 0x8000; ///< what the lower half of a word has added

/// Values from `apart` to `apart` on as halves of words that are `step` halves apart; returns the place after them.
__attribute__((noinline)) inline int16_t *putHalves(const int16_t *from, int count, int apart, uint32_t added,
                                                    int16_t *to, int step)
{
    for (; count > 0; --count, from += apart, to += step)
        *to = int16_t(uint32_t(*from) ^ added);
    return to;
}

/// A pixel's halves of the column words.
struct WidePixelColumn
{
    uint32_t added;
    int16_t *at;
    WidePixelColumn(int pixel, int32_t *columns)
        : added(pixel < wideColumns ? halfOfRange : 0),
          at(reinterpret_cast<int16_t *>(columns + (pixel < wideColumns ? pixel : pixel - wideColumns)) +
             (pixel < wideColumns ? 0 : 1))
    {
    }
    void values(const int16_t *from, int count, int apart)
    {
        at = putHalves(from, count, apart, added, at, 2 * wideColumns);
    }
    void run(const int16_t *from, int count) { values(from, count, 1); }
    void padding(int count)
    {
        const int16_t zero = 0;
        at = putHalves(&zero, count, 0, added, at, 2 * wideColumns);
    }
};

/// Lines `first` to `first + lines` of a channel, as words of the value at a place and, in the upper half, that which
/// three strides later the fourth output's window begins with. The place of value x of a line is x + padAlong; what
/// lies outside of the image is zero. A line's first upper halves belong to no word of it: they go to those before it.
__attribute__((noinline)) inline void fillWideLines(const DepthwiseLinesLayer &layer, const int16_t *channel, int first,
                                                    int lines, int32_t *band)
{
    const int along = layer.inputAlong, words = layer.linePairs, room = words - layer.padAlong;
    const int later = 2 * wideColumns * layer.stride - 1; // halves
    const int inside = layer.inputLength < room ? layer.inputLength : room;
    for (; lines > 0; --lines, ++first, band += words) {
        int16_t *to = reinterpret_cast<int16_t *>(band);
        int16_t *const end = to + 2 * words;
        const auto padTo = [&](const int16_t *place) {
            for (; to != place; to += 2) {
                to[0] = int16_t(halfOfRange);
                to[-later] = 0;
            }
        };
        if (unsigned(first) < unsigned(layer.inputLines)) {
            padTo(to + 2 * layer.padAlong);
            const int16_t *from = channel + first * layer.inputAcross;
            for (int count = inside; count > 0; --count, from += along, to += 2) {
                const uint32_t value = uint32_t(*from);
                to[-later] = int16_t(value);
                to[0] = int16_t(value ^ halfOfRange);
            }
        }
        padTo(end);
    }
}

} // namespace detail

/// `filter`: for each output channel the word and the weights that multiplyWideColumns() takes, in the order of the
/// window, zeros up to a multiple of four; `channels` a WideChannel for each; `scratch` three words for each of them.
inline void wideConvolution(const ConvolutionLayer &given, const int16_t *input, const int32_t *filter,
                            const int32_t *table, int32_t *scratch, int16_t *output)
{
    const ConvolutionLayer layer = given; // the output may alias nothing of it
    const WideChannel *const channels = reinterpret_cast<const WideChannel *>(table);
    const int taps = (layer.filterHeight * layer.filterWidth * layer.inputChannels + 3) & ~3;
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::forEachGroup<detail::widePixelsAtOnce>(layer, [&](int pixels, auto fill) {
            fill(input, layer.inputChannels, [&](int pixel) { return detail::WidePixelColumn(pixel, scratch); });
            const int32_t *weights = filter;
            int32_t sums[detail::widePixelsAtOnce];
            const WideResults results = {sums + pixels, layer.outputMin, layer.outputMax, 2 * layer.outputChannels};
            for (int c = 0; c < layer.outputChannels; ++c, weights += 1 + taps / 4) {
                detail::multiplyWideColumns(scratch, weights, sums, taps);
                finishWide(sums, channels[c], output + c, results);
            }
            output += pixels * layer.outputChannels;
        });
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// The same, one output channel for each input channel.
inline void wideDepthwiseConvolution(const ConvolutionLayer &given, const int16_t *input, const int32_t *filter,
                                     const int32_t *table, int32_t *scratch, int16_t *output)
{
    const ConvolutionLayer layer = given; // the output may alias nothing of it
    const WideChannel *const channels = reinterpret_cast<const WideChannel *>(table);
    const int taps = (layer.filterHeight * layer.filterWidth + 3) & ~3;
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::forEachGroup<detail::widePixelsAtOnce>(layer, [&](int pixels, auto fill) {
            const int32_t *weights = filter;
            int32_t sums[detail::widePixelsAtOnce];
            const WideResults results = {sums + pixels, layer.outputMin, layer.outputMax, 2 * layer.outputChannels};
            for (int c = 0; c < layer.outputChannels; ++c, weights += 1 + taps / 4) {
                fill(input + c, 1, [&](int pixel) { return detail::WidePixelColumn(pixel, scratch); });
                detail::multiplyWideColumns(scratch, weights, sums, taps);
                finishWide(sums, channels[c], output + c, results);
            }
            output += pixels * layer.outputChannels;
        });
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// 3x3, strides 1 or 2, one output channel for each input channel. `filter`: for each channel the word and nine weights
/// of multiplyWideLine() and three bytes more; `scratch` three strides of words, then the lines that `bandLines` lines
/// of the output see, each linePairs words.
inline void wideDepthwise3x3(const DepthwiseLinesLayer &given, const int16_t *input, const int32_t *filter,
                             const int32_t *table, int32_t *scratch, int16_t *output)
{
    const DepthwiseLinesLayer layer = given; // the output may alias nothing of it
    const WideChannel *const channels = reinterpret_cast<const WideChannel *>(table);
    const int step = layer.stride, jump = 4 * (layer.linePairs - 3);
    const auto multiply = step == 1 ? detail::multiplyWideLine : detail::multiplyWideLineByTwo;
    int32_t *const lines = scratch + detail::wideColumns * step;
    int32_t sums[detail::widePixelsAtOnce];
    WideResults results = {sums, layer.outputMin, layer.outputMax, 2 * layer.outputAlong};
    for (int batch = 0; batch < layer.batches; ++batch) {
        for (int first = 0; first < layer.outputLines; first += layer.bandLines) {
            const int left = layer.outputLines - first, count = left < layer.bandLines ? left : layer.bandLines;
            for (int c = 0; c < layer.channels; ++c) {
                detail::fillWideLines(layer, input + c, first * step - layer.padAcross, (count - 1) * step + 3, lines);
                const int32_t *band = lines;
                int16_t *line = output + first * layer.outputAcross + c;
                for (int i = 0; i < count; ++i, band += step * layer.linePairs, line += layer.outputAcross) {
                    int16_t *to = line;
                    const int32_t *words = band;
                    for (int rest = layer.outputLength; rest > 0;) {
                        multiply(words, filter + 4 * c, sums, jump);
                        words += detail::widePixelsAtOnce * step;
                        const int outputs = rest < detail::widePixelsAtOnce ? rest : detail::widePixelsAtOnce;
                        results.end = sums + outputs;
                        finishWide(sums, channels[c], to, results);
                        rest -= outputs;
                        to += outputs * layer.outputAlong;
                    }
                }
            }
        }
        input += layer.inputBytes;
        output += layer.outputBytes;
    }
}

/// `weights` as those of fullyConnected(); the inputs are a multiple of four. `channels` a WideChannel for each output.
inline void wideFullyConnected(const FullyConnectedLayer &given, const int16_t *input, const int8_t *weights,
                               const int32_t *table, int16_t *output)
{
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    const WideChannel *const channels = reinterpret_cast<const WideChannel *>(table);
    detail::forEachOutputs(
        layer, input, weights, detail::multiplyWideWords, [&](const int32_t *sums, int first, int count) {
            for (int i = 0; i < count; ++i)
                *output++ = requantizeWide(sums[i], channels[first + i], layer.outputMin, layer.outputMax);
        });
}

/// Any number of inputs; `weights` with zeros up to a multiple of four, `scratch` as many values.
inline void widePaddedFullyConnected(const FullyConnectedLayer &layer, const int16_t *input, const int8_t *weights,
                                     const int32_t *table, int16_t *scratch, int16_t *output)
{
    rt::detail::forPaddedRows(layer, input, scratch, output,
                              [=](const FullyConnectedLayer &row, const int16_t *x, int16_t *y) {
                                  wideFullyConnected(row, x, weights, table, y);
                              });
}

} // namespace thumb
} // namespace rt
} // namespace espalier
