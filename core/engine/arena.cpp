// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/arena.h"

#include "core/base/alignedbuffer.h"

#include <cassert>
#include <map>
#include <queue>

namespace espalier {

namespace {

/// The free part of an arena that grows at its end when no hole fits.
class Holes
{
public:
    std::size_t take(std::size_t bytes)
    {
        auto best = m_holes.end();
        for (auto hole = m_holes.begin(); hole != m_holes.end(); ++hole)
            if (hole->second >= bytes && (best == m_holes.end() || hole->second < best->second))
                best = hole;
        if (best == m_holes.end())
            return grow(bytes);
        const auto [offset, size] = *best;
        m_holes.erase(best);
        if (size > bytes)
            m_holes.emplace(offset + bytes, size - bytes);
        return offset;
    }

    void give(std::size_t offset, std::size_t bytes)
    {
        if (bytes == 0)
            return;
        auto next = m_holes.lower_bound(offset);
        if (next != m_holes.end() && offset + bytes == next->first) {
            bytes += next->second;
            next = m_holes.erase(next);
        }
        if (next != m_holes.begin()) {
            const auto before = std::prev(next);
            if (before->first + before->second == offset) {
                before->second += bytes;
                return;
            }
        }
        m_holes.emplace_hint(next, offset, bytes);
    }

    std::size_t end() const { return m_end; }

private:
    std::size_t grow(std::size_t bytes)
    {
        std::size_t offset = m_end;
        if (!m_holes.empty()) {
            const auto last = std::prev(m_holes.end());
            if (last->first + last->second == m_end) { // extend the hole at the end
                offset = last->first;
                m_holes.erase(last);
            }
        }
        m_end = offset + bytes;
        return offset;
    }

    std::map<std::size_t, std::size_t> m_holes; // offset to size; neighbours are merged
    std::size_t m_end = 0;
};

} // namespace

ArenaLayout layoutArena(const std::vector<Lifetime> &blocks)
{
    ArenaLayout layout;
    layout.offsets.reserve(blocks.size());
    Holes holes;
    using Ending = std::pair<std::size_t, std::size_t>; // last step, block
    std::priority_queue<Ending, std::vector<Ending>, std::greater<>> alive;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const Lifetime &block = blocks[i];
        assert(i == 0 || blocks[i - 1].first <= block.first);
        for (; !alive.empty() && alive.top().first < block.first; alive.pop()) {
            const std::size_t gone = alive.top().second;
            holes.give(layout.offsets[gone], AlignedBuffer::rounded(blocks[gone].bytes));
        }
        layout.offsets.push_back(holes.take(AlignedBuffer::rounded(block.bytes)));
        alive.emplace(block.last, i);
    }
    layout.bytes = holes.end();
    return layout;
}

} // namespace espalier
