// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Compiled with -mavx512f; called only where the processor has it.

#include <immintrin.h>

#include "core/kernels/product/productcode.h"

namespace espalier {

namespace {

struct Avx512
{
    using Vector = __m512;
    static constexpr int lanes = 16, rows = 8, vectors = 3;

    static __mmask16 maskOf(int count) { return __mmask16((1u << count) - 1); }
    static Vector zero() { return _mm512_setzero_ps(); }
    static Vector broadcast(float v) { return _mm512_set1_ps(v); }
    static Vector load(const float *from, int count)
    {
        return count == lanes ? _mm512_loadu_ps(from) : _mm512_maskz_loadu_ps(maskOf(count), from);
    }
    static Vector fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
    static void store(float *to, Vector v, int count)
    {
        if (count == lanes)
            _mm512_storeu_ps(to, v);
        else
            _mm512_mask_storeu_ps(to, maskOf(count), v);
    }
};

} // namespace

void multiplyAvx512(const MatrixProduct &p);
void multiplyAvx512(const MatrixProduct &p)
{
    product<Avx512>(p);
}

} // namespace espalier
