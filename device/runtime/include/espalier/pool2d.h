// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/layers.h>
#include <espalier/scalar.h>

/// AVERAGE_POOL_2D and MAX_POOL_2D over [batches, height, width, channels]; cells outside of the image take no part.
namespace espalier {
namespace rt {

namespace detail {

/// The part of a window that lies inside of the image: its first cell, and how many rows and columns it has.
template <class T>
struct PoolWindow
{
    const T *first;
    int rows, columns;
};

/// Calls body(output, window) for every output pixel.
template <class T, class Body>
inline void forEachWindow(const PoolLayer &layer, const T *input, T *output, Body body)
{
    for (int batch = 0; batch < layer.batches; ++batch) {
        for (int oy = 0; oy < layer.outputHeight; ++oy) {
            const int top = oy * layer.strideHeight - layer.padTop;
            const int y0 = top < 0 ? 0 : top;
            const int y1 = top + layer.filterHeight < layer.inputHeight ? top + layer.filterHeight : layer.inputHeight;
            for (int ox = 0; ox < layer.outputWidth; ++ox) {
                const int left = ox * layer.strideWidth - layer.padLeft;
                const int x0 = left < 0 ? 0 : left;
                const int x1 =
                    left + layer.filterWidth < layer.inputWidth ? left + layer.filterWidth : layer.inputWidth;
                const PoolWindow<T> window = {input + (y0 * layer.inputWidth + x0) * layer.channels, y1 - y0, x1 - x0};
                body(output, window);
                output += layer.channels;
            }
        }
        input += layer.inputHeight * layer.inputWidth * layer.channels;
    }
}

/// Calls body(value) for a channel's values under a window, row by row.
template <class T, class Body>
inline void forEachValue(const PoolLayer &layer, const PoolWindow<T> &window, int channel, Body body)
{
    const T *row = window.first + channel;
    for (int y = window.rows; y > 0; --y, row += layer.inputWidth * layer.channels) {
        const T *value = row;
        for (int x = window.columns; x > 0; --x, value += layer.channels)
            body(*value);
    }
}

} // namespace detail

template <class T>
void averagePool2dQuantized(const PoolLayer &layer, const T *input, T *output)
{
    detail::forEachWindow(layer, input, output, [&](T *out, const detail::PoolWindow<T> &window) {
        const int32_t count = window.rows * window.columns;
        for (int c = 0; c < layer.channels; ++c) {
            int32_t sum = 0;
            detail::forEachValue(layer, window, c, [&](T value) { sum += value; });
            out[c] = T(clamp(roundedMean(sum, count), layer.outputMin, layer.outputMax));
        }
    });
}

inline void averagePool2dFloat(const PoolLayer &layer, const float *input, float *output)
{
    detail::forEachWindow(layer, input, output, [&](float *out, const detail::PoolWindow<float> &window) {
        const float count = float(window.rows * window.columns);
        for (int c = 0; c < layer.channels; ++c) {
            float sum = 0;
            detail::forEachValue(layer, window, c, [&](float value) { sum += value; });
            out[c] = activate(layer.activation, sum / count);
        }
    });
}

/// Most windows have two rows and two columns.
template <class T>
void maxPool2dQuantized(const PoolLayer &layer, const T *input, T *output)
{
    const auto larger = [](int32_t a, int32_t b) { return a > b ? a : b; };
    const auto clamped = [&](int32_t value) { return T(clamp(value, layer.outputMin, layer.outputMax)); };
    detail::forEachWindow(layer, input, output, [&](T *out, const detail::PoolWindow<T> &window) {
        if (window.rows == 2 && window.columns == 2) {
            const int right = layer.channels, below = layer.inputWidth * layer.channels;
            const T *value = window.first;
            for (const T *const end = value + layer.channels; value != end; ++value)
                *out++ = clamped(larger(larger(value[0], value[right]), larger(value[below], value[below + right])));
            return;
        }
        for (int c = 0; c < layer.channels; ++c) {
            int32_t most = window.first[c];
            detail::forEachValue(layer, window, c, [&](T value) { most = larger(most, value); });
            out[c] = clamped(most);
        }
    });
}

inline void maxPool2dFloat(const PoolLayer &layer, const float *input, float *output)
{
    detail::forEachWindow(layer, input, output, [&](float *out, const detail::PoolWindow<float> &window) {
        for (int c = 0; c < layer.channels; ++c) {
            float most = -3.402823466e+38f;
            detail::forEachValue(layer, window, c, [&](float value) { most = value > most ? value : most; });
            out[c] = activate(layer.activation, most);
        }
    });
}

} // namespace rt
} // namespace espalier
