// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/depthwiseconv2d.h>
#include <espalier/layers.h>
#include <espalier/runtimequantization.h>
#include <espalier/scalar.h>
#include <espalier/window.h>

/// Dynamic-range forms of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED: int8 weights, float activations. The input is
/// quantized at run time, image by image (dense: row by row), into `scratch`; sums are int32; then
/// sum * filterScale * inputScale + bias. One filter scale for all is multiplied with the input's first.
namespace espalier {
namespace rt {

namespace detail {

template <class Layer, class Bias>
inline float finishHybrid(const Layer &layer, int32_t sum, const float *filterScales, float inputScale,
                          const Bias *bias, int channel)
{
    const float scaled = layer.perChannel ? float(sum) * filterScales[channel] * inputScale : float(sum) * inputScale;
    return activate(layer.activation, scaled + (layer.hasBias ? toFloat(bias[channel]) : 0.0f));
}

} // namespace detail

template <class Bias>
void conv2dHybrid(const ConvolutionLayer &layer, const float *input, const int8_t *filter, const float *filterScales,
                  const Bias *bias, int8_t *scratch, float *output)
{
    const int imageSize = layer.inputHeight * layer.inputWidth * layer.inputChannels;
    const int taps = layer.filterHeight * layer.filterWidth * layer.inputChannels;
    for (int batch = 0; batch < layer.batches; ++batch) {
        const RunTimeQuantization q = quantizeAtRunTime(layer.asymmetric != 0, input, imageSize, scratch);
        const float inputScale = layer.perChannel ? q.scale : q.scale * filterScales[0];
        detail::forEachPixel(layer, scratch, [&](const int8_t *image, int top, int left) {
            detail::forEachBlock(layer.outputChannels, [&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const int8_t *weights = filter + first * taps;
                int32_t sums[n] = {};
                detail::forEachRun(
                    layer, image, top, left,
                    [&](const int8_t *x, int w, int length) {
                        for (int k = 0; k < length; ++k) {
                            const int32_t value = x[k] - q.zeroPoint;
#pragma GCC unroll 4
                            for (int i = 0; i < n; ++i)
                                sums[i] += value * weights[i * taps + w + k];
                        }
                    },
                    [](int, int) {}); // padding is real zero
                int32_t totals[n];    // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    totals[i] = sums[i];
                for (int i = 0; i < n; ++i)
                    *output++ = detail::finishHybrid(layer, totals[i], filterScales, inputScale, bias, first + i);
            });
        });
        input += imageSize;
    }
}

template <class Bias>
void depthwiseConv2dHybrid(const ConvolutionLayer &layer, const float *input, const int8_t *filter,
                           const float *filterScales, const Bias *bias, int8_t *scratch, float *output)
{
    const int imageSize = layer.inputHeight * layer.inputWidth * layer.inputChannels;
    for (int batch = 0; batch < layer.batches; ++batch) {
        const RunTimeQuantization q = quantizeAtRunTime(layer.asymmetric != 0, input, imageSize, scratch);
        const float inputScale = layer.perChannel ? q.scale : q.scale * filterScales[0];
        detail::forEachPixel(layer, scratch, [&](const int8_t *image, int top, int left) {
            detail::forEachBlock(layer.outputChannels, [&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const int8_t *weights = filter + first;
                int channel[n];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    channel[i] = detail::inputChannel(layer, first + i);
                int32_t sums[n] = {};
                detail::forEachTap(
                    layer, image, top, left,
                    [&](const int8_t *pixel, int w) {
#pragma GCC unroll 4
                        for (int i = 0; i < n; ++i)
                            sums[i] += (pixel[channel[i]] - q.zeroPoint) * weights[w + i];
                    },
                    [](int) {});   // padding is real zero
                int32_t totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    totals[i] = sums[i];
                for (int i = 0; i < n; ++i)
                    *output++ = detail::finishHybrid(layer, totals[i], filterScales, inputScale, bias, first + i);
            });
        });
        input += imageSize;
    }
}

template <class Bias>
void fullyConnectedHybrid(const FullyConnectedLayer &layer, const float *input, const int8_t *weights,
                          const float *filterScales, const Bias *bias, int8_t *scratch, float *output)
{
    for (int row = 0; row < layer.rows; ++row) {
        const RunTimeQuantization q = quantizeAtRunTime(layer.asymmetric != 0, input, layer.inputs, scratch);
        const float inputScale = layer.perChannel ? q.scale : q.scale * filterScales[0];
        detail::forEachBlock(layer.outputs, [&](int first, auto count) {
            constexpr int n = decltype(count)::value;
            const int8_t *weight = weights + first * layer.inputs;
            int32_t sums[n] = {};
            for (int k = 0; k < layer.inputs; ++k) {
                const int32_t value = scratch[k] - q.zeroPoint;
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] += value * weight[i * layer.inputs + k];
            }
            int32_t totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i)
                totals[i] = sums[i];
            for (int i = 0; i < n; ++i)
                *output++ = detail::finishHybrid(layer, totals[i], filterScales, inputScale, bias, first + i);
        });
        input += layer.inputs;
    }
}

} // namespace rt
} // namespace espalier
