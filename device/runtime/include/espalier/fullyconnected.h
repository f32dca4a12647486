// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/scalar.h>
#include <espalier/window.h>

/// FULLY_CONNECTED. Input [rows, inputs], weights [outputs, inputs], output [rows, outputs]; Layer names these extents.
namespace espalier::rt {

/// Integer form; `bias` holds -inputZeroPoint * (sum of the row of weights) already. Layer also has filterZeroPoint,
/// outputZeroPoint, outputMin, outputMax, perChannel.
template <class Layer, class T>
void fullyConnectedQuantized(const T *input, const T *weights, const int32_t *bias, const int32_t *multiplier,
                             const int8_t *shift, T *output)
{
    for (int row = 0; row < Layer::rows; ++row) {
        detail::forEachBlock<Layer::outputs>([&](int first, auto count) {
            constexpr int n = decltype(count)::value;
            const T *weight = weights + first * Layer::inputs;
            uint32_t sums[n];
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i)
                sums[i] = uint32_t(bias[first + i]);
            for (int k = 0; k < Layer::inputs; ++k) {
                const int32_t value = input[k];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] += uint32_t(value * (weight[i * Layer::inputs + k] - Layer::filterZeroPoint));
            }
            uint32_t totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i)
                totals[i] = sums[i];
            for (int i = 0; i < n; ++i) {
                const int q = Layer::perChannel ? first + i : 0;
                const int32_t scaled = multiplyByQuantizedMultiplier(int32_t(totals[i]), multiplier[q], shift[q]);
                *output++ = T(clamp(wrappingAdd(scaled, Layer::outputZeroPoint), Layer::outputMin, Layer::outputMax));
            }
        });
        input += Layer::inputs;
    }
}

/// Float form. Weights and biases are float or Half. Layer also has hasBias and activation.
template <class Layer, class Weight, class Bias>
void fullyConnectedFloat(const float *input, const Weight *weights, const Bias *bias, float *output)
{
    for (int row = 0; row < Layer::rows; ++row) {
        detail::forEachBlock<Layer::outputs>([&](int first, auto count) {
            constexpr int n = decltype(count)::value;
            const Weight *weight = weights + first * Layer::inputs;
            float sums[n] = {};
            for (int k = 0; k < Layer::inputs; ++k) {
                const float value = input[k];
#pragma GCC unroll 4
                for (int i = 0; i < n; ++i)
                    sums[i] = fma(value, toFloat(weight[i * Layer::inputs + k]), sums[i]);
            }
            float totals[n]; // the sums stay in registers: no index of theirs varies
#pragma GCC unroll 4
            for (int i = 0; i < n; ++i)
                totals[i] = sums[i];
            for (int i = 0; i < n; ++i)
                *output++ = activate<Layer::activation>(totals[i] + (Layer::hasBias ? toFloat(bias[first + i]) : 0.0f));
        });
        input += Layer::inputs;
    }
}

} // namespace espalier::rt
