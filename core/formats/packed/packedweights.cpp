// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/packed/packedweights.h"

#include "core/base/huffman.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace espalier {

namespace {

std::uint64_t codedBits(std::span<const std::uint16_t> symbols, std::size_t alphabet)
{
    return huffmanBits(symbols, huffmanLengths(symbolCounts(symbols, alphabet))) + 8 * alphabet;
}

} // namespace

unsigned indexBitsFor(const Shape &weights)
{
    return weights.size() == 2 ? 5 : 8;
}

std::optional<PackedWeights> packedWeights(std::span<const float> weights, unsigned indexBits)
{
    assert(indexBits > 0 && indexBits <= 8);
    std::vector<std::uint32_t> codebook; // of bits, in ascending order
    for (const float weight : weights) {
        const auto bits = std::bit_cast<std::uint32_t>(weight);
        const auto place = std::ranges::lower_bound(codebook, bits);
        if (bits == 0 || (place != codebook.end() && *place == bits))
            continue;
        if (codebook.size() == mostSharedValues)
            return std::nullopt;
        codebook.insert(place, bits);
    }
    PackedWeights packed{weights.size(), {}, indexBits, {}, {}};
    for (const std::uint32_t bits : codebook)
        packed.codebook.push_back(std::bit_cast<float>(bits));
    const std::size_t longestGap = (std::size_t(1) << indexBits) - 1;
    std::size_t gap = 0;
    for (const float weight : weights) {
        const auto bits = std::bit_cast<std::uint32_t>(weight);
        if (bits == 0 && gap < longestGap) {
            ++gap;
            continue;
        }
        packed.zerosBefore.push_back(std::uint16_t(gap));
        packed.symbols.push_back(
            bits == 0 ? std::uint16_t(0)
                      : std::uint16_t(1 + (std::ranges::lower_bound(codebook, bits) - codebook.begin())));
        gap = 0;
    }
    // Fillers that no weight follows say nothing: what is left is zero.
    while (!packed.symbols.empty() && packed.symbols.back() == 0) {
        packed.symbols.pop_back();
        packed.zerosBefore.pop_back();
    }
    return packed;
}

Result<std::vector<float>> unpackedWeights(const PackedWeights &packed)
{
    std::vector<float> weights(packed.count, 0.0f);
    std::size_t place = 0;
    for (std::size_t i = 0; i < packed.symbols.size(); ++i, ++place) {
        place += packed.zerosBefore[i];
        if (place >= weights.size() || packed.symbols[i] > packed.codebook.size())
            return unusableInput("packed weights lie outside of their tensor or codebook");
        if (packed.symbols[i] > 0)
            weights[place] = packed.codebook[packed.symbols[i] - 1u];
    }
    return weights;
}

StorageBits &StorageBits::operator+=(const StorageBits &other)
{
    dense += other.dense;
    pruned += other.pruned;
    shared += other.shared;
    coded += other.coded;
    return *this;
}

StorageBits storageBits(std::uint64_t weights, std::uint64_t entries, unsigned clusterBits, unsigned indexBits)
{
    return {weights * 32, entries * (32 + indexBits),
            entries * (clusterBits + indexBits) + (std::uint64_t(32) << clusterBits), 0};
}

StorageBits storageBits(const PackedWeights &packed)
{
    const auto clusterBits = unsigned(std::bit_width(packed.codebook.size()));
    StorageBits bits = storageBits(packed.count, packed.symbols.size(), clusterBits, packed.indexBits);
    bits.coded = codedBits(packed.symbols, packed.codebook.size() + 1) +
                 codedBits(packed.zerosBefore, std::size_t(1) << packed.indexBits) + 32 * packed.codebook.size();
    return bits;
}

} // namespace espalier
