// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/layers.h>

/// Dense layers whose inputs are no multiple of four, for kernels that read them by the word: each row is copied to
/// scratch memory, with zeros behind it, where the weights are zero too.
namespace espalier {
namespace rt {
namespace detail {

/// Calls multiply(layer of one row, its inputs, its outputs) for every row.
template <class T, class Multiply>
inline void forPaddedRows(const FullyConnectedLayer &given, const T *input, T *scratch, T *output, Multiply multiply)
{
    FullyConnectedLayer layer = given;
    layer.rows = 1;
    layer.inputs = (given.inputs + 3) & ~3;
    for (int k = given.inputs; k < layer.inputs; ++k)
        scratch[k] = 0;
    for (int row = 0; row < given.rows; ++row, input += given.inputs, output += given.outputs) {
        for (int k = 0; k < given.inputs; ++k)
            scratch[k] = input[k];
        multiply(layer, scratch, output);
    }
}

} // namespace detail
} // namespace rt
} // namespace espalier
