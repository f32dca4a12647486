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
template <int n>
struct Count
{
    static constexpr int value = n;
};
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
