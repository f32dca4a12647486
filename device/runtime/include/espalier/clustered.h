// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// Clustered weights: of few distinct values, each stored once, and for every weight an index.
namespace espalier {
namespace rt {

/// The head of a table of int32 words. After it come the values, book by book, in whole words, then the indices of all
/// weights in the order in which the kernel reads them, as bytes of 8 >> widthLog indices, the first in the lowest
/// bits.
template <class T>
struct ClusteredTable
{
    int32_t widthLog; ///< an index has 1 << widthLog bits: 1, 2, 4 or 8
    int32_t count;    ///< of a book's values; every index is below it
    int32_t books;    ///< 1, or one for each output channel: their scales make different int8 of one value

    const T *values() const { return reinterpret_cast<const T *>(this + 1); }
    const uint8_t *indices() const
    {
        return reinterpret_cast<const uint8_t *>(this + 1) + ((uint32_t(count * books) * sizeof(T) + 3) & ~3u);
    }
};

/// Goes through clustered weights of one book as a pointer goes through values.
template <class T>
class ClusteredWeights
{
public:
    ClusteredWeights(const ClusteredTable<T> *table, int first)
        : m_values(table->values()), m_indices(table->indices()), m_first(first), m_widthLog(table->widthLog)
    {
    }
    T operator[](int i) const
    {
        const unsigned bit = unsigned(m_first + i) << m_widthLog;
        return m_values[unsigned(m_indices[bit >> 3]) >> (bit & 7) & ((1u << (1 << m_widthLog)) - 1)];
    }

private:
    const T *m_values;
    const uint8_t *m_indices;
    int m_first, m_widthLog;
};
template <class T>
inline ClusteredWeights<T> weightsFrom(const ClusteredTable<T> *table, int first)
{
    return ClusteredWeights<T>(table, first);
}

/// Reads the weights one after another, from number `first` on.
template <class T>
class ClusteredReader
{
public:
    explicit ClusteredReader(const int32_t *words, int first = 0)
    {
        const auto *table = reinterpret_cast<const ClusteredTable<T> *>(words);
        const unsigned bit = unsigned(first) << table->widthLog;
        m_values = table->values();
        m_indices = table->indices() + (bit >> 3);
        if ((bit & 7) != 0)
            m_bits = (*m_indices++ | 256u) >> (bit & 7);
        m_perBook = table->books > 1 ? table->count : 0;
        m_width = 1u << table->widthLog;
        m_mask = (1u << m_width) - 1;
    }
    void nextBook() { m_values += m_perBook; }
    T next()
    {
        if (m_bits == 1)
            m_bits = *m_indices++ | 256u;
        const T value = m_values[m_bits & m_mask];
        m_bits >>= m_width;
        return value;
    }
    /// The next `count` weights, all of whole bytes of indices, one beside the other.
    void unpack(int count, T *to)
    {
        const T *const values = m_values; // `to` may alias nothing of them
        const uint8_t *from = m_indices;
        const unsigned width = m_width, mask = m_mask;
        for (const T *const end = to + count; to != end;) {
            for (unsigned bits = *from++ | 256u; bits != 1; bits >>= width)
                *to++ = values[bits & mask];
        }
        m_indices = from;
    }
    /// The next 2 * count weights, all of whole bytes of indices, as packed halfwords: 256 * second + first, each with
    /// a book of its own, the second with the next one where there is one.
    void unpackPairs(int count, int16_t *to, bool isLast = false)
    {
        const int8_t *const values = m_values, *const seconds = m_values + (isLast ? 0 : m_perBook);
        const uint8_t *from = m_indices;
        const int16_t *const end = to + count;
        if (m_width == 4) {
            for (; to != end; ++to, ++from)
                *to = int16_t(seconds[*from >> 4] * 256 + values[*from & 15]);
        } else if (m_width == 2) {
            for (; to != end; to += 2, ++from) {
                const unsigned bits = *from;
                to[0] = int16_t(seconds[bits >> 2 & 3] * 256 + values[bits & 3]);
                to[1] = int16_t(seconds[bits >> 6] * 256 + values[bits >> 4 & 3]);
            }
        } else if (m_width == 1) {
            for (; to != end; ++from) {
                for (unsigned bits = *from | 256u; bits != 1; bits >>= 2)
                    *to++ = int16_t(seconds[bits >> 1 & 1] * 256 + values[bits & 1]);
            }
        } else {
            for (; to != end; ++to, from += 2)
                *to = int16_t(seconds[from[1]] * 256 + values[from[0]]);
        }
        m_indices = from;
    }

private:
    const T *m_values;
    const uint8_t *m_indices;
    int32_t m_perBook;
    unsigned m_width, m_mask;
    unsigned m_bits = 1; // indices of a byte that are still to come, below a mark
};

/// How many pixels a float convolution makes of each four channels' weights that it unpacks.
constexpr int clusteredPixels = 8;

/// How many groups of pixels an int8 convolution lays out before it unpacks a channel's weights for all of them: as
/// many as take 4096 bytes, up to six, at least one.
inline uint32_t clusteredGroups(uint32_t bytesOfGroup)
{
    uint32_t groups = 1;
    while (groups < 6 && (groups + 1) * bytesOfGroup <= 4096)
        ++groups;
    return groups;
}

} // namespace rt
} // namespace espalier
