// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/floatmath.h>
#include <espalier/layers.h>
#include <espalier/scalar.h>

/// Operators on single values. Input and output may be the same memory where their types are equal;
/// the 8-bit forms are tables (lookup.h).
namespace espalier {
namespace rt {

inline void logisticFloat(const ElementsLayer &layer, const float *input, float *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = logistic(input[i]);
}

inline void tanhFloat(const ElementsLayer &layer, const float *input, float *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = tanh(input[i]);
}

/// RELU and RELU6.
inline void reluFloat(const ActivationLayer &layer, const float *input, float *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = activate(layer.activation, input[i]);
}

inline void leakyReluFloat(const LeakyReluLayer &layer, const float *input, float *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = input[i] > 0.0f ? input[i] : input[i] * layer.alpha;
}

inline void hardSwishFloat(const ElementsLayer &layer, const float *input, float *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = input[i] * activate(relu6, input[i] + 3.0f) / 6.0f;
}

/// QUANTIZE from float: round(x / scale) + zeroPoint, ties away from zero, clamped to low..high.
template <class T>
void quantizeFloat(const QuantizeLayer &layer, const float *input, T *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = T(clamp(roundToInt(input[i] / layer.scale) + layer.zeroPoint, layer.low, layer.high));
}

/// DEQUANTIZE to float: scale * (q - zeroPoint).
template <class T>
void dequantize(const DequantizeLayer &layer, const T *input, float *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = layer.scale * float(input[i] - layer.zeroPoint);
}

} // namespace rt
} // namespace espalier
