// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

#include <bit>

namespace espalier {

namespace {

std::uint64_t splitMix(std::uint64_t &state)
{
    state += 0x9e3779b97f4a7c15;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

} // namespace

Random::Random(std::uint64_t seed, std::uint64_t stream)
{
    // The stream is scrambled before it meets the seed: neighbouring pairs (seed, stream) must not coincide.
    std::uint64_t state = seed ^ (stream == 0 ? 0 : splitMix(stream));
    for (std::uint64_t &word : m_state)
        word = splitMix(state);
}

std::uint64_t Random::next()
{
    const std::uint64_t result = std::rotl(m_state[1] * 5, 7) * 9;
    const std::uint64_t shifted = m_state[1] << 17;
    m_state[2] ^= m_state[0];
    m_state[3] ^= m_state[1];
    m_state[1] ^= m_state[2];
    m_state[0] ^= m_state[3];
    m_state[2] ^= shifted;
    m_state[3] = std::rotl(m_state[3], 45);
    return result;
}

std::uint64_t Random::below(std::uint64_t bound)
{
    // Numbers of the last, incomplete stretch of `bound` would make small results likelier.
    const std::uint64_t excess = (UINT64_MAX % bound + 1) % bound;
    std::uint64_t drawn = next();
    while (excess != 0 && drawn > UINT64_MAX - excess)
        drawn = next();
    return drawn % bound;
}

} // namespace espalier
