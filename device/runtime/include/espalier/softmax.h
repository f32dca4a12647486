// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/floatmath.h>
#include <espalier/layers.h>

/// SOFTMAX over the last dimension. Input and output may be the same memory.
namespace espalier {
namespace rt {

template <class T, class U>
void softmaxQuantized(const SoftmaxLayer &layer, const T *input, U *output)
{
    const SoftmaxParameters p = {{layer.multiplier, layer.shift}, layer.lowestDifference};
    for (int row = 0; row < layer.rows; ++row) {
        int32_t most = input[0];
        for (int i = 1; i < layer.depth; ++i)
            most = input[i] > most ? input[i] : most;
        int32_t sum = 0;
        for (int i = 0; i < layer.depth; ++i)
            sum = wrappingAdd(sum, softmaxSummand(softmaxExp(input[i] - most, p)));
        int bitsOverUnit = 0;
        const int32_t inverse = reciprocal(sum, 12, bitsOverUnit);
        for (int i = 0; i < layer.depth; ++i)
            output[i] =
                U(softmaxResult(softmaxExp(input[i] - most, p), inverse, bitsOverUnit, 8 * int(sizeof(U)), layer.low));
        input += layer.depth;
        output += layer.depth;
    }
}

inline void softmaxFloat(const SoftmaxFloatLayer &layer, const float *input, float *output)
{
    for (int row = 0; row < layer.rows; ++row) {
        float most = -3.402823466e+38f;
        for (int i = 0; i < layer.depth; ++i)
            most = input[i] > most ? input[i] : most;
        float sum = 0;
        for (int i = 0; i < layer.depth; ++i) {
            output[i] = exp((input[i] - most) * layer.beta);
            sum += output[i];
        }
        for (int i = 0; i < layer.depth; ++i)
            output[i] = output[i] / sum;
        input += layer.depth;
        output += layer.depth;
    }
}

} // namespace rt
} // namespace espalier
