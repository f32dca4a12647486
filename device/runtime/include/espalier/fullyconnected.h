// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/clustered.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/grouped.h>
#include <espalier/layers.h>
#include <espalier/linearsum.h>
#include <espalier/scalar.h>
#include <espalier/window.h>

/// FULLY_CONNECTED. Input [rows, inputs], weights [outputs, inputs], output [rows, outputs].
namespace espalier {
namespace rt {

/// Integer form, of the types of conv2dQuantized(); `bias` holds -inputZeroPoint * (sum of the row of weights) already.
template <class T, class Weight, class Bias>
void fullyConnectedQuantized(const FullyConnectedLayer &layer, const T *input, const Weight *weights, const Bias *bias,
                             const int32_t *multiplier, const int8_t *shift, T *output)
{
    for (int row = 0; row < layer.rows; ++row) {
        detail::forEachBlock(layer.outputs, [&](int first, auto count) {
            constexpr int n = decltype(count)::value;
            const auto weight = weightsFrom(weights, first * layer.inputs);
            uint32_t sums[n];
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i)
                sums[i] = detail::firstSum(bias[first + i]);
            for (int k = 0; k < layer.inputs; ++k) {
                const int32_t value = input[k];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] += uint32_t(value * (weight[i * layer.inputs + k] - layer.filterZeroPoint));
            }
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
        input += layer.inputs;
    }
}

/// The int8 form over int4 weights, which are unpacked as they are read.
inline void fullyConnectedInt4(const FullyConnectedLayer &layer, const int8_t *input, const Int4Pair *weights,
                               const int32_t *bias, const int32_t *multiplier, const int8_t *shift, int8_t *output)
{
    fullyConnectedQuantized(layer, input, weights, bias, multiplier, shift, output);
}

/// The int8 form over clustered weights.
inline void fullyConnectedClusteredQuantized(const FullyConnectedLayer &layer, const int8_t *input,
                                             const int32_t *weights, const int32_t *bias, const int32_t *multiplier,
                                             const int8_t *shift, int8_t *output)
{
    fullyConnectedQuantized(layer, input, reinterpret_cast<const ClusteredTable<int8_t> *>(weights), bias, multiplier,
                            shift, output);
}

/// The int8 form over weights in groups.
inline void fullyConnectedGroupedQuantized(const FullyConnectedLayer &layer, const int8_t *input,
                                           const int32_t *weights, const int32_t *bias, const int32_t *multiplier,
                                           const int8_t *shift, int8_t *output)
{
    fullyConnectedQuantized(layer, input, reinterpret_cast<const GroupedTable *>(weights), bias, multiplier, shift,
                            output);
}

/// Float form. Weights and biases are float or Half.
template <class Weight, class Bias>
void fullyConnectedFloat(const FullyConnectedLayer &layer, const float *input, const Weight *weights, const Bias *bias,
                         float *output)
{
    for (int row = 0; row < layer.rows; ++row) {
        detail::forEachBlock(layer.outputs, [&](int first, auto count) {
            constexpr int n = decltype(count)::value;
            const Weight *weight = weights + first * layer.inputs;
            float sums[n] = {};
            for (int k = 0; k < layer.inputs; ++k) {
                const float value = input[k];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] = fma(value, toFloat(weight[i * layer.inputs + k]), sums[i]);
            }
            float totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i)
                totals[i] = sums[i];
            for (int i = 0; i < n; ++i)
                *output++ = activate(layer.activation, totals[i] + (layer.hasBias ? toFloat(bias[first + i]) : 0.0f));
        });
        input += layer.inputs;
    }
}

/// Float form over clustered weights, of which four rows of 32 are unpacked at a time: 512 bytes of stack.
template <class Bias>
void fullyConnectedClusteredFloat(const FullyConnectedLayer &layer, const float *input, const int32_t *weights,
                                  const Bias *bias, float *output)
{
    constexpr int inputsAtOnce = 32;
    for (int row = 0; row < layer.rows; ++row) {
        detail::forEachBlock(layer.outputs, [&](int first, auto count) {
            constexpr int n = decltype(count)::value;
            float unpacked[n * inputsAtOnce], sums[n] = {};
            for (int done = 0; done < layer.inputs; done += inputsAtOnce) {
                const int left = layer.inputs - done, inputs = left < inputsAtOnce ? left : inputsAtOnce;
                for (int i = 0; i < n; ++i) {
                    ClusteredReader<float> reader(weights, (first + i) * layer.inputs + done);
                    for (int k = 0; k < inputs; ++k)
                        unpacked[i * inputsAtOnce + k] = reader.next();
                }
                for (int k = 0; k < inputs; ++k) {
                    const float value = input[done + k];
#pragma GCC unroll 4
                    for (int i = 0; i < n; ++i)
                        sums[i] = fma(value, unpacked[i * inputsAtOnce + k], sums[i]);
                }
            }
            for (int i = 0; i < n; ++i)
                *output++ = activate(layer.activation, sums[i] + (layer.hasBias ? toFloat(bias[first + i]) : 0.0f));
        });
        input += layer.inputs;
    }
}

} // namespace rt
} // namespace espalier
