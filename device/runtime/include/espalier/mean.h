// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/layers.h>

/// MEAN.
namespace espalier {
namespace rt {

namespace detail {

template <class Sum, class T>
inline Sum sumOver(const MeanLayer &layer, const T *from)
{
    Sum sum = 0;
    for (int r0 = 0; r0 < layer.r0; ++r0)
        for (int r1 = 0; r1 < layer.r1; ++r1)
            for (int r2 = 0; r2 < layer.r2; ++r2)
                for (int r3 = 0; r3 < layer.r3; ++r3)
                    sum += Sum(from[r0 * layer.rs0 + r1 * layer.rs1 + r2 * layer.rs2 + r3 * layer.rs3]);
    return sum;
}

template <class T, class Body>
inline void forEachKept(const MeanLayer &layer, const T *input, Body body)
{
    for (int k0 = 0; k0 < layer.k0; ++k0)
        for (int k1 = 0; k1 < layer.k1; ++k1)
            for (int k2 = 0; k2 < layer.k2; ++k2)
                for (int k3 = 0; k3 < layer.k3; ++k3)
                    body(input + (k0 * layer.ks0 + k1 * layer.ks1 + k2 * layer.ks2 + k3 * layer.ks3));
}

} // namespace detail

template <class T>
void meanQuantized(const MeanLayer &layer, const T *input, T *output)
{
    const RequantizeParameters p = {
        layer.zeroIn, layer.zeroOut, {layer.multiplier, layer.shift}, layer.low, layer.high};
    detail::forEachKept(layer, input, [&](const T *from) {
        *output++ = T(requantize(int32_t(detail::sumOver<uint32_t>(layer, from)), p));
    });
}

inline void meanFloat(const MeanLayer &layer, const float *input, float *output)
{
    detail::forEachKept(
        layer, input, [&](const float *from) { *output++ = detail::sumOver<float>(layer, from) / float(layer.count); });
}

} // namespace rt
} // namespace espalier
