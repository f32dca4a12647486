// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>

/// MEAN over some of up to five dimensions. Layer: extents k0..k3 of the dimensions that stay and r0..r3 of those that
/// are averaged (outermost first, merged where that changes nothing), their strides ks0..ks3 and rs0..rs3 in the input.
namespace espalier::rt {

namespace detail {

template <class Layer, class Sum, class T>
inline Sum sumOver(const T *from)
{
    Sum sum = 0;
    for (int r0 = 0; r0 < Layer::r0; ++r0)
        for (int r1 = 0; r1 < Layer::r1; ++r1)
            for (int r2 = 0; r2 < Layer::r2; ++r2)
                for (int r3 = 0; r3 < Layer::r3; ++r3)
                    sum += Sum(from[r0 * Layer::rs0 + r1 * Layer::rs1 + r2 * Layer::rs2 + r3 * Layer::rs3]);
    return sum;
}

template <class Layer, class T, class Body>
inline void forEachKept(const T *input, Body body)
{
    for (int k0 = 0; k0 < Layer::k0; ++k0)
        for (int k1 = 0; k1 < Layer::k1; ++k1)
            for (int k2 = 0; k2 < Layer::k2; ++k2)
                for (int k3 = 0; k3 < Layer::k3; ++k3)
                    body(input + (k0 * Layer::ks0 + k1 * Layer::ks1 + k2 * Layer::ks2 + k3 * Layer::ks3));
}

} // namespace detail

/// Layer also has zeroIn (times the count), zeroOut, multiplier, shift, low, high.
template <class Layer, class T>
void meanQuantized(const T *input, T *output)
{
    static constexpr RequantizeParameters p = {
        Layer::zeroIn, Layer::zeroOut, {Layer::multiplier, Layer::shift}, Layer::low, Layer::high};
    detail::forEachKept<Layer>(
        input, [&](const T *from) { *output++ = T(requantize(int32_t(detail::sumOver<Layer, uint32_t>(from)), p)); });
}

/// Layer also has count.
template <class Layer>
void meanFloat(const float *input, float *output)
{
    detail::forEachKept<Layer>(
        input, [&](const float *from) { *output++ = detail::sumOver<Layer, float>(from) / float(Layer::count); });
}

} // namespace espalier::rt
