// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

/// The length in bits of each symbol's code in an optimal prefix code for symbols that occur this often: 0 for those
/// that never do, 1 for one that is alone. Of equally good codes always the same one.
std::vector<std::uint8_t> huffmanLengths(std::span<const std::uint64_t> counts);

/// How often each symbol below `alphabet` occurs.
std::vector<std::uint64_t> symbolCounts(std::span<const std::uint16_t> symbols, std::size_t alphabet);

/// Bits that the symbols take with codes of these lengths.
std::uint64_t huffmanBits(std::span<const std::uint16_t> symbols, std::span<const std::uint8_t> lengths);

/// The symbols in the canonical code of these lengths, first bit highest, filled up to whole bytes with zeros. Every
/// symbol must have a length.
Bytes huffmanEncoded(std::span<const std::uint16_t> symbols, std::span<const std::uint8_t> lengths);

/// `count` symbols back. Lengths and bytes may be anything: an unusableInput error says what is no such code.
Result<std::vector<std::uint16_t>> huffmanDecoded(std::span<const std::uint8_t> bytes,
                                                  std::span<const std::uint8_t> lengths, std::size_t count);

} // namespace espalier
