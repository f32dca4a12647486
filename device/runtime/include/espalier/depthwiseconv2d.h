// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/scalar.h>
#include <espalier/window.h>

/// DEPTHWISE_CONV_2D. Filter [1, height, width, outputChannels], outputChannels = inputChannels * depthMultiplier.
/// Layer as for conv2d.h, and depthMultiplier.
namespace espalier::rt {

/// Integer form; `bias` holds -inputZeroPoint * (sum of the channel's filter) already.
template <class Layer, class T>
void depthwiseConv2dQuantized(const T *input, const T *filter, const int32_t *bias, const int32_t *multiplier,
                              const int8_t *shift, T *output)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        detail::forEachPixel<Layer>(input, [&](const T *image, int top, int left) {
            detail::forEachBlock<Layer::outputChannels>([&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const T *weights = filter + first;
                uint32_t sums[n];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] = uint32_t(bias[first + i]);
                detail::forEachTap<Layer>(
                    image, top, left,
                    [&](const T *pixel, int w) {
#pragma GCC unroll 4
                        for (int i = 0; i < n; ++i)
                            sums[i] += uint32_t(pixel[(first + i) / Layer::depthMultiplier] *
                                                (weights[w + i] - Layer::filterZeroPoint));
                    },
                    [&](int w) {
#pragma GCC unroll 4
                        for (int i = 0; i < n; ++i)
                            sums[i] += uint32_t(Layer::inputZeroPoint * (weights[w + i] - Layer::filterZeroPoint));
                    });
                uint32_t totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    totals[i] = sums[i];
                for (int i = 0; i < n; ++i) {
                    const int q = Layer::perChannel ? first + i : 0;
                    const int32_t scaled = multiplyByQuantizedMultiplier(int32_t(totals[i]), multiplier[q], shift[q]);
                    *output++ =
                        T(clamp(wrappingAdd(scaled, Layer::outputZeroPoint), Layer::outputMin, Layer::outputMax));
                }
            });
        });
        input += Layer::inputHeight * Layer::inputWidth * Layer::inputChannels;
    }
}

/// Float form. Weights and biases are float or Half. Layer also has hasBias and activation.
template <class Layer, class Weight, class Bias>
void depthwiseConv2dFloat(const float *input, const Weight *filter, const Bias *bias, float *output)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        detail::forEachPixel<Layer>(input, [&](const float *image, int top, int left) {
            detail::forEachBlock<Layer::outputChannels>([&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const Weight *weights = filter + first;
                float sums[n] = {};
                detail::forEachTap<Layer>(
                    image, top, left,
                    [&](const float *pixel, int w) {
#pragma GCC unroll 4
                        for (int i = 0; i < n; ++i)
                            sums[i] =
                                fma(pixel[(first + i) / Layer::depthMultiplier], toFloat(weights[w + i]), sums[i]);
                    },
                    [](int) {});
                float totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    totals[i] = sums[i];
                for (int i = 0; i < n; ++i)
                    *output++ =
                        activate<Layer::activation>(totals[i] + (Layer::hasBias ? toFloat(bias[first + i]) : 0.0f));
            });
        });
        input += Layer::inputHeight * Layer::inputWidth * Layer::inputChannels;
    }
}

} // namespace espalier::rt
