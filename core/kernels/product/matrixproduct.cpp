// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/product/matrixproduct.h"

#include "core/kernels/product/productcode.h"
#include "core/kernels/simd/isa.h"

#include <cmath>

namespace espalier {

namespace {

/// Four lanes as a plain array, which compilers keep in the registers that every processor has.
struct Portable
{
    static constexpr int lanes = 4, rows = 4, vectors = 2;
    struct Vector
    {
        float lane[lanes];
    };

    static Vector zero() { return {}; }
    static Vector broadcast(float v) { return {{v, v, v, v}}; }
    static Vector load(const float *from, int count)
    {
        Vector v{};
        for (int i = 0; i < count; ++i)
            v.lane[i] = from[i];
        return v;
    }
    static Vector fma(const Vector &a, const Vector &b, const Vector &c)
    {
        Vector v;
        for (int i = 0; i < lanes; ++i)
            v.lane[i] = std::fma(a.lane[i], b.lane[i], c.lane[i]);
        return v;
    }
    static void store(float *to, const Vector &v, int count)
    {
        for (int i = 0; i < count; ++i)
            to[i] = v.lane[i];
    }
};

} // namespace

#if defined(__x86_64__)
void multiplyAvx2(const MatrixProduct &p);
void multiplyAvx512(const MatrixProduct &p);
#endif

void multiply(const MatrixProduct &p)
{
#if defined(__x86_64__)
    switch (currentIsa()) {
    case Isa::avx512:
        return multiplyAvx512(p);
    case Isa::avx2:
        return multiplyAvx2(p);
    default:
        break;
    }
#endif
    product<Portable>(p);
}

} // namespace espalier
