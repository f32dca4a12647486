// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/floatmath.h>
#include <espalier/scalar.h>

/// Operators on Layer::elements single values. Input and output may be the same memory where their types are equal;
/// the 8-bit forms are tables (lookup.h).
namespace espalier::rt {

template <class Layer>
void logisticFloat(const float *input, float *output)
{
    for (int i = 0; i < Layer::elements; ++i)
        output[i] = logistic(input[i]);
}

template <class Layer>
void tanhFloat(const float *input, float *output)
{
    for (int i = 0; i < Layer::elements; ++i)
        output[i] = tanh(input[i]);
}

/// RELU and RELU6: Layer::activation.
template <class Layer>
void reluFloat(const float *input, float *output)
{
    for (int i = 0; i < Layer::elements; ++i)
        output[i] = activate<Layer::activation>(input[i]);
}

template <class Layer>
void leakyReluFloat(const float *input, float *output)
{
    for (int i = 0; i < Layer::elements; ++i)
        output[i] = input[i] > 0.0f ? input[i] : input[i] * Layer::alpha;
}

template <class Layer>
void hardSwishFloat(const float *input, float *output)
{
    for (int i = 0; i < Layer::elements; ++i)
        output[i] = input[i] * activate<relu6>(input[i] + 3.0f) / 6.0f;
}

/// QUANTIZE from float: round(x / scale) + zeroPoint, ties away from zero, clamped to low..high.
template <class Layer, class T>
void quantizeFloat(const float *input, T *output)
{
    for (int i = 0; i < Layer::elements; ++i)
        output[i] = T(clamp(roundToInt(input[i] / Layer::scale) + Layer::zeroPoint, Layer::low, Layer::high));
}

/// DEQUANTIZE to float: scale * (q - zeroPoint).
template <class Layer, class T>
void dequantize(const T *input, float *output)
{
    for (int i = 0; i < Layer::elements; ++i)
        output[i] = Layer::scale * float(input[i] - Layer::zeroPoint);
}

} // namespace espalier::rt
