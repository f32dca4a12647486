// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/clustered.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/grouped.h>
#include <espalier/linearsum.h>
#include <espalier/scalar.h>
#include <espalier/window.h>

/// CONV_2D. Input and output [batches, height, width, channels], filter [outputChannels, height, width, inputChannels].
namespace espalier {
namespace rt {

/// Integer form: int8 or uint8 throughout with a 32-bit bias, or int16 with int8 weights and a 64-bit one
/// (linearsum.h). `bias` already holds -inputZeroPoint * (sum of the filter), so that a tap outside of the image counts
/// as inputZeroPoint.
template <class T, class Weight, class Bias>
void conv2dQuantized(const ConvolutionLayer &layer, const T *input, const Weight *filter, const Bias *bias,
                     const int32_t *multiplier, const int8_t *shift, T *output)
{
    const int taps = layer.filterHeight * layer.filterWidth * layer.inputChannels;
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::forEachPixel(layer, input, [&](const T *image, int top, int left) {
            detail::forEachBlock(layer.outputChannels, [&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                const auto weights = weightsFrom(filter, first * taps);
                uint32_t sums[n];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] = detail::firstSum(bias[first + i]);
                detail::forEachRun(
                    layer, image, top, left,
                    [&](const T *x, int w, int length) {
                        for (int k = 0; k < length; ++k) {
                            const int32_t value = x[k];
#pragma GCC unroll 4
                            for (int i = 0; i < n; ++i)
                                sums[i] += uint32_t(value * (weights[i * taps + w + k] - layer.filterZeroPoint));
                        }
                    },
                    [&](int w, int length) {
                        if (layer.inputZeroPoint == 0)
                            return;
                        for (int k = 0; k < length; ++k) {
#pragma GCC unroll 4
                            for (int i = 0; i < n; ++i)
                                sums[i] += uint32_t(layer.inputZeroPoint *
                                                    (weights[i * taps + w + k] - layer.filterZeroPoint));
                        }
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
inline void conv2dInt4(const ConvolutionLayer &layer, const int8_t *input, const Int4Pair *filter, const int32_t *bias,
                       const int32_t *multiplier, const int8_t *shift, int8_t *output)
{
    conv2dQuantized(layer, input, filter, bias, multiplier, shift, output);
}

/// The int8 form over clustered weights.
inline void conv2dClusteredQuantized(const ConvolutionLayer &layer, const int8_t *input, const int32_t *filter,
                                     const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                     int8_t *output)
{
    conv2dQuantized(layer, input, reinterpret_cast<const ClusteredTable<int8_t> *>(filter), bias, multiplier, shift,
                    output);
}

/// The int8 form over weights in groups.
inline void conv2dGroupedQuantized(const ConvolutionLayer &layer, const int8_t *input, const int32_t *filter,
                                   const int32_t *bias, const int32_t *multiplier, const int8_t *shift, int8_t *output)
{
    conv2dQuantized(layer, input, reinterpret_cast<const GroupedTable *>(filter), bias, multiplier, shift, output);
}

namespace detail {

/// `n` neighbouring outputs of one pixel; `weights` a row of taps for each.
template <int n, class Weight, class Bias>
inline void convolvePixel(const ConvolutionLayer &layer, const float *image, int top, int left, const Weight *weights,
                          int taps, const Bias *bias, float *output)
{
    float sums[n] = {};
    forEachRun(
        layer, image, top, left,
        [&](const float *x, int w, int length) {
            for (int k = 0; k < length; ++k) {
                const float value = x[k];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] = fma(value, toFloat(weights[i * taps + w + k]), sums[i]);
            }
        },
        [](int, int) {});
    float totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
    for (int i = 0; i < n; ++i)
        totals[i] = sums[i];
    for (int i = 0; i < n; ++i)
        output[i] = activate(layer.activation, totals[i] + (layer.hasBias ? toFloat(bias[i]) : 0.0f));
}

} // namespace detail

/// Float form. Weights and biases are float or Half.
template <class Weight, class Bias>
void conv2dFloat(const ConvolutionLayer &layer, const float *input, const Weight *filter, const Bias *bias,
                 float *output)
{
    const int taps = layer.filterHeight * layer.filterWidth * layer.inputChannels;
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::forEachPixel(layer, input, [&](const float *image, int top, int left) {
            detail::forEachBlock(layer.outputChannels, [&](int first, auto count) {
                constexpr int n = decltype(count)::value;
                detail::convolvePixel<n>(layer, image, top, left, filter + first * taps, taps, bias + first, output);
                output += n;
            });
        });
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// Float form over clustered weights. Those of four output channels are unpacked into `scratch`, a row of taps for
/// each, and then meet eight pixels.
template <class Bias>
void conv2dClusteredFloat(const ConvolutionLayer &layer, const float *input, const int32_t *filter, const Bias *bias,
                          float *scratch, float *output)
{
    const int taps = layer.filterHeight * layer.filterWidth * layer.inputChannels, depth = layer.outputChannels;
    const int pixels = layer.outputHeight * layer.outputWidth;
    for (int batch = 0; batch < layer.batches; ++batch) {
        int firstY = 0, firstX = 0;
        for (int done = 0; done < pixels; done += clusteredPixels) {
            const int count = pixels - done < clusteredPixels ? pixels - done : clusteredPixels;
            int oy = firstY, ox = firstX;
            ClusteredReader<float> reader(filter);
            detail::forEachBlock(depth, [&](int first, auto block) {
                constexpr int n = decltype(block)::value;
                for (float *to = scratch, *const end = scratch + n * taps; to != end; ++to)
                    *to = reader.next();
                oy = firstY;
                ox = firstX;
                for (int i = 0; i < count; ++i) {
                    detail::convolvePixel<n>(
                        layer, input, oy * layer.strideHeight - layer.padTop, ox * layer.strideWidth - layer.padLeft,
                        static_cast<const float *>(scratch), taps, bias + first, output + i * depth + first);
                    if (++ox == layer.outputWidth) {
                        ox = 0;
                        ++oy;
                    }
                }
            });
            firstY = oy;
            firstX = ox;
            output += count * depth;
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

} // namespace rt
} // namespace espalier
