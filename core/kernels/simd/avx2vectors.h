// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <immintrin.h>

#include "core/kernels/simd/tilecode.h"

namespace espalier {
namespace {

/// Vectors of 8 for tilecode.h; included only where the compiler may use AVX2 and FMA.
struct Avx2
{
    using Floats = __m256;
    using Ints = __m256i;
    static constexpr int lanes = 8;
    static constexpr int maxVectors = 2;
    static constexpr int tilePixels[maxVectors] = {8, 6}; // with filter and input they fit 16 registers
    static constexpr int channelTilePixels = 8, channelTileVectors = 4;
    static constexpr bool hasByteProducts = false; // without VNNI sums of byte products saturate at 16 bits

    static Floats zeroFloats() { return _mm256_setzero_ps(); }
    static Floats loadFloats(const float *from) { return _mm256_loadu_ps(from); }
    static Floats broadcastFloat(const float *from) { return _mm256_broadcast_ss(from); }
    static Floats fma(Floats x, Floats w, Floats sum) { return _mm256_fmadd_ps(x, w, sum); }
    static Floats addFloats(Floats a, Floats b) { return _mm256_add_ps(a, b); }
    static Floats multiplyFloats(Floats a, Floats b) { return _mm256_mul_ps(a, b); }
    static Floats toFloats(Ints v) { return _mm256_cvtepi32_ps(v); }
    static Ints roundFloats(Floats v) { return _mm256_cvtps_epi32(v); } ///< ties to even
    /// A NaN stays one.
    static Floats clampFloats(Floats v, Floats low, Floats high) { return _mm256_min_ps(high, _mm256_max_ps(low, v)); }
    static void storeFloats(float *to, Floats v) { _mm256_storeu_ps(to, v); }
    static void storeFloats(float *to, Floats v, int count)
    {
        if (count == lanes)
            return storeFloats(to, v);
        const Ints lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_maskstore_ps(to, _mm256_cmpgt_epi32(broadcastInt(count), lane), v);
    }

    static Ints zeroInts() { return _mm256_setzero_si256(); }
    static Ints loadInts(const std::int32_t *from)
    {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from));
    }
    static Ints broadcastInt(std::int32_t v) { return _mm256_set1_epi32(v); }
    static Ints broadcastUnit(const std::byte *from)
    {
        std::int32_t unit;
        __builtin_memcpy(&unit, from, sizeof unit);
        return _mm256_set1_epi32(unit);
    }
    static Ints addWordProducts(Ints sums, Ints x, Ints w) { return _mm256_add_epi32(sums, _mm256_madd_epi16(x, w)); }
    static Ints addInts(Ints a, Ints b) { return _mm256_add_epi32(a, b); }
    static Ints subtractInts(Ints a, Ints b) { return _mm256_sub_epi32(a, b); }
    static Ints multiplyInts(Ints a, Ints b) { return _mm256_mullo_epi32(a, b); }
    static Ints clampInts(Ints v, Ints low, Ints high) { return _mm256_min_epi32(high, _mm256_max_epi32(low, v)); }
    static void storeInts(std::int32_t *to, Ints v) { _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), v); }
    static void storeLowBytes(std::byte *to, Ints v, int count)
    {
        const Ints bytes = _mm256_and_si256(v, broadcastInt(0xFF));
        const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
        const std::int64_t packed = _mm_cvtsi128_si64(_mm_packus_epi16(words, words));
        if (count == lanes)
            __builtin_memcpy(to, &packed, sizeof packed);
        else
            for (int i = 0; i < count; ++i)
                to[i] = std::byte(packed >> (8 * i));
    }

    /// rt::multiplyByQuantizedMultiplier for multipliers that are not negative.
    class Requantizer
    {
    public:
        Requantizer(Ints multiplier, Ints shift)
            : m_multiplier(multiplier), m_oddMultiplier(_mm256_srli_epi64(multiplier, 32)),
              m_left(_mm256_max_epi32(shift, zeroInts())),
              m_right(_mm256_max_epi32(subtractInts(zeroInts(), shift), zeroInts())),
              m_mask(subtractInts(_mm256_sllv_epi32(broadcastInt(1), m_right), broadcastInt(1))),
              m_threshold(_mm256_srli_epi32(m_mask, 1))
        {
        }
        Ints operator()(Ints x) const
        {
            const Ints half = _mm256_set1_epi64x(std::int64_t(1) << 30);
            x = _mm256_sllv_epi32(x, m_left);
            const Ints even = _mm256_add_epi64(_mm256_mul_epi32(x, m_multiplier), half);
            const Ints odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), m_oddMultiplier), half);
            const Ints high = _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
            const Ints remainder = _mm256_and_si256(high, m_mask);
            const Ints threshold = addInts(m_threshold, _mm256_srli_epi32(high, 31));
            return subtractInts(_mm256_srav_epi32(high, m_right), _mm256_cmpgt_epi32(remainder, threshold));
        }

    private:
        Ints m_multiplier, m_oddMultiplier, m_left, m_right, m_mask, m_threshold;
    };
};

} // namespace
} // namespace espalier
