// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// How convolutions walk over an image: window by window, and within a window by runs of taps that lie side by side in
/// memory. Layer as described in conv2d.h.
namespace espalier::rt {

namespace detail {

/// Calls body(image, top, left) for every output pixel in order; (top, left) is the window's first cell in the image.
template <class Layer, class X, class Body>
inline void forEachPixel(const X *image, Body body)
{
    for (int oy = 0; oy < Layer::outputHeight; ++oy)
        for (int ox = 0; ox < Layer::outputWidth; ++ox)
            body(image, oy * Layer::strideHeight - Layer::padTop, ox * Layer::strideWidth - Layer::padLeft);
}

/// Calls inside(x, w, count) for `count` neighbouring values of the image at x that meet the weights from index w on,
/// and outside(w, count) for weights that meet the padding, in filter order.
template <class Layer, class X, class Inside, class Outside>
inline void forEachRun(const X *image, int top, int left, Inside inside, Outside outside)
{
    constexpr int channels = Layer::inputChannels, row = Layer::filterWidth * channels;
    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
        const int y = top + fy * Layer::dilationHeight;
        const int w = fy * row;
        if (unsigned(y) >= unsigned(Layer::inputHeight)) {
            outside(w, row);
            continue;
        }
        const X *line = image + y * (Layer::inputWidth * channels);
        if (Layer::dilationWidth == 1) {
            const int first = left < 0 ? -left : 0;
            const int room = Layer::inputWidth - left;
            const int end = room < Layer::filterWidth ? room : Layer::filterWidth;
            if (first > 0)
                outside(w, first * channels);
            inside(line + (left + first) * channels, w + first * channels, (end - first) * channels);
            if (end < Layer::filterWidth)
                outside(w + end * channels, (Layer::filterWidth - end) * channels);
        } else {
            for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                const int x = left + fx * Layer::dilationWidth;
                if (unsigned(x) < unsigned(Layer::inputWidth))
                    inside(line + x * channels, w + fx * channels, channels);
                else
                    outside(w + fx * channels, channels);
            }
        }
    }
}

/// Calls inside(x, w) for each tap of a depthwise window that meets the image, x being its pixel, and outside(w) for
/// the others; w is the index of the tap's first weight.
template <class Layer, class X, class Inside, class Outside>
inline void forEachTap(const X *image, int top, int left, Inside inside, Outside outside)
{
    int w = 0;
    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
        const int y = top + fy * Layer::dilationHeight;
        for (int fx = 0; fx < Layer::filterWidth; ++fx, w += Layer::outputChannels) {
            const int x = left + fx * Layer::dilationWidth;
            if (unsigned(y) < unsigned(Layer::inputHeight) && unsigned(x) < unsigned(Layer::inputWidth))
                inside(image + (y * Layer::inputWidth + x) * Layer::inputChannels, w);
            else
                outside(w);
        }
    }
}

/// Calls block(first, Count<4>) for groups of four neighbouring outputs and block(first, Count<1>) for the rest: four
/// sums share what they load.
template <int n>
struct Count
{
    static constexpr int value = n;
};
template <int outputs, class Block>
inline void forEachBlock(Block block)
{
    constexpr int whole = outputs / 4 * 4;
    for (int first = 0; first < whole; first += 4)
        block(first, Count<4>());
    for (int first = whole; first < outputs; ++first)
        block(first, Count<1>());
}

} // namespace detail

} // namespace espalier::rt
