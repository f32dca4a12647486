// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/layers.h>
#include <espalier/scalar.h>

/// ADD, SUB, MUL, MAXIMUM, MINIMUM and PRELU: two inputs, of which either may be broadcast; the other may be the
/// output's memory.
namespace espalier {
namespace rt {

namespace detail {

template <class Layer, class T, class Combine>
inline void forEachPair(const Layer &layer, const T *a, const T *b, T *output, Combine combine)
{
    for (int i0 = 0; i0 < layer.n0; ++i0)
        for (int i1 = 0; i1 < layer.n1; ++i1)
            for (int i2 = 0; i2 < layer.n2; ++i2)
                for (int i3 = 0; i3 < layer.n3; ++i3) {
                    const T *x = a + (i0 * layer.a0 + i1 * layer.a1 + i2 * layer.a2 + i3 * layer.a3);
                    const T *y = b + (i0 * layer.b0 + i1 * layer.b1 + i2 * layer.b2 + i3 * layer.b3);
                    for (int i4 = 0; i4 < layer.n4; ++i4)
                        *output++ = combine(x[i4 * layer.a4], y[i4 * layer.b4]);
                }
}

inline AddParameters addParameters(const AddLayer &layer)
{
    return {layer.zero1,
            layer.zero2,
            layer.zeroOut,
            layer.leftShift,
            {layer.multiplier1, layer.shift1},
            {layer.multiplier2, layer.shift2},
            {layer.multiplierOut, layer.shiftOut},
            layer.low,
            layer.high};
}

} // namespace detail

template <class T>
void addQuantized(const AddLayer &layer, const T *a, const T *b, T *output)
{
    const AddParameters p = detail::addParameters(layer);
    detail::forEachPair(layer, a, b, output, [&](T x, T y) { return T(add(x, y, p)); });
}

template <class T>
void subtractQuantized(const AddLayer &layer, const T *a, const T *b, T *output)
{
    const AddParameters p = detail::addParameters(layer);
    detail::forEachPair(layer, a, b, output, [&](T x, T y) { return T(subtract(x, y, p)); });
}

template <class T>
void multiplyQuantized(const MultiplyLayer &layer, const T *a, const T *b, T *output)
{
    const MultiplyParameters p = {layer.zero1, layer.zero2, layer.zeroOut, {layer.multiplier, layer.shift},
                                  layer.low,   layer.high};
    detail::forEachPair(layer, a, b, output, [&](T x, T y) { return T(multiply(x, y, p)); });
}

/// `b` is the slope.
template <class T>
void preluQuantized(const PreluLayer &layer, const T *a, const T *b, T *output)
{
    const PreluParameters p = {
        layer.zero1, layer.zero2, layer.zeroOut, {layer.multiplier1, layer.shift1}, {layer.multiplier2, layer.shift2},
        layer.low,   layer.high};
    detail::forEachPair(layer, a, b, output, [&](T x, T y) { return T(prelu(x, y, p)); });
}

inline void addFloat(const PairLayer &layer, const float *a, const float *b, float *output)
{
    detail::forEachPair(layer, a, b, output, [&](float x, float y) { return activate(layer.activation, x + y); });
}

inline void subtractFloat(const PairLayer &layer, const float *a, const float *b, float *output)
{
    detail::forEachPair(layer, a, b, output, [&](float x, float y) { return activate(layer.activation, x - y); });
}

inline void multiplyFloat(const PairLayer &layer, const float *a, const float *b, float *output)
{
    detail::forEachPair(layer, a, b, output, [&](float x, float y) { return activate(layer.activation, x * y); });
}

/// `b` is the slope.
inline void preluFloat(const PairLayer &layer, const float *a, const float *b, float *output)
{
    detail::forEachPair(layer, a, b, output, [&](float x, float y) { return x >= 0.0f ? x : x * y; });
}

template <class T>
void maximum(const PairLayer &layer, const T *a, const T *b, T *output)
{
    detail::forEachPair(layer, a, b, output, [&](T x, T y) { return x > y ? x : y; });
}

template <class T>
void minimum(const PairLayer &layer, const T *a, const T *b, T *output)
{
    detail::forEachPair(layer, a, b, output, [&](T x, T y) { return x < y ? x : y; });
}

} // namespace rt
} // namespace espalier
