// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// Int8 weights in groups: q * m, with q of 4 bits for each weight and m from 1 to 16 for each group of neighbouring
/// weights of an output.
namespace espalier {
namespace rt {

/// The head of a table of int32 words. After it come m - 1 of all groups, 4 bits each, in whole words, then q of all
/// weights, 4 bits each, both in the order in which the kernel reads them, the first in the lower half of a byte.
struct GroupedTable
{
    int32_t sizeLog;         ///< a group has 1 << sizeLog weights, at least four; every output has whole groups
    int32_t multiplierWords; ///< that m - 1 take

    const uint8_t *multipliers() const { return reinterpret_cast<const uint8_t *>(this + 1); }
    const uint8_t *weights() const { return multipliers() + 4 * multiplierWords; }
};

namespace detail {

/// q in the lower half of a byte.
inline int32_t lowerWeight(unsigned byte)
{
    return int32_t(byte << 28) >> 28;
}

} // namespace detail

/// Goes through weights in groups as a pointer goes through values.
class GroupedWeights
{
public:
    GroupedWeights(const GroupedTable *table, int first)
        : m_multipliers(table->multipliers()), m_weights(table->weights()), m_first(first), m_sizeLog(table->sizeLog)
    {
    }
    int32_t operator[](int i) const
    {
        const int at = m_first + i, group = at >> m_sizeLog;
        const int32_t multiplier = (m_multipliers[group >> 1] >> ((group & 1) * 4) & 15) + 1;
        return detail::lowerWeight(unsigned(m_weights[at >> 1]) >> ((at & 1) * 4)) * multiplier;
    }

private:
    const uint8_t *m_multipliers, *m_weights;
    int m_first, m_sizeLog;
};
inline GroupedWeights weightsFrom(const GroupedTable *table, int first)
{
    return GroupedWeights(table, first);
}

/// Reads the weights of one output after another, from an even number on.
class GroupedReader
{
public:
    explicit GroupedReader(const int32_t *words, int first = 0)
    {
        const auto *table = reinterpret_cast<const GroupedTable *>(words);
        m_size = 1 << table->sizeLog;
        m_multipliers = table->multipliers();
        m_weights = table->weights() + (first >> 1);
        m_group = (first >> table->sizeLog) - 1;
        m_left = first & (m_size - 1);
        if (m_left != 0) {
            m_left = m_size - m_left;
            nextMultiplier();
        }
    }
    void nextBook() {}
    int8_t next()
    {
        if (m_left == 0) {
            m_left = m_size;
            nextMultiplier();
        }
        if ((--m_left & 1) == 0)
            return int8_t(detail::lowerWeight(unsigned(*m_weights++) >> 4) * m_multiplier);
        return int8_t(detail::lowerWeight(*m_weights) * m_multiplier);
    }

private:
    void nextMultiplier()
    {
        ++m_group;
        m_multiplier = (m_multipliers[m_group >> 1] >> ((m_group & 1) * 4) & 15) + 1;
    }

    const uint8_t *m_multipliers, *m_weights;
    int m_size, m_group, m_left;
    int32_t m_multiplier = 1;
};

/// Reads the weights of two outputs side by side, a byte for both.
class GroupedPairs
{
public:
    /// From the pair with an even number on.
    explicit GroupedPairs(const int32_t *words, int first = 0)
    {
        const auto *table = reinterpret_cast<const GroupedTable *>(words);
        m_size = 1 << table->sizeLog;
        m_multiplier = table->multipliers() + (first >> table->sizeLog);
        m_weights = table->weights() + first;
        m_left = m_size - (first & (m_size - 1));
    }
    void nextBook() {}
    /// The next `count` pairs, an even number, as packed halfwords 256 * second + first: two next to each other, and
    /// the next two `step` halfwords further.
    void unpackTwos(int count, int16_t *to, int step)
    {
        const uint8_t *from = m_weights;
        for (; count > 0; ++m_multiplier) {
            const int32_t first = (*m_multiplier & 15) + 1, second = ((*m_multiplier >> 4) + 1) * 256;
            const int now = count < m_left ? count : m_left;
            for (const uint8_t *const end = from + now; from != end; from += 2, to += step) {
                const unsigned both = from[0] | unsigned(from[1]) << 8;
                to[0] = int16_t(detail::lowerWeight(both >> 4) * second + detail::lowerWeight(both) * first);
                to[1] = int16_t(detail::lowerWeight(both >> 12) * second + detail::lowerWeight(both >> 8) * first);
            }
            count -= now;
            m_left -= now;
            if (m_left != 0)
                break;
            m_left = m_size;
        }
        m_weights = from;
    }
    void unpackPairs(int count, int16_t *to, bool) { unpackTwos(count, to, 2); }

private:
    const uint8_t *m_multiplier, *m_weights;
    int m_size, m_left;
};

} // namespace rt
} // namespace espalier
