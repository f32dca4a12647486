// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/product/matrixproduct.h"

// The loops of matrixproduct.h, written once over a class of vectors. Each instruction set's source file includes this
// within compile options of its own; everything has internal linkage and calls nothing from the standard library.
//
// V provides: Vector, lanes, rows (of the largest tile), vectors (of the largest tile), and the functions used below.
// A count tells how many lanes exist; the others load as 0 and are not stored.

namespace espalier {
namespace {

template <class V, int Rows, int Vectors>
void productTile(const MatrixProduct &p, const float *a, const float *b, float *c, int lastCount)
{
    typename V::Vector sums[Rows][Vectors];
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v) {
            const int count = v == Vectors - 1 ? lastCount : V::lanes;
            sums[r][v] = p.add ? V::load(c + std::size_t(r) * p.cStepRow + v * V::lanes, count) : V::zero();
        }
    for (std::size_t stretch = 0; stretch < p.stretches; ++stretch) {
        const float *leftOf = a + stretch * p.aStepStretch, *rightOf = b + stretch * p.bStepStretch;
        for (std::size_t k = 0; k < p.depth; ++k, leftOf += p.aStepDepth, rightOf += p.bStepDepth) {
            typename V::Vector right[Vectors];
#pragma GCC unroll 4
            for (int v = 0; v < Vectors; ++v)
                right[v] = V::load(rightOf + v * V::lanes, v == Vectors - 1 ? lastCount : V::lanes);
#pragma GCC unroll 8
            for (int r = 0; r < Rows; ++r) {
                const typename V::Vector left = V::broadcast(leftOf[std::size_t(r) * p.aStepRow]);
#pragma GCC unroll 4
                for (int v = 0; v < Vectors; ++v)
                    sums[r][v] = V::fma(left, right[v], sums[r][v]);
            }
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v)
            V::store(c + std::size_t(r) * p.cStepRow + v * V::lanes, sums[r][v],
                     v == Vectors - 1 ? lastCount : V::lanes);
}

template <class V, int Vectors, int Rows>
void productRows(const MatrixProduct &p, std::size_t rows, const float *a, const float *b, float *c, int lastCount)
{
    if (rows == std::size_t(Rows))
        productTile<V, Rows, Vectors>(p, a, b, c, lastCount);
    else if constexpr (Rows > 1)
        productRows<V, Vectors, Rows - 1>(p, rows, a, b, c, lastCount);
}

template <class V, int Vectors>
void productColumns(const MatrixProduct &p, std::size_t firstColumn, int lastCount)
{
    for (std::size_t m = 0; m < p.rows; m += std::size_t(V::rows)) {
        const std::size_t left = p.rows - m;
        productRows<V, Vectors, V::rows>(p, left < std::size_t(V::rows) ? left : std::size_t(V::rows),
                                         p.a + m * p.aStepRow, p.b + firstColumn, p.c + m * p.cStepRow + firstColumn,
                                         lastCount);
    }
}

template <class V, int Vectors>
void productVectors(const MatrixProduct &p, std::size_t vectors, std::size_t firstColumn, int lastCount)
{
    if (vectors == std::size_t(Vectors))
        productColumns<V, Vectors>(p, firstColumn, lastCount);
    else if constexpr (Vectors > 1)
        productVectors<V, Vectors - 1>(p, vectors, firstColumn, lastCount);
}

template <class V>
void product(const MatrixProduct &p)
{
    constexpr std::size_t lanes = std::size_t(V::lanes), most = std::size_t(V::vectors);
    std::size_t left = (p.columns + lanes - 1) / lanes;
    const int lastCount = int(p.columns - (left - 1) * lanes);
    for (std::size_t n = 0; left > 0;) {
        // The last two tiles are about as wide as each other: narrow ones wait for their loads.
        const std::size_t vectors = left <= most ? left : left < 2 * most ? (left + 1) / 2 : most;
        productVectors<V, V::vectors>(p, vectors, n, left == vectors ? lastCount : V::lanes);
        n += vectors * lanes;
        left -= vectors;
    }
}

} // namespace
} // namespace espalier
