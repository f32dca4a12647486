// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/floatmath.h>

/// SOFTMAX over the last dimension: Layer::rows rows of Layer::depth values. Input and output may be the same memory.
namespace espalier::rt {

/// Layer also has multiplier, shift, lowestDifference and low, the output type's lowest value.
template <class Layer, class T, class U>
void softmaxQuantized(const T *input, U *output)
{
    constexpr SoftmaxParameters p = {{Layer::multiplier, Layer::shift}, Layer::lowestDifference};
    for (int row = 0; row < Layer::rows; ++row) {
        int32_t most = input[0];
        for (int i = 1; i < Layer::depth; ++i)
            most = input[i] > most ? input[i] : most;
        int32_t sum = 0;
        for (int i = 0; i < Layer::depth; ++i)
            sum = wrappingAdd(sum, softmaxSummand(softmaxExp(input[i] - most, p)));
        int bitsOverUnit = 0;
        const int32_t inverse = reciprocal(sum, 12, bitsOverUnit);
        for (int i = 0; i < Layer::depth; ++i)
            output[i] =
                U(softmaxResult(softmaxExp(input[i] - most, p), inverse, bitsOverUnit, 8 * int(sizeof(U)), Layer::low));
        input += Layer::depth;
        output += Layer::depth;
    }
}

/// Layer also has beta.
template <class Layer>
void softmaxFloat(const float *input, float *output)
{
    for (int row = 0; row < Layer::rows; ++row) {
        float most = -3.402823466e+38f;
        for (int i = 0; i < Layer::depth; ++i)
            most = input[i] > most ? input[i] : most;
        float sum = 0;
        for (int i = 0; i < Layer::depth; ++i) {
            output[i] = exp((input[i] - most) * Layer::beta);
            sum += output[i];
        }
        for (int i = 0; i < Layer::depth; ++i)
            output[i] = output[i] / sum;
        input += Layer::depth;
        output += Layer::depth;
    }
}

} // namespace espalier::rt
