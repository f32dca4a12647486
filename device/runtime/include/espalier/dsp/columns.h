// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/intrinsics.h>
#include <espalier/window.h>

/// The windows of three output pixels as columns of int16 pairs, which convolutions multiply with their weights.
///
/// Of each row of a window come first its whole groups of four taps, as the pairs (0, 2) and (1, 3) into which SXTB16
/// takes a word apart, then two more taps as one pair. The last taps of rows of odd length come behind all these: that
/// of the first row beside that of the second, and so on, that of an odd last row beside a zero. A pair of pixel 0 is
/// followed by that of pixel 1, that of pixel 2, and the next pair of pixel 0.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

using rt::detail::Window;
using rt::detail::Windows;

constexpr int pixelsAtOnce = 3;

/// The taps of a column, with the zero that it may end with.
inline int tapsOfColumn(const ConvolutionLayer &layer)
{
    return (layer.filterHeight * layer.filterWidth * layer.inputChannels + 1) & ~1;
}

/// Where the next row of a window goes: its pairs, and the last value of an odd one.
struct Place
{
    int32_t *pairs, *last;
    int row;
};

/// Puts rows of `taps` values, `toNextRow` from one to the next, `apart` from one of the `pixels` to the next.
template <int pixels>
__attribute__((noinline)) inline void putRows(const int8_t *x, int rows, int toNextRow, int apart, int taps,
                                              Place &place)
{
    int32_t *column = place.pairs, *last = place.last;
    int row = place.row;
    for (const int end = row + rows; row < end; ++row) {
        const int8_t *from = x;
        for (int groups = taps >> 2; groups > 0; --groups, from += 4, column += 2 * pixelsAtOnce) {
#pragma GCC unroll 3
            for (int i = 0; i < pixels; ++i) {
                const int32_t word = loadWord(from + i * apart);
                column[i] = evenBytes(word);
                column[pixelsAtOnce + i] = oddBytes(word);
            }
        }
        if ((taps & 2) != 0) {
#pragma GCC unroll 3
            for (int i = 0; i < pixels; ++i)
                column[i] = pair(from[i * apart], from[i * apart + 1]);
            from += 2;
            column += pixelsAtOnce;
        }
        if ((taps & 1) != 0) {
            if ((row & 1) == 0) {
#pragma GCC unroll 3
                for (int i = 0; i < pixels; ++i)
                    last[i] = pair(from[i * apart], 0);
            } else {
#pragma GCC unroll 3
                for (int i = 0; i < pixels; ++i)
                    last[i] = pair(last[i], from[i * apart]);
                last += pixelsAtOnce;
            }
        }
        x += toNextRow;
    }
    place = {column, last, row};
}

/// Lays out the columns of an image, group by group.
class Columns
{
public:
    /// `memory` is for a row of a window.
    Columns(const ConvolutionLayer &layer, const int8_t *image, void *memory)
        : m_layer(layer), m_windows(layer), m_image(image), m_staging(static_cast<int8_t *>(memory))
    {
    }

    /// Those of the next `pixels` outputs, at most three.
    void fill(int pixels, int32_t *column)
    {
        const int taps = m_layer.filterWidth * m_layer.inputChannels;
        while (pixels > 0) {
            const Window &window = m_windows.next(pixels);
            Place place = {column, column + m_layer.filterHeight * (taps >> 1) * pixelsAtOnce, 0};
            const int8_t *const x = m_image + window.first;
            const bool areThree = window.pixels == pixelsAtOnce;
            const auto put = areThree ? putRows<pixelsAtOnce> : putRows<1>;
            if (window.rowsAbove > 0)
                put(outside(), window.rowsAbove, 0, 0, taps, place);
            if (areThree || window.run == taps)
                put(x, window.rows, taps + window.toNextRun + window.toNextRow,
                    m_layer.strideWidth * m_layer.inputChannels, taps, place);
            else
                putCut(window, x, taps, place);
            if (place.row < m_layer.filterHeight)
                put(outside(), m_layer.filterHeight - place.row, 0, 0, taps, place);
            column += window.pixels;
            pixels -= window.pixels;
        }
    }

private:
    /// The row of a window that lies beyond the image.
    __attribute__((noinline)) int8_t *outside() const
    {
        int8_t *const staging = m_staging, zero = int8_t(m_layer.inputZeroPoint);
        for (int i = m_layer.filterWidth * m_layer.inputChannels; --i >= 0;)
            staging[i] = zero;
        return staging;
    }

    /// Rows that reach over the image's left or right edge, or have gaps.
    void putCut(const Window &window, const int8_t *x, int taps, Place &place) const
    {
        int8_t *const staging = outside();
        const int run = window.run, toNextRun = window.toNextRun, toNextRow = window.toNextRow;
        for (int rows = window.rows; rows > 0; --rows, x += toNextRow) {
            int8_t *to = staging + window.before;
            for (int runs = window.runs; runs > 0; --runs, x += toNextRun) {
                for (const int8_t *const end = x + run; x != end;)
                    *to++ = *x++;
            }
            putRows<1>(staging, 1, 0, 0, taps, place);
        }
    }

    const ConvolutionLayer &m_layer;
    Windows<pixelsAtOnce> m_windows;
    const int8_t *const m_image;
    int8_t *const m_staging;
};

} // namespace detail
} // namespace dsp
} // namespace rt
} // namespace espalier
