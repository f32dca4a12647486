// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/runtimequantization.h>
#include <espalier/scalar.h>
#include <espalier/window.h>

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
    constexpr int taps = Layer::filterHeight * Layer::filterWidth * Layer::inputChannels;
    for (int batch = 0; batch < Layer::batches; ++batch) {
        const RunTimeQuantization q = quantizeAtRunTime<Layer::asymmetric != 0>(input, imageSize, scratch);
        const float inputScale = Layer::perChannel ? q.scale : q.scale * filterScales[0];
        detail::forEachPixel<Layer>(scratch, [&](const int8_t *image, int top, int left) {
            detail::forEachBlock<Layer::outputChannels>([&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const int8_t *weights = filter + first * taps;
                int32_t sums[n] = {};
                detail::forEachRun<Layer>(
                    image, top, left,
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
                    *output++ = detail::finishHybrid<Layer>(totals[i], filterScales, inputScale, bias, first + i);
            });
        });
        input += imageSize;
    }
}

template <class Layer, class Bias>
void depthwiseConv2dHybrid(const float *input, const int8_t *filter, const float *filterScales, const Bias *bias,
                           int8_t *scratch, float *output)
{
    constexpr int imageSize = Layer::inputHeight * Layer::inputWidth * Layer::inputChannels;
    for (int batch = 0; batch < Layer::batches; ++batch) {
        const RunTimeQuantization q = quantizeAtRunTime<Layer::asymmetric != 0>(input, imageSize, scratch);
        const float inputScale = Layer::perChannel ? q.scale : q.scale * filterScales[0];
        detail::forEachPixel<Layer>(scratch, [&](const int8_t *image, int top, int left) {
            detail::forEachBlock<Layer::outputChannels>([&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const int8_t *weights = filter + first;
                int32_t sums[n] = {};
                detail::forEachTap<Layer>(
                    image, top, left,
                    [&](const int8_t *pixel, int w) {
#pragma GCC unroll 4
                        for (int i = 0; i < n; ++i)
                            sums[i] += (pixel[(first + i) / Layer::depthMultiplier] - q.zeroPoint) * weights[w + i];
                    },
                    [](int) {});   // padding is real zero
                int32_t totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    totals[i] = sums[i];
                for (int i = 0; i < n; ++i)
                    *output++ = detail::finishHybrid<Layer>(totals[i], filterScales, inputScale, bias, first + i);
            });
        });
        input += imageSize;
    }
}

template <class Layer, class Bias>
void fullyConnectedHybrid(const float *input, const int8_t *weights, const float *filterScales, const Bias *bias,
                          int8_t *scratch, float *output)
{
    for (int row = 0; row < Layer::rows; ++row) {
        const RunTimeQuantization q = quantizeAtRunTime<Layer::asymmetric != 0>(input, Layer::inputs, scratch);
        const float inputScale = Layer::perChannel ? q.scale : q.scale * filterScales[0];
        detail::forEachBlock<Layer::outputs>([&](int first, auto count) {
            constexpr int n = decltype(count)::value;
            const int8_t *weight = weights + first * Layer::inputs;
            int32_t sums[n] = {};
            for (int k = 0; k < Layer::inputs; ++k) {
                const int32_t value = scratch[k] - q.zeroPoint;
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] += value * weight[i * Layer::inputs + k];
            }
            int32_t totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i)
                totals[i] = sums[i];
            for (int i = 0; i < n; ++i)
                *output++ = detail::finishHybrid<Layer>(totals[i], filterScales, inputScale, bias, first + i);
        });
        input += Layer::inputs;
    }
}

} // namespace espalier::rt
