// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Compiled as core/kernels/simd/avx512.cpp is; called only where the processor has AVX-512 with VNNI.

#include "requantization.h"

#include "core/kernels/simd/avx512vectors.h"

#include <espalier/fixedpoint.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <vector>

namespace espalier::benchmarks {

namespace {

constexpr int channels = 64, pixels = 768, tilePixels = 8;
constexpr int lowest = -128, highest = 127, zeroPoint = -7;

/// Nanoseconds of an output, the best of some bursts.
template <class Body>
double best(Body body)
{
    using Clock = std::chrono::steady_clock;
    double nanoseconds = INFINITY;
    for (int burst = 0; burst < 200; ++burst) {
        const auto before = Clock::now();
        body();
        nanoseconds = std::min(nanoseconds, std::chrono::duration<double, std::nano>(Clock::now() - before).count() /
                                                (channels * pixels));
    }
    return nanoseconds;
}

} // namespace

RequantizationFigures measureRequantization()
{
    // Sums as convolutions have them, factors between those of large and of small sums.
    std::mt19937 random(1);
    std::vector<std::int32_t> sums(std::size_t(channels * pixels)), bias(channels), multiplier(channels),
        shift(channels);
    for (std::int32_t &sum : sums)
        sum = std::int32_t(random()) >> 14;
    for (int c = 0; c < channels; ++c) {
        bias[std::size_t(c)] = std::int32_t(random()) >> 18;
        multiplier[std::size_t(c)] = std::int32_t((1u << 30) + (random() >> 2));
        shift[std::size_t(c)] = -5 - c % 8;
    }
    const RequantizeFinish finish{bias.data(), multiplier.data(), shift.data(), zeroPoint, lowest, highest, nullptr};
    std::vector<std::byte> vectors(sums.size()), scalars(sums.size());
    RequantizationFigures figures{.outputs = int(sums.size())};
    figures.nanoseconds = best([&] {
        for (int first = 0; first < pixels; first += tilePixels) {
            std::byte *outs[tilePixels];
            for (int p = 0; p < tilePixels; ++p)
                outs[p] = vectors.data() + (first + p) * channels;
            requantize<Avx512>({sums.data() + first * channels, tilePixels, channels / Avx512::lanes, channels, outs},
                               finish);
        }
    });
    figures.scalarNanoseconds = best([&] {
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const std::size_t c = i % channels;
            const std::int32_t scaled =
                rt::multiplyByQuantizedMultiplier(sums[i] + bias[c], multiplier[c], shift[c]) + zeroPoint;
            scalars[i] = std::byte(std::clamp(scaled, lowest, highest));
        }
    });
    for (std::size_t i = 0; i < sums.size(); ++i)
        figures.mismatches += vectors[i] != scalars[i] ? 1 : 0;
    return figures;
}

} // namespace espalier::benchmarks
