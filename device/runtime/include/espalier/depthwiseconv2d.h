// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/scalar.h>

/// DEPTHWISE_CONV_2D. Filter [1, height, width, outputChannels], outputChannels = inputChannels * depthMultiplier.
/// Layer as for conv2d.h, with depthMultiplier in the place of groups.
namespace espalier::rt {

/// Integer form; `bias` holds -inputZeroPoint * (sum of the channel's filter) already.
template <class Layer, class T>
void depthwiseConv2dQuantized(const T *input, const T *filter, const int32_t *bias, const int32_t *multiplier,
                              const int8_t *shift, T *output)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        const T *image = input + batch * (Layer::inputHeight * Layer::inputWidth * Layer::inputChannels);
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const int top = oy * Layer::strideHeight - Layer::padTop;
                const int left = ox * Layer::strideWidth - Layer::padLeft;
                for (int oc = 0; oc < Layer::outputChannels; ++oc) {
                    const T *channel = image + oc / Layer::depthMultiplier;
                    const T *weight = filter + oc;
                    uint32_t sum = uint32_t(bias[oc]);
                    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
                        const int y = top + fy * Layer::dilationHeight;
                        for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                            const int x = left + fx * Layer::dilationWidth;
                            const bool inside =
                                unsigned(y) < unsigned(Layer::inputHeight) && unsigned(x) < unsigned(Layer::inputWidth);
                            const int32_t value = inside ? channel[(y * Layer::inputWidth + x) * Layer::inputChannels]
                                                         : Layer::inputZeroPoint;
                            sum += uint32_t(value * (*weight - Layer::filterZeroPoint));
                            weight += Layer::outputChannels;
                        }
                    }
                    const int q = Layer::perChannel ? oc : 0;
                    const int32_t scaled = multiplyByQuantizedMultiplier(int32_t(sum), multiplier[q], shift[q]);
                    *output++ =
                        T(clamp(wrappingAdd(scaled, Layer::outputZeroPoint), Layer::outputMin, Layer::outputMax));
                }
            }
        }
    }
}

/// Float form. Weights and biases are float or Half. Layer also has hasBias and activation.
template <class Layer, class Weight, class Bias>
void depthwiseConv2dFloat(const float *input, const Weight *filter, const Bias *bias, float *output)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        const float *image = input + batch * (Layer::inputHeight * Layer::inputWidth * Layer::inputChannels);
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const int top = oy * Layer::strideHeight - Layer::padTop;
                const int left = ox * Layer::strideWidth - Layer::padLeft;
                for (int oc = 0; oc < Layer::outputChannels; ++oc) {
                    const float *channel = image + oc / Layer::depthMultiplier;
                    const Weight *weight = filter + oc;
                    float sum = 0;
                    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
                        const int y = top + fy * Layer::dilationHeight;
                        for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                            const int x = left + fx * Layer::dilationWidth;
                            if (unsigned(y) < unsigned(Layer::inputHeight) && unsigned(x) < unsigned(Layer::inputWidth))
                                sum = fma(channel[(y * Layer::inputWidth + x) * Layer::inputChannels], toFloat(*weight),
                                          sum);
                            weight += Layer::outputChannels;
                        }
                    }
                    *output++ = activate<Layer::activation>(sum + (Layer::hasBias ? toFloat(bias[oc]) : 0.0f));
                }
            }
        }
    }
}

} // namespace espalier::rt
