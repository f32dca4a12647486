// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Compiled with -mavx2 -mfma; called only where the processor has them.

#include <immintrin.h>

#include "core/kernels/product/productcode.h"

namespace espalier {

namespace {

struct Avx2
{
    using Vector = __m256;
    static constexpr int lanes = 8, rows = 6, vectors = 2;

    static __m256i maskOf(int count)
    {
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }
    static Vector zero() { return _mm256_setzero_ps(); }
    static Vector broadcast(float v) { return _mm256_set1_ps(v); }
    static Vector load(const float *from, int count)
    {
        return count == lanes ? _mm256_loadu_ps(from) : _mm256_maskload_ps(from, maskOf(count));
    }
    static Vector fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
    static void store(float *to, Vector v, int count)
    {
        if (count == lanes)
            _mm256_storeu_ps(to, v);
        else
            _mm256_maskstore_ps(to, maskOf(count), v);
    }
};

} // namespace

void multiplyAvx2(const MatrixProduct &p);
void multiplyAvx2(const MatrixProduct &p)
{
    product<Avx2>(p);
}

} // namespace espalier
