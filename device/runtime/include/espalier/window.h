// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/layers.h>

#include <stdint.h>

/// How convolutions walk over an image: window by window, and within a window by runs of taps that lie side by side in
/// memory.
namespace espalier {
namespace rt {

namespace detail {

/// Calls body(image, top, left) for every output pixel in order; (top, left) is the window's first cell in the image.
template <class X, class Body>
inline void forEachPixel(const ConvolutionLayer &layer, const X *image, Body body)
{
    for (int oy = 0; oy < layer.outputHeight; ++oy)
        for (int ox = 0; ox < layer.outputWidth; ++ox)
            body(image, oy * layer.strideHeight - layer.padTop, ox * layer.strideWidth - layer.padLeft);
}

/// Calls inside(x, w, count) for `count` neighbouring values of the image at x that meet the weights from index w on,
/// and outside(w, count) for weights that meet the padding, in filter order.
template <class X, class Inside, class Outside>
inline void forEachRun(const ConvolutionLayer &layer, const X *image, int top, int left, Inside inside, Outside outside)
{
    const int channels = layer.inputChannels, row = layer.filterWidth * channels;
    for (int fy = 0; fy < layer.filterHeight; ++fy) {
        const int y = top + fy * layer.dilationHeight;
        const int w = fy * row;
        if (unsigned(y) >= unsigned(layer.inputHeight)) {
            outside(w, row);
            continue;
        }
        const X *line = image + y * (layer.inputWidth * channels);
        if (layer.dilationWidth == 1) {
            const int first = left < 0 ? -left : 0;
            const int room = layer.inputWidth - left;
            const int end = room < layer.filterWidth ? room : layer.filterWidth;
            if (first > 0)
                outside(w, first * channels);
            inside(line + (left + first) * channels, w + first * channels, (end - first) * channels);
            if (end < layer.filterWidth)
                outside(w + end * channels, (layer.filterWidth - end) * channels);
        } else {
            for (int fx = 0; fx < layer.filterWidth; ++fx) {
                const int x = left + fx * layer.dilationWidth;
                if (unsigned(x) < unsigned(layer.inputWidth))
                    inside(line + x * channels, w + fx * channels, channels);
                else
                    outside(w + fx * channels, channels);
            }
        }
    }
}

/// A number that the compiler knows.
template <int n>
struct Count
{
    static constexpr int value = n;
};

/// What of a window meets the image: rows of runs, values that lie side by side in memory. Where no dilation parts the
/// cells of a row, they are one run.
struct Window
{
    int pixels;           ///< so many outputs side by side have such a window, each a stride after the one before
    int first;            ///< index of the first value in the image
    int rowsAbove, rows;  ///< of the window, above the image and in it
    int before;           ///< weights of a row ahead of its first run
    int runs, run;        ///< of a row, and values of each
    int toNextRun;        ///< from the end of a run in the image
    int toNextRow;        ///< from there, after the last run of a row
    int weightsToNextRow; ///< from the end of a row's last run in the filter
};

/// Goes through the windows of a layer's outputs, row by row: one after the other or, where `together` of them lie
/// between the image's left and right edges, so many at once.
template <int together>
class Windows
{
public:
    explicit Windows(const ConvolutionLayer &layer) : m_layer(&layer), m_top(-layer.padTop), m_left(-layer.padLeft)
    {
        const bool isDense = layer.dilationWidth == 1;
        m_lastLeft = isDense ? layer.inputWidth - layer.filterWidth - (together - 1) * layer.strideWidth : -1;
    }

    /// Of the next outputs, at most so many.
    const Window &next(int most)
    {
        const ConvolutionLayer &l = *m_layer;
        if (m_x == 0)
            enterRow();
        const bool fit = most >= together && m_x + together <= l.outputWidth && m_left >= 0 && m_left <= m_lastLeft;
        if (!fit || m_window.pixels != together)
            meet(fit ? together : 1);
        m_window.first = m_row + m_left * l.inputChannels + m_window.before * l.dilationWidth;
        m_x += m_window.pixels;
        m_left += m_window.pixels * l.strideWidth;
        if (m_x == l.outputWidth) {
            m_x = 0;
            m_left = -l.padLeft;
            m_top += l.strideHeight;
        }
        return m_window;
    }

private:
    /// The taps along one axis that meet the image: `count` from `first` on.
    struct Taps
    {
        int first, count;
    };
    __attribute__((noinline)) static Taps tapsInside(int start, int filter, int dilation, int size)
    {
        int first = 0;
        for (; start < 0; start += dilation)
            ++first;
        int count = filter - first;
        for (int last = start + (count - 1) * dilation; last >= size; last -= dilation)
            --count;
        return {first, count};
    }

    void enterRow()
    {
        const ConvolutionLayer &l = *m_layer;
        const Taps rows = tapsInside(m_top, l.filterHeight, l.dilationHeight, l.inputHeight);
        m_row = (m_top + rows.first * l.dilationHeight) * l.inputWidth * l.inputChannels;
        m_window.rowsAbove = rows.first;
        m_window.rows = rows.count;
    }

    void meet(int pixels)
    {
        const ConvolutionLayer &l = *m_layer;
        const Taps cells = tapsInside(m_left, l.filterWidth, l.dilationWidth, l.inputWidth);
        const int channels = l.inputChannels;
        const bool isDense = l.dilationWidth == 1;
        m_window.pixels = pixels;
        m_window.before = cells.first * channels;
        m_window.runs = isDense ? 1 : cells.count;
        m_window.run = isDense ? cells.count * channels : channels;
        m_window.toNextRun = (l.dilationWidth - 1) * channels;
        m_window.toNextRow = (l.dilationHeight * l.inputWidth - cells.count * l.dilationWidth) * channels;
        m_window.weightsToNextRow = (l.filterWidth - cells.count) * channels;
    }

    const ConvolutionLayer *m_layer;
    Window m_window = {};
    int m_top, m_left, m_x = 0; ///< the next window's first cell in the image, and its output's column
    int m_row = 0;              ///< index of the first value of the first row that is met
    int m_lastLeft;             ///< where the first of windows that go together may begin at most
};

/// Calls inside(x, w) for each tap of a depthwise window that meets the image, x being its pixel, and outside(w) for
/// the others; w is the index of the tap's first weight.
template <class X, class Inside, class Outside>
inline void forEachTap(const ConvolutionLayer &layer, const X *image, int top, int left, Inside inside, Outside outside)
{
    int w = 0;
    for (int fy = 0; fy < layer.filterHeight; ++fy) {
        const int y = top + fy * layer.dilationHeight;
        for (int fx = 0; fx < layer.filterWidth; ++fx, w += layer.outputChannels) {
            const int x = left + fx * layer.dilationWidth;
            if (unsigned(y) < unsigned(layer.inputHeight) && unsigned(x) < unsigned(layer.inputWidth))
                inside(image + (y * layer.inputWidth + x) * layer.inputChannels, w);
            else
                outside(w);
        }
    }
}

/// Calls block(first, Count<4>) for groups of four neighbouring outputs, and block(first, Count<2>) and
/// block(first, Count<1>) for the rest: the sums of a group share what they load.
template <class Block>
inline void forEachBlock(int outputs, Block block)
{
    const int whole = outputs / 4 * 4;
    for (int first = 0; first < whole; first += 4)
        block(first, Count<4>());
    if ((outputs & 2) != 0)
        block(whole, Count<2>());
    if ((outputs & 1) != 0)
        block(outputs - 1, Count<1>());
}

} // namespace detail

} // namespace rt
} // namespace espalier
