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

/// Float outputs of one window's pixels, channel after channel. Weights and biases are float or Half.
template <class Weight, class Bias>
struct FloatOutputs
{
    const ConvolutionLayer &layer;
    const float *image;
    Window window;         ///< of one pixel or two
    int taps;              ///< in a row of weights
    const Weight *weights; ///< and what follows: of the next channel
    const Bias *bias;
    float *output;

    /// Makes `channels` of them, but for the upper limit that some activations have.
    void add(int channels)
    {
        if (window.pixels == 2)
            addBlocks<2>(channels);
        else
            addBlocks<1>(channels);
    }

private:
    /// In blocks of four and three, since one channel alone costs most.
    template <int pixels>
    void addBlocks(int channels)
    {
        const int rest = channels & 3, threes = rest == 3 ? 1 : rest == 2 && channels > 2 ? 2 : 0;
        const int others = channels - 3 * threes;
        if (others >= 4)
            add<pixels, 4>(others >> 2);
        if (threes != 0)
            add<pixels, 3>(threes);
        if ((others & 3) != 0)
            add<pixels, 1>(others & 3);
    }

    /// `blocks` times n channels; the sums of a block share what they load.
    template <int pixels, int n>
    __attribute__((noinline)) void add(int blocks)
    {
        const int run = window.run, apart = layer.strideWidth * layer.inputChannels;
        const float low = layer.activation == reluN1To1 ? -1.0f : 0.0f;
        const Weight *first = weights + window.rowsAbove * layer.filterWidth * layer.inputChannels + window.before;
        const Bias *offset = bias;
        float *to = output;
        weights += blocks * n * taps;
        bias += blocks * n;
        output += blocks * n;
        do {
            float sums[n][pixels] = {};
            const float *x = image + window.first;
            const Weight *w = first;
            int left = window.runs;
            for (int runs = window.rows * window.runs; runs != 0; --runs) {
                const float *const end = x + run;
                do {
                    const float values[] = {x[0], x[pixels == 2 ? apart : 0]};
#pragma GCC unroll 4
                    for (int i = 0; i < n; ++i) {
                        const float weight = toFloat(w[i * taps]);
#pragma GCC unroll 2
                        for (int p = 0; p < pixels; ++p)
                            sums[i][p] = fma(values[p], weight, sums[i][p]);
                    }
                    ++x;
                    ++w;
                } while (x != end);
                x += pixels == 2 ? window.toNextRow : window.toNextRun; // two windows have neither gaps nor edges
                if (pixels == 1 && --left == 0) {
                    left = window.runs;
                    x += window.toNextRow;
                    w += window.weightsToNextRow;
                }
            }
            finish<pixels, n>(sums, offset, low, to);
            first += n * taps;
            offset += n;
            to += n;
        } while (--blocks != 0);
    }

    template <int pixels, int n>
    __attribute__((always_inline)) void finish(float (&sums)[n][pixels], const Bias *offsets, float low, float *to)
    {
        float offset[n] = {};
        if (layer.hasBias) {
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i)
                offset[i] = toFloat(offsets[i]);
        }
#pragma GCC unroll 4
        for (int i = 0; i < n; ++i) {
#pragma GCC unroll 2
            for (int p = 0; p < pixels; ++p)
                sums[i][p] += offset[i];
        }
        if (layer.activation != noActivation) {
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i) {
#pragma GCC unroll 2
                for (int p = 0; p < pixels; ++p)
                    sums[i][p] = sums[i][p] < low ? low : sums[i][p];
            }
        }
        float *const outputs[] = {to, to + layer.outputChannels};
#pragma GCC unroll 4
        for (int i = 0; i < n; ++i) {
#pragma GCC unroll 2
            for (int p = 0; p < pixels; ++p)
                outputs[p][i] = sums[i][p];
        }
    }
};

/// The upper limit, where the activation has one.
inline void limitAbove(const ConvolutionLayer &layer, float *x, int count)
{
    if (layer.activation <= relu)
        return;
    const float high = layer.activation == relu6 ? 6.0f : 1.0f;
    for (float *const end = x + count; x != end; ++x)
        *x = *x > high ? high : *x;
}

} // namespace detail

/// Float form. Two pixels side by side meet each weight that is loaded.
template <class Weight, class Bias>
void conv2dFloat(const ConvolutionLayer &layer, const float *input, const Weight *filter, const Bias *bias,
                 float *output)
{
    const int taps = layer.filterHeight * layer.filterWidth * layer.inputChannels, depth = layer.outputChannels;
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::Windows<2> windows(layer);
        for (int left = layer.outputHeight * layer.outputWidth; left > 0;) {
            detail::FloatOutputs<Weight, Bias> outputs = {layer, input, windows.next(left), taps, filter, bias, output};
            outputs.add(depth);
            const int pixels = outputs.window.pixels;
            detail::limitAbove(layer, output, pixels * depth);
            output += pixels * depth;
            left -= pixels;
        }
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
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::Windows<2> first(layer);
        for (int left = layer.outputHeight * layer.outputWidth; left > 0; left -= clusteredPixels) {
            const int pixels = left < clusteredPixels ? left : clusteredPixels;
            detail::Windows<2> windows = first;
            ClusteredReader<float> reader(filter);
            for (int channel = 0; channel < depth; channel += 4) {
                const int channels = depth - channel < 4 ? depth - channel : 4;
                for (float *to = scratch, *const end = scratch + channels * taps; to != end; ++to)
                    *to = reader.next();
                windows = first;
                for (int done = 0; done < pixels;) {
                    detail::FloatOutputs<float, Bias> outputs = {
                        layer,   input,          windows.next(pixels - done),     taps,
                        scratch, bias + channel, output + done * depth + channel,
                    };
                    outputs.add(channels);
                    done += outputs.window.pixels;
                }
            }
            first = windows;
            detail::limitAbove(layer, output, pixels * depth);
            output += pixels * depth;
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

} // namespace rt
} // namespace espalier
