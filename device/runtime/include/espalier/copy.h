// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

/// All that only moves values: TRANSPOSE, SLICE, STRIDED_SLICE, SPLIT, CONCATENATION, PACK, UNPACK, PAD, and a constant
/// or input handed on as an output.
namespace espalier::rt {

/// Copies a block of up to five dimensions between two tensors. Layer: extents n0..n4 (outermost first), strides of the
/// source from0..from4 and of the target to0..to4 in elements (may be negative), starts fromStart and toStart.
template <class Layer, class T>
void copyBlock(const T *source, T *target)
{
    for (int i0 = 0; i0 < Layer::n0; ++i0) {
        for (int i1 = 0; i1 < Layer::n1; ++i1) {
            for (int i2 = 0; i2 < Layer::n2; ++i2) {
                for (int i3 = 0; i3 < Layer::n3; ++i3) {
                    const T *from = source + (Layer::fromStart + i0 * Layer::from0 + i1 * Layer::from1 +
                                              i2 * Layer::from2 + i3 * Layer::from3);
                    T *to = target +
                            (Layer::toStart + i0 * Layer::to0 + i1 * Layer::to1 + i2 * Layer::to2 + i3 * Layer::to3);
                    for (int i4 = 0; i4 < Layer::n4; ++i4)
                        to[i4 * Layer::to4] = from[i4 * Layer::from4];
                }
            }
        }
    }
}

/// Fills Layer::elements values with one value: what PAD puts around the input.
template <class Layer, class T>
void fill(T *target)
{
    for (int i = 0; i < Layer::elements; ++i)
        target[i] = T(Layer::value);
}

} // namespace espalier::rt
