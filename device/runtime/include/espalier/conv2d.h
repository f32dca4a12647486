// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/scalar.h>

/// CONV_2D. Input and output [batches, height, width, channels], filter [outputChannels, height, width, channels of a
/// group]. Layer names the shape as constants: batches, input{Height,Width,Channels}, filter{Height,Width},
/// output{Height,Width,Channels}, groups, stride{Height,Width}, dilation{Height,Width}, pad{Top,Left}.
namespace espalier::rt {

/// Integer form. T is int8_t or uint8_t. `bias` already holds -inputZeroPoint * (sum of the filter), so that a tap
/// outside of the image counts as inputZeroPoint.
/// Layer also has inputZeroPoint, filterZeroPoint, outputZeroPoint, outputMin, outputMax, perChannel.
template <class Layer, class T>
void conv2dQuantized(const T *input, const T *filter, const int32_t *bias, const int32_t *multiplier,
                     const int8_t *shift, T *output)
{
    constexpr int groupInputs = Layer::inputChannels / Layer::groups;
    constexpr int groupOutputs = Layer::outputChannels / Layer::groups;
    for (int batch = 0; batch < Layer::batches; ++batch) {
        const T *image = input + batch * (Layer::inputHeight * Layer::inputWidth * Layer::inputChannels);
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const int top = oy * Layer::strideHeight - Layer::padTop;
                const int left = ox * Layer::strideWidth - Layer::padLeft;
                const T *weights = filter;
                for (int oc = 0; oc < Layer::outputChannels; ++oc) {
                    const int firstChannel = Layer::groups == 1 ? 0 : oc / groupOutputs * groupInputs;
                    uint32_t sum = uint32_t(bias[oc]);
                    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
                        const int y = top + fy * Layer::dilationHeight;
                        for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                            const int x = left + fx * Layer::dilationWidth;
                            if (unsigned(y) < unsigned(Layer::inputHeight) &&
                                unsigned(x) < unsigned(Layer::inputWidth)) {
                                const T *pixel =
                                    image + (y * Layer::inputWidth + x) * Layer::inputChannels + firstChannel;
                                for (int ic = 0; ic < groupInputs; ++ic)
                                    sum += uint32_t(pixel[ic] * (weights[ic] - Layer::filterZeroPoint));
                            } else if (Layer::inputZeroPoint != 0) {
                                for (int ic = 0; ic < groupInputs; ++ic)
                                    sum += uint32_t(Layer::inputZeroPoint * (weights[ic] - Layer::filterZeroPoint));
                            }
                            weights += groupInputs;
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
void conv2dFloat(const float *input, const Weight *filter, const Bias *bias, float *output)
{
    constexpr int groupInputs = Layer::inputChannels / Layer::groups;
    constexpr int groupOutputs = Layer::outputChannels / Layer::groups;
    for (int batch = 0; batch < Layer::batches; ++batch) {
        const float *image = input + batch * (Layer::inputHeight * Layer::inputWidth * Layer::inputChannels);
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const int top = oy * Layer::strideHeight - Layer::padTop;
                const int left = ox * Layer::strideWidth - Layer::padLeft;
                const Weight *weights = filter;
                for (int oc = 0; oc < Layer::outputChannels; ++oc) {
                    const int firstChannel = Layer::groups == 1 ? 0 : oc / groupOutputs * groupInputs;
                    float sum = 0;
                    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
                        const int y = top + fy * Layer::dilationHeight;
                        for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                            const int x = left + fx * Layer::dilationWidth;
                            if (unsigned(y) < unsigned(Layer::inputHeight) &&
                                unsigned(x) < unsigned(Layer::inputWidth)) {
                                const float *pixel =
                                    image + (y * Layer::inputWidth + x) * Layer::inputChannels + firstChannel;
                                for (int ic = 0; ic < groupInputs; ++ic)
                                    sum = fma(pixel[ic], toFloat(weights[ic]), sum);
                            }
                            weights += groupInputs;
                        }
                    }
                    *output++ = activate<Layer::activation>(sum + (Layer::hasBias ? toFloat(bias[oc]) : 0.0f));
                }
            }
        }
    }
}

} // namespace espalier::rt
