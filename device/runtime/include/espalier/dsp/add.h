// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/requantize.h>
#include <espalier/layers.h>

/// ADD of two int8 tensors of the same shape; either may be the output's memory. The reference kernel's three
/// multiplications with their roundings, 23 instructions for an element.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

/// (x - zero) lifted, scaled and rounded twice; `zero` is lifted already.
inline int32_t term(int32_t x, int32_t lift, int32_t zero, const Channel &scale)
{
    const int32_t scaled = roundingHighMultiply(int32_t(uint32_t(x) << lift) - zero, scale.multiplier);
    return (scaled + (scaled >> 31) + scale.rounding) >> scale.shift;
}

} // namespace detail

inline void add(const DspAddLayer &layer, const int8_t *a, const int8_t *b, int8_t *output)
{
    const Channel left = {0, layer.multiplier1, layer.rounding1, layer.right1};
    const Channel right = {0, layer.multiplier2, layer.rounding2, layer.right2};
    const Channel result = {0, layer.multiplierOut, layer.roundingOut, layer.rightOut};
    const int32_t lift1 = layer.lift1, lift2 = layer.lift2, zero1 = layer.zero1, zero2 = layer.zero2;
    int8_t *to = output;
    for (const int8_t *const end = a + layer.elements; a != end; ++a, ++b, ++to) {
        const int32_t sum = detail::term(*a, lift1, zero1, left) + detail::term(*b, lift2, zero2, right);
        *to = int8_t(requantize(int32_t(uint32_t(sum) << 1), result));
    }
    detail::clampOutputs(output, layer.elements, layer.outputMin, layer.outputMax);
}

} // namespace dsp
} // namespace rt
} // namespace espalier
