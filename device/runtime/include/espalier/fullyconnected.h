// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/fusedmultiplyadd.h>
#include <espalier/scalar.h>

/// FULLY_CONNECTED. Input [rows, inputs], weights [outputs, inputs], output [rows, outputs]; Layer names these extents.
namespace espalier::rt {

/// Integer form; `bias` holds -inputZeroPoint * (sum of the row of weights) already. Layer also has filterZeroPoint,
/// outputZeroPoint, outputMin, outputMax, perChannel.
template <class Layer, class T>
void fullyConnectedQuantized(const T *input, const T *weights, const int32_t *bias, const int32_t *multiplier,
                             const int8_t *shift, T *output)
{
    for (int row = 0; row < Layer::rows; ++row) {
        const T *weight = weights;
        for (int o = 0; o < Layer::outputs; ++o) {
            uint32_t sum = uint32_t(bias[o]);
            for (int i = 0; i < Layer::inputs; ++i)
                sum += uint32_t(input[i] * (weight[i] - Layer::filterZeroPoint));
            weight += Layer::inputs;
            const int q = Layer::perChannel ? o : 0;
            const int32_t scaled = multiplyByQuantizedMultiplier(int32_t(sum), multiplier[q], shift[q]);
            *output++ = T(clamp(wrappingAdd(scaled, Layer::outputZeroPoint), Layer::outputMin, Layer::outputMax));
        }
        input += Layer::inputs;
    }
}

/// Float form. Weights and biases are float or Half. Layer also has hasBias and activation.
template <class Layer, class Weight, class Bias>
void fullyConnectedFloat(const float *input, const Weight *weights, const Bias *bias, float *output)
{
    for (int row = 0; row < Layer::rows; ++row) {
        const Weight *weight = weights;
        for (int o = 0; o < Layer::outputs; ++o) {
            float sum = 0;
            for (int i = 0; i < Layer::inputs; ++i)
                sum = fma(input[i], toFloat(weight[i]), sum);
            weight += Layer::inputs;
            *output++ = activate<Layer::activation>(sum + (Layer::hasBias ? toFloat(bias[o]) : 0.0f));
        }
        input += Layer::inputs;
    }
}

} // namespace espalier::rt
