// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/clustered.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/linearsum.h>
#include <espalier/scalar.h>
#include <espalier/window.h>

/// DEPTHWISE_CONV_2D. Filter [1, height, width, outputChannels], outputChannels = inputChannels * depthMultiplier.
namespace espalier {
namespace rt {

namespace detail {

/// The channel that an output channel is made from. The test spares processors without a divider the division.
inline int inputChannel(const ConvolutionLayer &layer, int output)
{
    return layer.depthMultiplier == 1 ? output : output / layer.depthMultiplier;
}

} // namespace detail

/// Integer form, of the types of conv2dQuantized(); `bias` holds -inputZeroPoint * (sum of the channel's filter)
/// already.
template <class T, class Weight, class Bias>
void depthwiseConv2dQuantized(const ConvolutionLayer &layer, const T *input, const Weight *filter, const Bias *bias,
                              const int32_t *multiplier, const int8_t *shift, T *output)
{
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::forEachPixel(layer, input, [&](const T *image, int top, int left) {
            detail::forEachBlock(layer.outputChannels, [&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const auto weights = weightsFrom(filter, first);
                int channel[n];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    channel[i] = detail::inputChannel(layer, first + i);
                uint32_t sums[n];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] = detail::firstSum(bias[first + i]);
                detail::forEachTap(
                    layer, image, top, left,
                    [&](const T *pixel, int w) {
#pragma GCC unroll 4
                        for (int i = 0; i < n; ++i)
                            sums[i] += uint32_t(pixel[channel[i]] * (weights[w + i] - layer.filterZeroPoint));
                    },
                    [&](int w) {
#pragma GCC unroll 4
                        for (int i = 0; i < n; ++i)
                            sums[i] += uint32_t(layer.inputZeroPoint * (weights[w + i] - layer.filterZeroPoint));
                    });
                uint32_t totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    totals[i] = sums[i];
                for (int i = 0; i < n; ++i) {
                    const int q = layer.perChannel ? first + i : 0;
                    const int32_t scaled = detail::scaledSum(totals[i], bias[first + i], multiplier[q], shift[q]);
                    *output++ = T(clamp(wrappingAdd(scaled, layer.outputZeroPoint), layer.outputMin, layer.outputMax));
                }
            });
        });
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// The int8 form over int4 weights, which are unpacked as they are read.
inline void depthwiseConv2dInt4(const ConvolutionLayer &layer, const int8_t *input, const Int4Pair *filter,
                                const int32_t *bias, const int32_t *multiplier, const int8_t *shift, int8_t *output)
{
    depthwiseConv2dQuantized(layer, input, filter, bias, multiplier, shift, output);
}

/// The int8 form over clustered weights.
inline void depthwiseConv2dClusteredQuantized(const ConvolutionLayer &layer, const int8_t *input, const int32_t *filter,
                                              const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                              int8_t *output)
{
    depthwiseConv2dQuantized(layer, input, reinterpret_cast<const ClusteredTable<int8_t> *>(filter), bias, multiplier,
                             shift, output);
}

/// Float form. Weights and biases are float or Half.
template <class Weight, class Bias>
void depthwiseConv2dFloat(const ConvolutionLayer &layer, const float *input, const Weight *filter, const Bias *bias,
                          float *output)
{
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::forEachPixel(layer, input, [&](const float *image, int top, int left) {
            detail::forEachBlock(layer.outputChannels, [&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const auto weights = weightsFrom(filter, first);
                int channel[n];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    channel[i] = detail::inputChannel(layer, first + i);
                float sums[n] = {};
                detail::forEachTap(
                    layer, image, top, left,
                    [&](const float *pixel, int w) {
#pragma GCC unroll 4
                        for (int i = 0; i < n; ++i)
                            sums[i] = fma(pixel[channel[i]], toFloat(weights[w + i]), sums[i]);
                    },
                    [](int) {});
                float totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    totals[i] = sums[i];
                for (int i = 0; i < n; ++i)
                    *output++ =
                        activate(layer.activation, totals[i] + (layer.hasBias ? toFloat(bias[first + i]) : 0.0f));
            });
        });
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// Float form over clustered weights.
template <class Bias>
void depthwiseConv2dClusteredFloat(const ConvolutionLayer &layer, const float *input, const int32_t *filter,
                                   const Bias *bias, float *output)
{
    depthwiseConv2dFloat(layer, input, reinterpret_cast<const ClusteredTable<float> *>(filter), bias, output);
}

} // namespace rt
} // namespace espalier
