// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/tflite/sparse.h"

#include <algorithm>
#include <cstring>

namespace espalier::tflite {

namespace {

constexpr std::size_t mostLevels = 64; // the walk is recursive

std::vector<std::int64_t> indices(wire::SparseIndexVector type, const void *table)
{
    const auto copied = [](const auto *values) {
        return values ? std::vector<std::int64_t>(values->begin(), values->end()) : std::vector<std::int64_t>();
    };
    if (!table)
        return {};
    if (type == wire::SparseIndexVector::Int32Vector)
        return copied(static_cast<const wire::Int32Vector *>(table)->values());
    if (type == wire::SparseIndexVector::Uint16Vector)
        return copied(static_cast<const wire::Uint16Vector *>(table)->values());
    if (type == wire::SparseIndexVector::Uint8Vector)
        return copied(static_cast<const wire::Uint8Vector *>(table)->values());
    return {};
}

/// One dimension in the order in which values are stored.
struct Level
{
    bool isDense = true;
    std::int64_t size = 0;                       // of a dense one
    std::vector<std::int64_t> segments, columns; // of a compressed one
    std::size_t dimension = 0;                   // of the tensor
    std::int64_t step = 1;                       // what one place here means along that dimension
};

class Expansion
{
public:
    Expansion(std::span<const std::uint8_t> stored, const Shape &shape, std::size_t elementSize)
        : m_stored(stored), m_shape(shape), m_elementSize(elementSize), m_place(shape.size()),
          m_dense(elementCount(shape) * elementSize), m_stepsLeft(8 * elementCount(shape) + 1024)
    {
    }

    bool readLevels(const wire::SparsityParameters &sparsity);
    bool fill(std::size_t level, std::int64_t before);
    bool isUsedUp() const { return m_next == m_stored.size(); }
    Bytes take() { return std::move(m_dense); }

private:
    bool store();
    bool enter(const Level &level, std::size_t depth, std::int64_t place, std::int64_t before);

    std::span<const std::uint8_t> m_stored;
    const Shape &m_shape;
    std::size_t m_elementSize;
    std::vector<Level> m_levels;
    std::vector<std::int64_t> m_place;
    Bytes m_dense;
    std::size_t m_next = 0;
    std::uint64_t m_stepsLeft; // compressed dimensions may be empty, so the values do not bound the walk
};

bool Expansion::readLevels(const wire::SparsityParameters &sparsity)
{
    const auto *order = sparsity.traversal_order();
    const auto *blocks = sparsity.block_map();
    const auto *metadata = sparsity.dim_metadata();
    const std::size_t rank = m_shape.size();
    const std::size_t blockCount = blocks ? blocks->size() : 0;
    if (!order || !metadata || order->size() > mostLevels || order->size() != rank + blockCount ||
        metadata->size() != order->size())
        return false;
    std::vector<bool> seen(order->size());
    for (flatbuffers::uoffset_t i = 0; i < order->size(); ++i) {
        const std::int64_t which = order->Get(i);
        if (which < 0 || std::size_t(which) >= seen.size() || seen[std::size_t(which)])
            return false;
        seen[std::size_t(which)] = true;
        const bool isBlock = std::size_t(which) >= rank;
        const std::int64_t dimension = isBlock ? blocks->Get(flatbuffers::uoffset_t(std::size_t(which) - rank)) : which;
        if (dimension < 0 || std::size_t(dimension) >= rank || isBlock != (i >= rank))
            return false;
        const wire::DimensionMetadata &from = *metadata->Get(i);
        Level level;
        level.isDense = from.format() == wire::DimensionType::DENSE;
        level.size = from.dense_size();
        level.dimension = std::size_t(dimension);
        if (level.isDense ? level.size < 0 : isBlock)
            return false;
        if (!level.isDense) {
            level.segments = indices(from.array_segments_type(), from.array_segments());
            level.columns = indices(from.array_indices_type(), from.array_indices());
        }
        m_levels.push_back(std::move(level));
    }
    // A place along a dimension counts whole blocks; inside the last block of that dimension it counts elements.
    for (std::size_t i = m_levels.size(); i-- > 0;)
        for (std::size_t inner = i + 1; inner < m_levels.size(); ++inner)
            if (m_levels[inner].dimension == m_levels[i].dimension)
                m_levels[i].step = std::min<std::int64_t>(m_levels[i].step * m_levels[inner].size, INT32_MAX);
    return true;
}

bool Expansion::store()
{
    std::size_t index = 0;
    for (std::size_t d = 0; d < m_shape.size(); ++d) {
        if (m_place[d] < 0 || m_place[d] >= m_shape[d])
            return false;
        index = index * std::size_t(m_shape[d]) + std::size_t(m_place[d]);
    }
    if (m_stored.size() - m_next < m_elementSize)
        return false;
    std::memcpy(m_dense.data() + index * m_elementSize, m_stored.data() + m_next, m_elementSize);
    m_next += m_elementSize;
    return true;
}

bool Expansion::enter(const Level &level, std::size_t depth, std::int64_t place, std::int64_t before)
{
    if (m_stepsLeft-- == 0 || place < 0 || place * std::max<std::int64_t>(level.step, 1) > INT32_MAX)
        return false;
    std::int64_t &sum = m_place[level.dimension];
    sum += place * level.step;
    const bool fits = fill(depth + 1, before);
    sum -= place * level.step;
    return fits;
}

bool Expansion::fill(std::size_t depth, std::int64_t before)
{
    if (depth == m_levels.size())
        return store();
    if (before > INT32_MAX)
        return false;
    const Level &level = m_levels[depth];
    if (level.isDense) {
        for (std::int64_t i = 0; i < level.size; ++i)
            if (!enter(level, depth, i, before * level.size + i))
                return false;
        return true;
    }
    if (before < 0 || std::size_t(before) + 1 >= level.segments.size())
        return false;
    const std::int64_t first = level.segments[std::size_t(before)], last = level.segments[std::size_t(before) + 1];
    if (first < 0 || last < first || std::size_t(last) > level.columns.size())
        return false;
    for (std::int64_t i = first; i < last; ++i)
        if (!enter(level, depth, level.columns[std::size_t(i)], i))
            return false;
    return true;
}

} // namespace

Result<Bytes> expanded(std::span<const std::uint8_t> stored, const wire::SparsityParameters &sparsity,
                       const Shape &shape, DType type)
{
    const std::size_t elementSize = byteCount(type, 1);
    if (elementSize == 0 || byteCount(type, 8) != 8 * elementSize)
        return unusableInput("is stored sparsely, which " + std::string(name(type)) + " cannot be");
    Expansion expansion(stored, shape, elementSize);
    if (!expansion.readLevels(sparsity) || !expansion.fill(0, 0) || !expansion.isUsedUp())
        return unusableInput("is stored sparsely, and the places of its values do not fit its shape " +
                             shapeText(shape));
    return expansion.take();
}

} // namespace espalier::tflite
