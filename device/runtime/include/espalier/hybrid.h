// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/runtimequantization.h>
#include <espalier/scalar.h>

/// Dynamic-range forms of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED: int8 weights, float activations. The input is
/// quantized at run time, image by image (dense: row by row), into `scratch`; sums are int32; then
/// sum * filterScale * inputScale + bias. Layer as for the float forms, with asymmetric and perChannel: one filter
/// scale for each output channel, or one for all, which then is multiplied with the input's first.
namespace espalier::rt {

namespace detail {

template <class Layer, class Bias>
inline float finishHybrid(int32_t sum, const float *filterScales, float inputScale, const Bias *bias, int channel)
{
    const float scaled = Layer::perChannel ? float(sum) * filterScales[channel] * inputScale : float(sum) * inputScale;
    return activate<Layer::activation>(scaled + (Layer::hasBias ? toFloat(bias[channel]) : 0.0f));
}

} // namespace detail

template <class Layer, class Bias>
void conv2dHybrid(const float *input, const int8_t *filter, const float *filterScales, const Bias *bias,
                  int8_t *scratch, float *output)
{
    constexpr int imageSize = Layer::inputHeight * Layer::inputWidth * Layer::inputChannels;
    for (int batch = 0; batch < Layer::batches; ++batch) {
        const RunTimeQuantization q =
            quantizeAtRunTime<Layer::asymmetric != 0>(input + batch * imageSize, imageSize, scratch);
        const float inputScale = Layer::perChannel ? q.scale : q.scale * filterScales[0];
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const int top = oy * Layer::strideHeight - Layer::padTop;
                const int left = ox * Layer::strideWidth - Layer::padLeft;
                const int8_t *weights = filter;
                for (int oc = 0; oc < Layer::outputChannels; ++oc) {
                    int32_t sum = 0;
                    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
                        const int y = top + fy * Layer::dilationHeight;
                        for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                            const int x = left + fx * Layer::dilationWidth;
                            if (unsigned(y) < unsigned(Layer::inputHeight) &&
                                unsigned(x) < unsigned(Layer::inputWidth)) {
                                const int8_t *pixel = scratch + (y * Layer::inputWidth + x) * Layer::inputChannels;
                                for (int ic = 0; ic < Layer::inputChannels; ++ic)
                                    sum += (pixel[ic] - q.zeroPoint) * weights[ic];
                            }
                            weights += Layer::inputChannels;
                        }
                    }
                    *output++ = detail::finishHybrid<Layer>(sum, filterScales, inputScale, bias, oc);
                }
            }
        }
    }
}

template <class Layer, class Bias>
void depthwiseConv2dHybrid(const float *input, const int8_t *filter, const float *filterScales, const Bias *bias,
                           int8_t *scratch, float *output)
{
    constexpr int imageSize = Layer::inputHeight * Layer::inputWidth * Layer::inputChannels;
    for (int batch = 0; batch < Layer::batches; ++batch) {
        const RunTimeQuantization q =
            quantizeAtRunTime<Layer::asymmetric != 0>(input + batch * imageSize, imageSize, scratch);
        const float inputScale = Layer::perChannel ? q.scale : q.scale * filterScales[0];
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const int top = oy * Layer::strideHeight - Layer::padTop;
                const int left = ox * Layer::strideWidth - Layer::padLeft;
                for (int oc = 0; oc < Layer::outputChannels; ++oc) {
                    const int8_t *channel = scratch + oc / Layer::depthMultiplier;
                    const int8_t *weight = filter + oc;
                    int32_t sum = 0;
                    for (int fy = 0; fy < Layer::filterHeight; ++fy) {
                        const int y = top + fy * Layer::dilationHeight;
                        for (int fx = 0; fx < Layer::filterWidth; ++fx) {
                            const int x = left + fx * Layer::dilationWidth;
                            if (unsigned(y) < unsigned(Layer::inputHeight) && unsigned(x) < unsigned(Layer::inputWidth))
                                sum += (channel[(y * Layer::inputWidth + x) * Layer::inputChannels] - q.zeroPoint) *
                                       *weight;
                            weight += Layer::outputChannels;
                        }
                    }
                    *output++ = detail::finishHybrid<Layer>(sum, filterScales, inputScale, bias, oc);
                }
            }
        }
    }
}

template <class Layer, class Bias>
void fullyConnectedHybrid(const float *input, const int8_t *weights, const float *filterScales, const Bias *bias,
                          int8_t *scratch, float *output)
{
    for (int row = 0; row < Layer::rows; ++row) {
        const RunTimeQuantization q = quantizeAtRunTime<Layer::asymmetric != 0>(input, Layer::inputs, scratch);
        const float inputScale = Layer::perChannel ? q.scale : q.scale * filterScales[0];
        const int8_t *weight = weights;
        for (int o = 0; o < Layer::outputs; ++o) {
            int32_t sum = 0;
            for (int i = 0; i < Layer::inputs; ++i)
                sum += (scratch[i] - q.zeroPoint) * weight[i];
            weight += Layer::inputs;
            *output++ = detail::finishHybrid<Layer>(sum, filterScales, inputScale, bias, o);
        }
        input += Layer::inputs;
    }
}

} // namespace espalier::rt
