// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/layers.h>

/// All that only moves values: TRANSPOSE, SLICE, STRIDED_SLICE, SPLIT, CONCATENATION, PACK, UNPACK, PAD, and a constant
/// or input handed on as an output.
namespace espalier {
namespace rt {

/// Copies a block of up to five dimensions between two tensors.
template <class T>
void copyBlock(const CopyLayer &layer, const T *source, T *target)
{
    for (int i0 = 0; i0 < layer.n0; ++i0) {
        for (int i1 = 0; i1 < layer.n1; ++i1) {
            for (int i2 = 0; i2 < layer.n2; ++i2) {
                for (int i3 = 0; i3 < layer.n3; ++i3) {
                    const T *from = source + (layer.fromStart + i0 * layer.from0 + i1 * layer.from1 + i2 * layer.from2 +
                                              i3 * layer.from3);
                    T *to =
                        target + (layer.toStart + i0 * layer.to0 + i1 * layer.to1 + i2 * layer.to2 + i3 * layer.to3);
                    for (int i4 = 0; i4 < layer.n4; ++i4)
                        to[i4 * layer.to4] = from[i4 * layer.from4];
                }
            }
        }
    }
}

/// Fills a tensor with one value: what PAD puts around the input.
template <class Fill, class T>
void fill(const Fill &layer, T *target)
{
    for (int i = 0; i < layer.elements; ++i)
        target[i] = T(layer.value);
}

} // namespace rt
} // namespace espalier
