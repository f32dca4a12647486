// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fusedmultiplyadd.h>
#include <espalier/linearsum.h>
#include <espalier/scalar.h>

/// TRANSPOSE_CONV. Filter [outputChannels, height, width, inputChannels]. Written as a gather: an output pixel sums the
/// taps whose stride meets an input pixel, in filter order. Padding is that of the convolution that it transposes.
namespace espalier {
namespace rt {

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

/// Integer form, of the types of conv2dQuantized(); here `bias` is the model's own: which taps count differs from pixel
/// to pixel.
template <class T, class Weight, class Bias>
void transposeConvQuantized(const ConvolutionLayer &layer, const T *input, const Weight *filter, const Bias *bias,
                            const int32_t *multiplier, const int8_t *shift, T *output)
{
    for (int batch = 0; batch < layer.batches; ++batch) {
        for (int oy = 0; oy < layer.outputHeight; ++oy) {
            for (int ox = 0; ox < layer.outputWidth; ++ox) {
                const Weight *weights = filter;
                for (int oc = 0; oc < layer.outputChannels; ++oc) {
                    uint32_t sum = detail::firstSum(bias[oc]);
                    for (int fy = 0; fy < layer.filterHeight; ++fy) {
                        const int y =
                            detail::transposedPosition(oy, layer.padTop, fy, layer.strideHeight, layer.inputHeight);
                        for (int fx = 0; fx < layer.filterWidth; ++fx) {
                            const int x =
                                detail::transposedPosition(ox, layer.padLeft, fx, layer.strideWidth, layer.inputWidth);
                            if (y >= 0 && x >= 0) {
                                const T *pixel = input + (y * layer.inputWidth + x) * layer.inputChannels;
                                for (int ic = 0; ic < layer.inputChannels; ++ic)
                                    sum += uint32_t((pixel[ic] - layer.inputZeroPoint) *
                                                    (weights[ic] - layer.filterZeroPoint));
                            }
                            weights += layer.inputChannels;
                        }
                    }
                    const int q = layer.perChannel ? oc : 0;
                    const int32_t scaled = detail::scaledSum(sum, bias[oc], multiplier[q], shift[q]);
                    *output++ = T(clamp(wrappingAdd(scaled, layer.outputZeroPoint), layer.outputMin, layer.outputMax));
                }
            }
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

template <class Weight, class Bias>
void transposeConvFloat(const ConvolutionLayer &layer, const float *input, const Weight *filter, const Bias *bias,
                        float *output)
{
    for (int batch = 0; batch < layer.batches; ++batch) {
        for (int oy = 0; oy < layer.outputHeight; ++oy) {
            for (int ox = 0; ox < layer.outputWidth; ++ox) {
                const Weight *weights = filter;
                for (int oc = 0; oc < layer.outputChannels; ++oc) {
                    float sum = 0;
                    for (int fy = 0; fy < layer.filterHeight; ++fy) {
                        const int y =
                            detail::transposedPosition(oy, layer.padTop, fy, layer.strideHeight, layer.inputHeight);
                        for (int fx = 0; fx < layer.filterWidth; ++fx) {
                            const int x =
                                detail::transposedPosition(ox, layer.padLeft, fx, layer.strideWidth, layer.inputWidth);
                            if (y >= 0 && x >= 0) {
                                const float *pixel = input + (y * layer.inputWidth + x) * layer.inputChannels;
                                for (int ic = 0; ic < layer.inputChannels; ++ic)
                                    sum = fma(pixel[ic], toFloat(weights[ic]), sum);
                            }
                            weights += layer.inputChannels;
                        }
                    }
                    *output++ = activate(layer.activation, sum + (layer.hasBias ? toFloat(bias[oc]) : 0.0f));
                }
            }
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

} // namespace rt
} // namespace espalier
