// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/scalar.h>

/// TRANSPOSE_CONV. Filter [outputChannels, height, width, inputChannels]. Written as a gather: an output pixel sums the
/// taps whose stride meets an input pixel, in filter order. Layer as for conv2d.h without groups and dilation;
/// pad{Top,Left} are those of the convolution that it transposes.
namespace espalier::rt {

namespace detail {

/// The input position that a tap reads for an output position, or -1.
inline int transposedPosition(int output, int pad, int tap, int stride, int inputs)
{
    const int spread = output + pad - tap;
    if (spread < 0 || spread % stride != 0)
        return -1;
    const int position = spread / stride;
    return position < inputs ? position : -1;
}

} // namespace detail

/// Integer form; here `bias` is the model's own: which taps count differs from pixel to pixel.
template <class Layer, class T>
void transposeConvQuantized(const T *input, const T *filter, const int32_t *bias, const int32_t *multiplier,
                            const int8_t *shift, T *output)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const T *weights = filter;
                for (int oc = 0; oc < Layer::outputChannels; ++oc) {
                    uint32_t sum = uint32_t(bias[oc]);
                    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
                        const int y =
                            detail::transposedPosition(oy, Layer::padTop, fy, Layer::strideHeight, Layer::inputHeight);
                        for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                            const int x = detail::transposedPosition(ox, Layer::padLeft, fx, Layer::strideWidth,
                                                                     Layer::inputWidth);
                            if (y >= 0 && x >= 0) {
                                const T *pixel = input + (y * Layer::inputWidth + x) * Layer::inputChannels;
                                for (int ic = 0; ic < Layer::inputChannels; ++ic)
                                    sum += uint32_t((pixel[ic] - Layer::inputZeroPoint) *
                                                    (weights[ic] - Layer::filterZeroPoint));
                            }
                            weights += Layer::inputChannels;
                        }
                    }
                    const int q = Layer::perChannel ? oc : 0;
                    const int32_t scaled = multiplyByQuantizedMultiplier(int32_t(sum), multiplier[q], shift[q]);
                    *output++ =
                        T(clamp(wrappingAdd(scaled, Layer::outputZeroPoint), Layer::outputMin, Layer::outputMax));
                }
            }
        }
        input += Layer::inputHeight * Layer::inputWidth * Layer::inputChannels;
    }
}

template <class Layer, class Weight, class Bias>
void transposeConvFloat(const float *input, const Weight *filter, const Bias *bias, float *output)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const Weight *weights = filter;
                for (int oc = 0; oc < Layer::outputChannels; ++oc) {
                    float sum = 0;
                    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
                        const int y =
                            detail::transposedPosition(oy, Layer::padTop, fy, Layer::strideHeight, Layer::inputHeight);
                        for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                            const int x = detail::transposedPosition(ox, Layer::padLeft, fx, Layer::strideWidth,
                                                                     Layer::inputWidth);
                            if (y >= 0 && x >= 0) {
                                const float *pixel = input + (y * Layer::inputWidth + x) * Layer::inputChannels;
                                for (int ic = 0; ic < Layer::inputChannels; ++ic)
                                    sum = fma(pixel[ic], toFloat(weights[ic]), sum);
                            }
                            weights += Layer::inputChannels;
                        }
                    }
                    *output++ = activate<Layer::activation>(sum + (Layer::hasBias ? toFloat(bias[oc]) : 0.0f));
                }
            }
        }
        input += Layer::inputHeight * Layer::inputWidth * Layer::inputChannels;
    }
}

} // namespace espalier::rt
