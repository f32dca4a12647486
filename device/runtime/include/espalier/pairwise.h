// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/elementwise.h>
#include <espalier/scalar.h>

/// ADD, SUB, MUL, MAXIMUM, MINIMUM and PRELU: two inputs, of which either may be broadcast. Layer: extents n0..n4 of
/// the output (outermost first, dimensions merged where that changes nothing), strides a0..a4 and b0..b4 of the inputs
/// in elements, 0 along a dimension that is broadcast. An input that is not broadcast may be the output's memory.
namespace espalier::rt {

namespace detail {

template <class Layer, class T, class Combine>
inline void forEachPair(const T *a, const T *b, T *output, Combine combine)
{
    for (int i0 = 0; i0 < Layer::n0; ++i0)
        for (int i1 = 0; i1 < Layer::n1; ++i1)
            for (int i2 = 0; i2 < Layer::n2; ++i2)
                for (int i3 = 0; i3 < Layer::n3; ++i3) {
                    const T *x = a + (i0 * Layer::a0 + i1 * Layer::a1 + i2 * Layer::a2 + i3 * Layer::a3);
                    const T *y = b + (i0 * Layer::b0 + i1 * Layer::b1 + i2 * Layer::b2 + i3 * Layer::b3);
                    for (int i4 = 0; i4 < Layer::n4; ++i4)
                        *output++ = combine(x[i4 * Layer::a4], y[i4 * Layer::b4]);
                }
}

template <class Layer>
constexpr AddParameters addParameters()
{
    return {Layer::zero1,
            Layer::zero2,
            Layer::zeroOut,
            Layer::leftShift,
            {Layer::multiplier1, Layer::shift1},
            {Layer::multiplier2, Layer::shift2},
            {Layer::multiplierOut, Layer::shiftOut},
            Layer::low,
            Layer::high};
}

} // namespace detail

template <class Layer, class T>
void addQuantized(const T *a, const T *b, T *output)
{
    static constexpr AddParameters p = detail::addParameters<Layer>();
    detail::forEachPair<Layer>(a, b, output, [](T x, T y) { return T(add(x, y, p)); });
}

template <class Layer, class T>
void subtractQuantized(const T *a, const T *b, T *output)
{
    static constexpr AddParameters p = detail::addParameters<Layer>();
    detail::forEachPair<Layer>(a, b, output, [](T x, T y) { return T(subtract(x, y, p)); });
}

template <class Layer, class T>
void multiplyQuantized(const T *a, const T *b, T *output)
{
    static constexpr MultiplyParameters p = {
        Layer::zero1, Layer::zero2, Layer::zeroOut, {Layer::multiplier, Layer::shift}, Layer::low, Layer::high};
    detail::forEachPair<Layer>(a, b, output, [](T x, T y) { return T(multiply(x, y, p)); });
}

/// `b` is the slope.
template <class Layer, class T>
void preluQuantized(const T *a, const T *b, T *output)
{
    static constexpr PreluParameters p = {Layer::zero1,
                                          Layer::zero2,
                                          Layer::zeroOut,
                                          {Layer::multiplier1, Layer::shift1},
                                          {Layer::multiplier2, Layer::shift2},
                                          Layer::low,
                                          Layer::high};
    detail::forEachPair<Layer>(a, b, output, [](T x, T y) { return T(prelu(x, y, p)); });
}

template <class Layer>
void addFloat(const float *a, const float *b, float *output)
{
    detail::forEachPair<Layer>(a, b, output, [](float x, float y) { return activate<Layer::activation>(x + y); });
}

template <class Layer>
void subtractFloat(const float *a, const float *b, float *output)
{
    detail::forEachPair<Layer>(a, b, output, [](float x, float y) { return activate<Layer::activation>(x - y); });
}

template <class Layer>
void multiplyFloat(const float *a, const float *b, float *output)
{
    detail::forEachPair<Layer>(a, b, output, [](float x, float y) { return activate<Layer::activation>(x * y); });
}

/// `b` is the slope.
template <class Layer>
void preluFloat(const float *a, const float *b, float *output)
{
    detail::forEachPair<Layer>(a, b, output, [](float x, float y) { return x >= 0.0f ? x : x * y; });
}

template <class Layer, class T>
void maximum(const T *a, const T *b, T *output)
{
    detail::forEachPair<Layer>(a, b, output, [](T x, T y) { return x > y ? x : y; });
}

template <class Layer, class T>
void minimum(const T *a, const T *b, T *output)
{
    detail::forEachPair<Layer>(a, b, output, [](T x, T y) { return x < y ? x : y; });
}

} // namespace espalier::rt
