// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/convolution.h>

/// CONV_2D, int8, where windows overlap by all but a step: above all first layers, of one or three channels.
///
/// There laying out a column value by value costs as much as multiplying it, and windows at the edges more. So the rows
/// of the image that the windows of two rows of outputs see are kept as int16, padding included, each value brought
/// there once; a column is then words of these rows, copied as they are. Of each row of a window come first its pairs
/// of taps in their order; the last taps of rows of odd length come behind all these, as in columns.h.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

/// The rows of an image as int16.
class WideRows
{
public:
    /// `memory` is for as many rows as the filter has and one stride more.
    WideRows(const ConvolutionLayer &layer, const int8_t *image, void *memory)
        : m_layer(layer), m_image(image), m_rows(static_cast<int16_t *>(memory)), m_length(lengthOf(layer)),
          m_taps(layer.filterWidth * layer.inputChannels), m_step(layer.strideWidth * layer.inputChannels),
          m_next(-layer.padTop)
    {
        widen(0);
    }

    /// Values of a row that windows see, and more up to a multiple of eight.
    static int lengthOf(const ConvolutionLayer &layer)
    {
        return (((layer.outputWidth - 1) * layer.strideWidth + layer.filterWidth) * layer.inputChannels + 7) & ~7;
    }

    /// Lays out the columns of the next `pixels` outputs, at most three; what stands for the others is any column.
    void fill(int pixels, int32_t *column)
    {
        const int width = m_layer.outputWidth;
        if (m_x >= width) {
            m_x -= width;
            advance();
        }
        const int16_t *const first = m_rows + m_x * m_step;
        if (pixels == pixelsAtOnce && m_x + pixelsAtOnce <= width)
            put(first, first + m_step, first + 2 * m_step, column);
        else
            put(first, at(pixels > 1 ? m_x + 1 : m_x), at(pixels > 2 ? m_x + 2 : m_x), column);
        m_x += pixels;
    }

private:
    /// The window of an output of this row or the next.
    __attribute__((noinline)) const int16_t *at(int x) const
    {
        const int beyond = x - m_layer.outputWidth;
        return beyond < 0 ? m_rows + x * m_step : m_rows + m_layer.strideHeight * m_length + beyond * m_step;
    }

    /// The windows that begin there.
    __attribute__((noinline)) void put(const int16_t *first, const int16_t *second, const int16_t *third,
                                       int32_t *column) const
    {
        const int length = m_length, taps = m_taps, height = m_layer.filterHeight, toNextRow = length - (taps & ~1);
        for (int rows = height; rows > 0; --rows) {
            for (int pairs = taps >> 1; pairs > 0; --pairs) {
                storeThree(column, loadWord(first), loadWord(second), loadWord(third));
                first += 2;
                second += 2;
                third += 2;
            }
            first += toNextRow;
            second += toNextRow;
            third += toNextRow;
        }
        if ((taps & 1) == 0)
            return;
        const int back = height * length - (taps & ~1); // to the last taps of the first rows
        first -= back;
        second -= back;
        third -= back;
        for (int rows = height; rows > 1; rows -= 2) {
            storeThree(column, pair(first[0], first[length]), pair(second[0], second[length]),
                       pair(third[0], third[length]));
            first += 2 * length;
            second += 2 * length;
            third += 2 * length;
        }
        if ((height & 1) != 0)
            storeThree(column, pair(*first, 0), pair(*second, 0), pair(*third, 0));
    }

    /// On to the next row of outputs.
    __attribute__((noinline)) void advance()
    {
        const int gone = m_layer.strideHeight * m_length;
        int16_t *to = m_rows;
        for (int16_t *const end = to + m_layer.filterHeight * m_length; to < end; to += 8)
            __builtin_memcpy(__builtin_assume_aligned(to, 4), __builtin_assume_aligned(to + gone, 4), 16);
        widen(m_layer.filterHeight);
    }

    /// Brings rows of the image behind the first `rows`.
    __attribute__((noinline)) void widen(int rows)
    {
        const ConvolutionLayer &l = m_layer;
        const int end = l.filterHeight + l.strideHeight, before = l.padLeft * l.inputChannels;
        const int image = l.inputWidth * l.inputChannels, room = m_length - before, count = image < room ? image : room;
        const int16_t zero = int16_t(l.inputZeroPoint);
        for (; rows < end; ++rows, ++m_next) {
            int16_t *to = m_rows + rows * m_length, *const endOfRow = to + m_length;
            if (m_next >= 0 && m_next < l.inputHeight) {
                for (int16_t *const edge = to + before; to != edge;)
                    *to++ = zero;
                const int8_t *from = m_image + m_next * image;
                int left = count;
                for (; left >= 4; left -= 4, from += 4, to += 4) {
                    const int32_t word = loadWord(from), even = evenBytes(word), odd = oddBytes(word);
                    storeWord(to, pair(even, odd));
                    storeWord(to + 2, int32_t((uint32_t(even) >> 16) | (uint32_t(odd) & 0xffff0000u)));
                }
                for (; left > 0; --left)
                    *to++ = *from++;
            }
            while (to != endOfRow)
                *to++ = zero;
        }
    }

    static void storeThree(int32_t *&to, int32_t first, int32_t second, int32_t third)
    {
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
        struct Three
        {
            int32_t values[3];
        };
        register int32_t a __asm__("r4") = first, b __asm__("r5") = second, c __asm__("r6") = third;
        Three *const written = reinterpret_cast<Three *>(to);
        __asm__("stm %0!, {r4, r5, r6}" : "+r"(to), "=m"(*written) : "r"(a), "r"(b), "r"(c));
#else
        *to++ = first;
        *to++ = second;
        *to++ = third;
#endif
    }
    static void storeWord(void *to, int32_t word)
    {
        __builtin_memcpy(to, &word, 4);
    }

    const ConvolutionLayer &m_layer;
    const int8_t *const m_image;
    int16_t *const m_rows; ///< those that windows of this row of outputs see, and then that of the next see too
    const int m_length, m_taps, m_step;
    int m_x = 0; ///< of the next output
    int m_next;  ///< row of the image that is brought next
};

} // namespace detail

/// As convolution(), with rows of at least three outputs and no dilation; `scratch` the columns and the wide rows.
__attribute__((noinline)) inline void rowConvolution(const ConvolutionLayer &layer, const int8_t *input,
                                                     const int16_t *filter, const int32_t *table, int32_t *scratch,
                                                     int8_t *output)
{
    detail::convolveBy<detail::WideRows>(layer, input, filter, table, scratch, output);
}

} // namespace dsp
} // namespace rt
} // namespace espalier
