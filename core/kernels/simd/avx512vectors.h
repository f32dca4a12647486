// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/simd/avx2vectors.h"

namespace espalier {
namespace {

/// Vectors of 16 for tilecode.h; included only where the compiler may use AVX-512 with VNNI.
struct Avx512
{
    using Floats = __m512;
    using Ints = __m512i;
    static constexpr int lanes = 16;
    static constexpr int maxVectors = 4;
    static constexpr int tilePixels[maxVectors] = {8, 8, 8, 6}; // with filter and input they fit 32 registers
    static constexpr int channelTilePixels = 8, channelTileVectors = 4;
    static constexpr bool hasByteProducts = true;

    static Floats zeroFloats() { return _mm512_setzero_ps(); }
    static Floats loadFloats(const float *from) { return _mm512_loadu_ps(from); }
    static Floats broadcastFloat(const float *from) { return _mm512_set1_ps(*from); }
    static Floats fma(Floats x, Floats w, Floats sum) { return _mm512_fmadd_ps(x, w, sum); }
    static Floats addFloats(Floats a, Floats b) { return _mm512_add_ps(a, b); }
    static Floats multiplyFloats(Floats a, Floats b) { return _mm512_mul_ps(a, b); }
    static Floats toFloats(Ints v) { return _mm512_cvtepi32_ps(v); }
    static Ints roundFloats(Floats v) { return _mm512_cvtps_epi32(v); }
    /// A NaN stays one.
    static Floats clampFloats(Floats v, Floats low, Floats high) { return _mm512_min_ps(high, _mm512_max_ps(low, v)); }
    static void storeFloats(float *to, Floats v) { _mm512_storeu_ps(to, v); }
    static void storeFloats(float *to, Floats v, int count) { _mm512_mask_storeu_ps(to, maskOf(count), v); }

    static Ints zeroInts() { return _mm512_setzero_si512(); }
    static Ints loadInts(const std::int32_t *from) { return _mm512_loadu_si512(from); }
    static Ints broadcastInt(std::int32_t v) { return _mm512_set1_epi32(v); }
    static Ints broadcastUnit(const std::byte *from)
    {
        std::int32_t unit;
        __builtin_memcpy(&unit, from, sizeof unit);
        return _mm512_set1_epi32(unit);
    }
    static Ints addWordProducts(Ints sums, Ints x, Ints w) { return _mm512_dpwssd_epi32(sums, x, w); }
    static Ints addByteProducts(Ints sums, Ints x, Ints w) { return _mm512_dpbusd_epi32(sums, x, w); }
    static Ints unitsOfBytes(const std::uint8_t *a, const std::uint8_t *b, const std::uint8_t *c, const std::uint8_t *d)
    {
        const auto widened = [](const std::uint8_t *from) {
            return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
        };
        const Ints ab = _mm512_or_si512(widened(a), _mm512_slli_epi32(widened(b), 8));
        const Ints cd = _mm512_or_si512(widened(c), _mm512_slli_epi32(widened(d), 8));
        return _mm512_or_si512(ab, _mm512_slli_epi32(cd, 16));
    }
    static Ints addInts(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
    static Ints subtractInts(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
    static Ints multiplyInts(Ints a, Ints b) { return _mm512_mullo_epi32(a, b); }
    static Ints clampInts(Ints v, Ints low, Ints high) { return _mm512_min_epi32(high, _mm512_max_epi32(low, v)); }
    static void storeInts(std::int32_t *to, Ints v) { _mm512_storeu_si512(to, v); }
    static void storeLowBytes(std::byte *to, Ints v, int count)
    {
        if (count == lanes)
            _mm_storeu_si128(reinterpret_cast<__m128i *>(to), _mm512_cvtepi32_epi8(v));
        else
            _mm_mask_storeu_epi8(to, maskOf(count), _mm512_cvtepi32_epi8(v));
    }

    /// rt::multiplyByQuantizedMultiplier for multipliers that are not negative.
    class Requantizer
    {
    public:
        Requantizer(Ints multiplier, Ints shift)
            : m_multiplier(multiplier), m_oddMultiplier(_mm512_srli_epi64(multiplier, 32)),
              m_left(_mm512_max_epi32(shift, zeroInts())),
              m_right(_mm512_max_epi32(subtractInts(zeroInts(), shift), zeroInts())),
              m_mask(subtractInts(_mm512_sllv_epi32(broadcastInt(1), m_right), broadcastInt(1))),
              m_threshold(_mm512_srli_epi32(m_mask, 1))
        {
        }
        Ints operator()(Ints x) const
        {
            const Ints half = _mm512_set1_epi64(std::int64_t(1) << 30);
            x = _mm512_sllv_epi32(x, m_left);
            const Ints even = _mm512_add_epi64(_mm512_mul_epi32(x, m_multiplier), half);
            const Ints odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), m_oddMultiplier), half);
            const Ints high = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
            const Ints remainder = _mm512_and_si512(high, m_mask);
            const Ints threshold = addInts(m_threshold, _mm512_srli_epi32(high, 31));
            const Ints quotient = _mm512_srav_epi32(high, m_right);
            return _mm512_mask_add_epi32(quotient, _mm512_cmpgt_epi32_mask(remainder, threshold), quotient,
                                         broadcastInt(1));
        }

    private:
        Ints m_multiplier, m_oddMultiplier, m_left, m_right, m_mask, m_threshold;
    };

private:
    static __mmask16 maskOf(int count) { return __mmask16((1u << count) - 1); }
};

/// Half as wide, for layers of up to 8 channels.
struct NarrowAvx512 : Avx2
{
    static constexpr int maxVectors = 1;
    static constexpr int tilePixels[maxVectors] = {8};
    static constexpr int channelTileVectors = 1;
    static constexpr bool hasByteProducts = true;
    static Ints addWordProducts(Ints sums, Ints x, Ints w) { return _mm256_dpwssd_epi32(sums, x, w); }
    static Ints addByteProducts(Ints sums, Ints x, Ints w) { return _mm256_dpbusd_epi32(sums, x, w); }
    static Ints unitsOfBytes(const std::uint8_t *a, const std::uint8_t *b, const std::uint8_t *c, const std::uint8_t *d)
    {
        const auto widened = [](const std::uint8_t *from) {
            return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(from)));
        };
        const Ints ab = _mm256_or_si256(widened(a), _mm256_slli_epi32(widened(b), 8));
        const Ints cd = _mm256_or_si256(widened(c), _mm256_slli_epi32(widened(d), 8));
        return _mm256_or_si256(ab, _mm256_slli_epi32(cd, 16));
    }
};

} // namespace
} // namespace espalier
