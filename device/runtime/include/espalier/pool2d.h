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

/// Calls body(output, image, y0, y1, x0, x1) for every output pixel: the window's part inside of the image.
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
                body(output, input, y0, y1, x0, x1);
                output += layer.channels;
            }
        }
        input += layer.inputHeight * layer.inputWidth * layer.channels;
    }
}

} // namespace detail

template <class T>
void averagePool2dQuantized(const PoolLayer &layer, const T *input, T *output)
{
    detail::forEachWindow(layer, input, output, [&](T *out, const T *image, int y0, int y1, int x0, int x1) {
        const int32_t count = (y1 - y0) * (x1 - x0);
        for (int c = 0; c < layer.channels; ++c) {
            int32_t sum = 0;
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x)
                    sum += image[(y * layer.inputWidth + x) * layer.channels + c];
            }
            const int32_t mean = roundedMean(sum, count);
            out[c] = T(clamp(mean, layer.outputMin, layer.outputMax));
        }
    });
}

inline void averagePool2dFloat(const PoolLayer &layer, const float *input, float *output)
{
    detail::forEachWindow(layer, input, output, [&](float *out, const float *image, int y0, int y1, int x0, int x1) {
        const float count = float((y1 - y0) * (x1 - x0));
        for (int c = 0; c < layer.channels; ++c) {
            float sum = 0;
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x)
                    sum += image[(y * layer.inputWidth + x) * layer.channels + c];
            }
            out[c] = activate(layer.activation, sum / count);
        }
    });
}

template <class T>
void maxPool2dQuantized(const PoolLayer &layer, const T *input, T *output)
{
    detail::forEachWindow(layer, input, output, [&](T *out, const T *image, int y0, int y1, int x0, int x1) {
        for (int c = 0; c < layer.channels; ++c) {
            int32_t most = image[(y0 * layer.inputWidth + x0) * layer.channels + c];
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x) {
                    const int32_t value = image[(y * layer.inputWidth + x) * layer.channels + c];
                    most = value > most ? value : most;
                }
            }
            out[c] = T(clamp(most, layer.outputMin, layer.outputMax));
        }
    });
}

inline void maxPool2dFloat(const PoolLayer &layer, const float *input, float *output)
{
    detail::forEachWindow(layer, input, output, [&](float *out, const float *image, int y0, int y1, int x0, int x1) {
        for (int c = 0; c < layer.channels; ++c) {
            float most = -3.402823466e+38f;
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x) {
                    const float value = image[(y * layer.inputWidth + x) * layer.channels + c];
                    most = value > most ? value : most;
                }
            }
            out[c] = activate(layer.activation, most);
        }
    });
}

} // namespace rt
} // namespace espalier
