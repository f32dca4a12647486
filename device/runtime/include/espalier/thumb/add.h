// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/layers.h>
#include <espalier/thumb/requantize.h>

/// ADD of two int8 tensors of the same shape; either may be the output's memory. What each of the 256 values of an
/// input adds is computed once, into scratch memory: two multiplications less for each element.
namespace espalier {
namespace rt {
namespace thumb {

/// `scratch`: 512 words.
inline void add(const ThumbAddLayer &given, const int8_t *a, const int8_t *b, int32_t *scratch, int8_t *output)
{
    const ThumbAddLayer layer = given; // the output may alias nothing of it
    for (int i = 0; i < 256; ++i) {
        const int32_t x = int8_t(i);
        scratch[i] = addTerm(x, layer.zero1, layer.leftShift, {layer.multiplier1, layer.shift1});
        scratch[256 + i] = addTerm(x, layer.zero2, layer.leftShift, {layer.multiplier2, layer.shift2});
    }
    const Channel result = {0, layer.multiplierOut, layer.roundingOut, layer.rightOut};
    for (const int8_t *const end = a + layer.elements; a != end; ++a, ++b, ++output) {
        const int32_t sum = scratch[uint8_t(*a)] + scratch[256 + uint8_t(*b)];
        *output = int8_t(clamp(requantize(sum, result), layer.outputMin, layer.outputMax));
    }
}

} // namespace thumb
} // namespace rt
} // namespace espalier
