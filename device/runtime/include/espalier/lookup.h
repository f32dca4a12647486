// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/layers.h>

#include <stdint.h>

/// An operator from one 8-bit value to another (LOGISTIC, TANH, HARD_SWISH, LEAKY_RELU, RELU, requantization, …) is a
/// table of 256 results, computed on the host. T and U are int8_t or uint8_t; the table is in the order of the input's
/// bit patterns. Input and output may be the same memory.
namespace espalier {
namespace rt {

template <class T, class U>
void lookup(const ElementsLayer &layer, const T *input, const U *table, U *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = table[uint8_t(input[i])];
}

} // namespace rt
} // namespace espalier
