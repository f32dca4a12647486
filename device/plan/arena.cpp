// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/arena.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <vector>

namespace espalier::device {

namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

std::int64_t rounded(std::int64_t bytes)
{
    constexpr auto alignment = std::int64_t(arenaAlignment);
    return (bytes + alignment - 1) / alignment * alignment;
}

bool aliveTogether(const PlanStorage &a, const PlanStorage &b)
{
    return a.first <= b.last && b.first <= a.last;
}

class Placer
{
public:
    Placer(std::span<PlanStorage> storages, std::span<const PlanOverlap> overlaps)
        : m_storages(storages), m_overlaps(overlaps), m_neighbours(storages.size())
    {
        for (std::size_t i = 0; i < storages.size(); ++i) {
            for (std::size_t k = 0; k < storages.size(); ++k) {
                if (i != k && aliveTogether(storages[i], storages[k]))
                    m_neighbours[i].push_back(neighbour(i, k));
            }
        }
    }

    // Places all in this order; gives up where the peak would pass `limit`.
    std::size_t place(const std::vector<std::size_t> &order, std::size_t limit)
    {
        m_isPlaced.assign(m_storages.size(), false);
        std::size_t peak = 0;
        for (const std::size_t index : order) {
            PlanStorage &storage = m_storages[index];
            storage.offset = lowestPlace(index);
            m_isPlaced[index] = true;
            peak = std::max(peak, storage.offset + storage.bytes);
            if (peak > limit)
                return none;
        }
        return peak;
    }

private:
    // Where storage i must not begin, seen from the offset o of its neighbour: above o - below and below o + above.
    struct Neighbour
    {
        std::size_t index;
        std::int64_t below, above;
        bool exact; // but it may begin at o itself
    };
    struct Gap
    {
        std::int64_t above, below; // not allowed: above < offset < below
    };

    Neighbour neighbour(std::size_t i, std::size_t k) const
    {
        Neighbour result = {k, std::int64_t(m_storages[i].bytes), std::int64_t(m_storages[k].bytes), false};
        for (const PlanOverlap &overlap : m_overlaps) {
            if (overlap.exact) {
                result.exact |= (overlap.out == i && overlap.in == k) || (overlap.in == i && overlap.out == k);
                continue;
            }
            if (overlap.out == i && overlap.in == k)
                result.below = std::min(result.below, std::int64_t(overlap.lead));
            if (overlap.in == i && overlap.out == k)
                result.above = std::min(result.above, std::int64_t(overlap.lead));
        }
        return result;
    }

    std::size_t lowestPlace(std::size_t index)
    {
        m_gaps.clear();
        for (const Neighbour &neighbour : m_neighbours[index]) {
            if (!m_isPlaced[neighbour.index])
                continue;
            const auto offset = std::int64_t(m_storages[neighbour.index].offset);
            if (neighbour.exact) {
                m_gaps.push_back({offset - neighbour.below, offset});
                m_gaps.push_back({offset, offset + neighbour.above});
            } else {
                m_gaps.push_back({offset - neighbour.below, offset + neighbour.above});
            }
        }
        std::ranges::sort(m_gaps, {}, &Gap::above);
        std::int64_t candidate = 0;
        for (const Gap &gap : m_gaps) {
            if (gap.above < candidate && candidate < gap.below)
                candidate = rounded(gap.below);
        }
        return std::size_t(candidate);
    }

    std::span<PlanStorage> m_storages;
    std::span<const PlanOverlap> m_overlaps;
    std::vector<std::vector<Neighbour>> m_neighbours;
    std::vector<bool> m_isPlaced;
    std::vector<Gap> m_gaps;
};

} // namespace

std::size_t liveBytes(std::span<const PlanStorage> storages, std::span<const PlanOverlap> overlaps)
{
    std::set<std::int32_t> starts; // the sum of what is alive can only grow where something begins
    for (const PlanStorage &storage : storages)
        starts.insert(storage.first);
    std::size_t most = 0;
    for (const std::int32_t step : starts) {
        std::size_t sum = 0;
        for (const PlanStorage &storage : storages) {
            if (storage.first <= step && step <= storage.last)
                sum += storage.bytes;
        }
        for (const PlanOverlap &overlap : overlaps) {
            const PlanStorage &in = storages[overlap.in], &out = storages[overlap.out];
            if (out.first != step)
                continue;
            const std::size_t apart = in.bytes + out.bytes;
            sum -= apart - std::min(apart, std::max((overlap.exact ? 0 : overlap.lead) + in.bytes, out.bytes));
        }
        most = std::max(most, sum);
    }
    return most;
}

std::size_t placeStorages(std::span<PlanStorage> storages, std::span<const PlanOverlap> overlaps)
{
    if (storages.empty())
        return 0;
    const auto duration = [](const PlanStorage &s) { return std::size_t(s.last - s.first + 1); };
    const auto bySize = [&](std::size_t a, std::size_t b) { return storages[a].bytes > storages[b].bytes; };
    const auto byArea = [&](std::size_t a, std::size_t b) {
        return storages[a].bytes * duration(storages[a]) > storages[b].bytes * duration(storages[b]);
    };
    const auto byDuration = [&](std::size_t a, std::size_t b) { return duration(storages[a]) > duration(storages[b]); };
    const auto byFirst = [&](std::size_t a, std::size_t b) { return storages[a].first < storages[b].first; };
    const auto byLast = [&](std::size_t a, std::size_t b) { return storages[a].last > storages[b].last; };

    Placer placer(storages, overlaps);
    std::vector<std::size_t> bestOrder, bestOffsets(storages.size(), 0);
    std::size_t best = none;
    const auto attempt = [&](const std::vector<std::size_t> &order) {
        const std::size_t peak = placer.place(order, best);
        if (peak >= best)
            return peak == best && best != none; // as good: a place to go on from
        best = peak;
        std::ranges::transform(storages, bestOffsets.begin(), &PlanStorage::offset);
        return true;
    };
    const auto sorted = [&](const auto &before) {
        std::vector<std::size_t> order(storages.size());
        std::iota(order.begin(), order.end(), std::size_t(0));
        std::ranges::stable_sort(order, before);
        if (attempt(order))
            bestOrder = std::move(order);
    };
    sorted(bySize);
    sorted(byArea);
    sorted(byDuration);
    sorted(byFirst);
    sorted(byLast);

    // Small changes: one storage is placed earlier or later. A bounded effort, and always the same random numbers.
    const std::size_t bound = liveBytes(storages, overlaps), count = storages.size();
    std::mt19937 random(1);
    for (std::size_t tries = std::min<std::size_t>(4000, 40'000'000 / (count * count)); tries > 0 && best > bound;
         --tries) {
        std::vector<std::size_t> order = bestOrder;
        const std::size_t from = random() % count, to = random() % count;
        const std::size_t moved = order[from];
        order.erase(order.begin() + std::ptrdiff_t(from));
        order.insert(order.begin() + std::ptrdiff_t(to), moved);
        if (attempt(order))
            bestOrder = std::move(order);
    }
    for (std::size_t i = 0; i < count; ++i)
        storages[i].offset = bestOffsets[i];
    return best;
}

std::vector<ArenaBlock> arenaBlocks(const ExecutionPlan &plan)
{
    std::vector<ArenaBlock> blocks;
    std::vector<bool> isShown(plan.storages.size(), false);
    for (const PlanBuffer &buffer : plan.buffers) {
        // A reshaped tensor is the same memory: the name of the first is enough.
        if (buffer.storage >= plan.storages.size() || isShown[buffer.storage])
            continue;
        isShown[buffer.storage] = true;
        const PlanStorage &storage = plan.storages[buffer.storage];
        blocks.push_back({buffer.name, std::int64_t(storage.offset), std::int64_t(storage.bytes), storage.first,
                          storage.last, buffer.isScratch});
    }
    std::ranges::stable_sort(blocks, {}, &ArenaBlock::first);
    return blocks;
}

} // namespace espalier::device
