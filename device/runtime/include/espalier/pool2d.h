// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/scalar.h>

/// AVERAGE_POOL_2D and MAX_POOL_2D over [batches, height, width, channels]; cells outside of the image take no part.
/// Layer: batches, channels, input{Height,Width}, filter{Height,Width}, output{Height,Width}, stride{Height,Width},
/// pad{Top,Left}; integers outputMin, outputMax; floats activation.
namespace espalier::rt {

namespace detail {

/// Calls body(output, image, y0, y1, x0, x1) for every output pixel: the window's part inside of the image.
template <class Layer, class T, class Body>
inline void forEachWindow(const T *input, T *output, Body body)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            const int top = oy * Layer::strideHeight - Layer::padTop;
            const int y0 = top < 0 ? 0 : top;
            const int y1 =
                top + Layer::filterHeight < Layer::inputHeight ? top + Layer::filterHeight : Layer::inputHeight;
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const int left = ox * Layer::strideWidth - Layer::padLeft;
                const int x0 = left < 0 ? 0 : left;
                const int x1 =
                    left + Layer::filterWidth < Layer::inputWidth ? left + Layer::filterWidth : Layer::inputWidth;
                body(output, input, y0, y1, x0, x1);
                output += Layer::channels;
            }
        }
        input += Layer::inputHeight * Layer::inputWidth * Layer::channels;
    }
}

} // namespace detail

template <class Layer, class T>
void averagePool2dQuantized(const T *input, T *output)
{
    detail::forEachWindow<Layer>(input, output, [](T *out, const T *image, int y0, int y1, int x0, int x1) {
        const int32_t count = (y1 - y0) * (x1 - x0);
        for (int c = 0; c < Layer::channels; ++c) {
            int32_t sum = 0;
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x)
                    sum += image[(y * Layer::inputWidth + x) * Layer::channels + c];
            }
            const int32_t mean = roundedMean(sum, count);
            out[c] = T(clamp(mean, Layer::outputMin, Layer::outputMax));
        }
    });
}

template <class Layer>
void averagePool2dFloat(const float *input, float *output)
{
    detail::forEachWindow<Layer>(input, output, [](float *out, const float *image, int y0, int y1, int x0, int x1) {
        const float count = float((y1 - y0) * (x1 - x0));
        for (int c = 0; c < Layer::channels; ++c) {
            float sum = 0;
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x)
                    sum += image[(y * Layer::inputWidth + x) * Layer::channels + c];
            }
            out[c] = activate<Layer::activation>(sum / count);
        }
    });
}

template <class Layer, class T>
void maxPool2dQuantized(const T *input, T *output)
{
    detail::forEachWindow<Layer>(input, output, [](T *out, const T *image, int y0, int y1, int x0, int x1) {
        for (int c = 0; c < Layer::channels; ++c) {
            int32_t most = image[(y0 * Layer::inputWidth + x0) * Layer::channels + c];
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x) {
                    const int32_t value = image[(y * Layer::inputWidth + x) * Layer::channels + c];
                    most = value > most ? value : most;
                }
            }
            out[c] = T(clamp(most, Layer::outputMin, Layer::outputMax));
        }
    });
}

template <class Layer>
void maxPool2dFloat(const float *input, float *output)
{
    detail::forEachWindow<Layer>(input, output, [](float *out, const float *image, int y0, int y1, int x0, int x1) {
        for (int c = 0; c < Layer::channels; ++c) {
            float most = -3.402823466e+38f;
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x) {
                    const float value = image[(y * Layer::inputWidth + x) * Layer::channels + c];
                    most = value > most ? value : most;
                }
            }
            out[c] = activate<Layer::activation>(most);
        }
    });
}

} // namespace espalier::rt
