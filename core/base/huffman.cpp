// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/huffman.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <queue>
#include <tuple>

namespace espalier {

namespace {

// A code of length n needs symbols that occur about 1.6^n times: what fits in memory stays far below.
constexpr std::size_t longest = 56;

/// Codes in order of length, then of symbol: those of one length are consecutive numbers.
struct CanonicalCode
{
    std::array<std::uint64_t, longest + 1> first = {}; ///< code of each length
    std::array<std::size_t, longest + 1> count = {};   ///< of each length
    std::vector<std::uint16_t> symbols;                ///< in that order
};

bool makeCode(std::span<const std::uint8_t> lengths, CanonicalCode &code)
{
    for (const std::uint8_t length : lengths) {
        if (length > longest)
            return false;
        if (length > 0)
            ++code.count[length];
    }
    std::uint64_t next = 0;
    for (std::size_t length = 1; length <= longest; ++length) {
        next <<= 1;
        code.first[length] = next;
        next += code.count[length];
        if (next > std::uint64_t(1) << length)
            return false; // more codes than there are numbers of this length
        for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol)
            if (lengths[symbol] == length)
                code.symbols.push_back(std::uint16_t(symbol));
    }
    return !code.symbols.empty();
}

} // namespace

std::vector<std::uint8_t> huffmanLengths(std::span<const std::uint64_t> counts)
{
    // Nodes by weight, of equal weight the one that was made first; leaves are made before inner nodes.
    using Entry = std::tuple<std::uint64_t, std::size_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
    std::vector<std::size_t> parents(counts.size(), 0);
    for (std::size_t symbol = 0; symbol < counts.size(); ++symbol)
        if (counts[symbol] > 0)
            open.emplace(counts[symbol], symbol);
    std::vector<std::uint8_t> lengths(counts.size(), 0);
    if (open.size() == 1)
        lengths[std::get<1>(open.top())] = 1;
    if (open.size() < 2)
        return lengths;
    while (open.size() > 1) {
        const auto [lighter, left] = open.top();
        open.pop();
        const auto [heavier, right] = open.top();
        open.pop();
        parents[left] = parents[right] = parents.size();
        open.emplace(lighter + heavier, parents.size());
        parents.push_back(0);
    }
    std::vector<std::uint8_t> depths(parents.size(), 0);
    for (std::size_t node = parents.size() - 1; node-- > 0;)
        if (parents[node] != 0)
            depths[node] = std::uint8_t(depths[parents[node]] + 1);
    std::copy_n(depths.begin(), lengths.size(), lengths.begin());
    return lengths;
}

std::vector<std::uint64_t> symbolCounts(std::span<const std::uint16_t> symbols, std::size_t alphabet)
{
    std::vector<std::uint64_t> counts(alphabet, 0);
    for (const std::uint16_t symbol : symbols)
        ++counts[symbol];
    return counts;
}

std::uint64_t huffmanBits(std::span<const std::uint16_t> symbols, std::span<const std::uint8_t> lengths)
{
    std::uint64_t bits = 0;
    for (const std::uint16_t symbol : symbols)
        bits += lengths[symbol];
    return bits;
}

Bytes huffmanEncoded(std::span<const std::uint16_t> symbols, std::span<const std::uint8_t> lengths)
{
    CanonicalCode code;
    std::vector<std::uint64_t> codes(lengths.size(), 0);
    if (makeCode(lengths, code)) {
        std::array<std::uint64_t, longest + 1> next = code.first;
        for (const std::uint16_t symbol : code.symbols)
            codes[symbol] = next[lengths[symbol]]++;
    }
    Bytes bytes((huffmanBits(symbols, lengths) + 7) / 8, 0);
    std::size_t place = 0;
    for (const std::uint16_t symbol : symbols) {
        assert(lengths[symbol] > 0);
        for (unsigned bit = lengths[symbol]; bit-- > 0; ++place)
            bytes[place / 8] = std::uint8_t(bytes[place / 8] | (codes[symbol] >> bit & 1) << (7 - place % 8));
    }
    return bytes;
}

Result<std::vector<std::uint16_t>> huffmanDecoded(std::span<const std::uint8_t> bytes,
                                                  std::span<const std::uint8_t> lengths, std::size_t count)
{
    std::vector<std::uint16_t> symbols;
    if (count == 0)
        return symbols;
    CanonicalCode code;
    if (!makeCode(lengths, code))
        return unusableInput("the lengths of a Huffman code are no prefix code");
    if (count / 8 > bytes.size())
        return unusableInput("a Huffman stream is too short for its symbols");
    symbols.reserve(count);
    std::size_t place = 0;
    while (symbols.size() < count) {
        std::uint64_t value = 0;
        std::size_t length = 0, before = 0; // symbols with shorter codes
        do {
            before += code.count[length++];
            if (length > longest)
                return unusableInput("a Huffman stream holds a code that its table does not");
            if (place == bytes.size() * 8)
                return unusableInput("a Huffman stream ends within a symbol");
            value = value << 1 | (bytes[place / 8] >> (7 - place % 8) & 1);
            ++place;
        } while (value - code.first[length] >= code.count[length]);
        symbols.push_back(code.symbols[before + std::size_t(value - code.first[length])]);
    }
    return symbols;
}

} // namespace espalier
