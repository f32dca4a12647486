// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/graph/shape.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace espalier {

/// Weights that share few values, as Deep Compression (Han et al., arXiv 1510.00149) keeps them: the surviving ones
/// one after another, each as the number of zeros before it and the number of its value. A gap too long for the index
/// is bridged by fillers: the largest number of zeros, then a zero that counts as an entry.
struct PackedWeights
{
    std::size_t count = 0;       ///< of all weights
    std::vector<float> codebook; ///< symbol s stands for codebook[s - 1], symbol 0 for the zero of a filler
    unsigned indexBits = 0;      ///< of a number of zeros
    std::vector<std::uint16_t> zerosBefore, symbols; ///< one for each entry
};

/// Most values that weights may share, zero aside.
inline constexpr std::size_t mostSharedValues = 255;

/// The paper's width of a gap: 5 bits in dense layers, whose weights have two extents, 8 in convolutions.
unsigned indexBitsFor(const Shape &weights);

/// Nothing where the weights have more than mostSharedValues values other than +0. Bit for bit: -0 is a value.
std::optional<PackedWeights> packedWeights(std::span<const float> weights, unsigned indexBits);
/// The weights back. An unusableInput error where the entries pass the end.
Result<std::vector<float>> unpackedWeights(const PackedWeights &packed);

/// What the stages of the paper store for a layer, in bits.
struct StorageBits
{
    std::uint64_t dense = 0;  ///< 32 for each weight
    std::uint64_t pruned = 0; ///< entries * (32 + index bits)
    std::uint64_t shared = 0; ///< entries * (cluster bits + index bits) + 2^(cluster bits) * 32 of codebook
    std::uint64_t coded = 0;  ///< both symbols' Huffman codes, their tables (a byte for each symbol) and the codebook

    StorageBits &operator+=(const StorageBits &other);
};
/// The first three, from counts: `entries` with the fillers.
StorageBits storageBits(std::uint64_t weights, std::uint64_t entries, unsigned clusterBits, unsigned indexBits);
/// All four; the clusters' bits are those that the codebook and the filler need.
StorageBits storageBits(const PackedWeights &packed);

} // namespace espalier
