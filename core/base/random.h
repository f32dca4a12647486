// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace espalier {

/// Random numbers with the same bits on every machine: xoshiro256** (Blackman and Vigna, 2018), its state filled by
/// SplitMix64 from a seed and a stream number. Different streams of one seed are independent. The distributions of the
/// standard library are left to each implementation, so they are not used.
class Random
{
public:
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

    std::uint64_t next();

    /// At least 0 and below 1, a multiple of 2^-53.
    double uniform() { return double(next() >> 11) * 0x1p-53; }

    /// A whole number below `bound` (at least 1), every one equally likely.
    std::uint64_t below(std::uint64_t bound);

    /// A uniformly random order of a sequence (Fisher-Yates, from the end).
    template <class Range>
    void shuffle(Range &range)
    {
        for (std::size_t i = range.size(); i > 1; --i)
            std::swap(range[i - 1], range[std::size_t(below(i))]);
    }

private:
    std::array<std::uint64_t, 4> m_state;
};

} // namespace espalier
