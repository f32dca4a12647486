// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Compiled for AVX-512 VNNI; called only where the processor has it.

#include <immintrin.h>

#include <chrono>

namespace {

/// Times `body`, which does `macs` multiply-accumulates, over and over; the best of short bursts.
template <class Body>
double best(double seconds, double macs, Body body)
{
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    double bestRate = 0;
    while (std::chrono::duration<double>(Clock::now() - start).count() < seconds) {
        const auto before = Clock::now();
        body();
        const double took = std::chrono::duration<double>(Clock::now() - before).count();
        bestRate = macs / took > bestRate ? macs / took : bestRate;
    }
    return bestRate;
}

constexpr int rounds = 20000, sums = 16;

} // namespace

double peakFloatMacs512(double seconds)
{
    return best(seconds, double(rounds) * sums * 16, [] {
        __m512 x = _mm512_set1_ps(1.0f), s[sums];
        for (int i = 0; i < sums; ++i)
            s[i] = _mm512_setzero_ps();
        for (int r = 0; r < rounds; ++r) {
#pragma GCC unroll 16
            for (int i = 0; i < sums; ++i)
                s[i] = _mm512_fmadd_ps(x, x, s[i]);
            asm volatile("" : "+v"(x));
        }
        for (int i = 0; i < sums; ++i)
            asm volatile("" ::"v"(s[i]));
    });
}

double peakByteMacs512(double seconds)
{
    return best(seconds, double(rounds) * sums * 64, [] {
        __m512i x = _mm512_set1_epi32(0x01010101), s[sums];
        for (int i = 0; i < sums; ++i)
            s[i] = _mm512_setzero_si512();
        for (int r = 0; r < rounds; ++r) {
#pragma GCC unroll 16
            for (int i = 0; i < sums; ++i)
                s[i] = _mm512_dpbusd_epi32(s[i], x, x);
            asm volatile("" : "+v"(x));
        }
        for (int i = 0; i < sums; ++i)
            asm volatile("" ::"v"(s[i]));
    });
}
