// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/floatmath.h>
#include <espalier/layers.h>
#include <espalier/scalar.h>

/// Operators on single values. Input and output may be the same memory where their types are equal. From one 8-bit type
/// to another they are tables (lookup.h) instead.
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

/// QUANTIZE between integer types, RELU and RELU6 of int16.
template <class T, class U>
void requantizeElements(const RequantizeLayer &layer, const T *input, U *output)
{
    const RequantizeParameters p = {
        layer.zeroIn, layer.zeroOut, {layer.multiplier, layer.shift}, layer.low, layer.high};
    for (int i = 0; i < layer.elements; ++i)
        output[i] = U(requantize(input[i], p));
}

/// LEAKY_RELU of int16.
template <class T>
void leakyReluQuantized(const LeakyReluQuantizedLayer &layer, const T *input, T *output)
{
    const LeakyReluParameters p = {layer.zeroIn,
                                   layer.zeroOut,
                                   {layer.multiplier1, layer.shift1},
                                   {layer.multiplier2, layer.shift2},
                                   layer.negativeSlope != 0,
                                   layer.low,
                                   layer.high};
    for (int i = 0; i < layer.elements; ++i)
        output[i] = T(leakyRelu(input[i], p));
}

} // namespace rt
} // namespace espalier
