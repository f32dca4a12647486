// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/arena.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

namespace espalier::device {

namespace {

std::size_t rounded(std::size_t bytes)
{
    return (bytes + arenaAlignment - 1) / arenaAlignment * arenaAlignment;
}

bool aliveTogether(const PlanStorage &a, const PlanStorage &b)
{
    return a.first <= b.last && b.first <= a.last;
}

// Places the storages in the given order and returns the peak.
std::size_t place(std::span<PlanStorage> storages, const std::vector<std::size_t> &order)
{
    std::size_t peak = 0;
    std::vector<std::size_t> placed; // by offset
    for (const std::size_t index : order) {
        PlanStorage &storage = storages[index];
        std::size_t best = std::numeric_limits<std::size_t>::max(), bestGap = best, cursor = 0;
        for (const std::size_t otherIndex : placed) {
            const PlanStorage &other = storages[otherIndex];
            if (!aliveTogether(storage, other))
                continue;
            if (other.offset >= cursor + storage.bytes && other.offset - cursor < bestGap) {
                best = cursor;
                bestGap = other.offset - cursor;
            }
            cursor = std::max(cursor, rounded(other.offset + other.bytes));
        }
        storage.offset = bestGap == std::numeric_limits<std::size_t>::max() ? cursor : best;
        peak = std::max(peak, storage.offset + storage.bytes);
        const auto byOffset = [&](std::size_t a, std::size_t b) { return storages[a].offset < storages[b].offset; };
        placed.insert(std::ranges::upper_bound(placed, index, byOffset), index);
    }
    return peak;
}

} // namespace

std::size_t liveBytes(std::span<const PlanStorage> storages)
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
        most = std::max(most, sum);
    }
    return most;
}

std::size_t placeStorages(std::span<PlanStorage> storages)
{
    const auto duration = [](const PlanStorage &s) { return std::size_t(s.last - s.first + 1); };
    const auto bySize = [&](std::size_t a, std::size_t b) { return storages[a].bytes > storages[b].bytes; };
    const auto byArea = [&](std::size_t a, std::size_t b) {
        return storages[a].bytes * duration(storages[a]) > storages[b].bytes * duration(storages[b]);
    };
    const auto byDuration = [&](std::size_t a, std::size_t b) { return duration(storages[a]) > duration(storages[b]); };
    const auto byFirst = [&](std::size_t a, std::size_t b) { return storages[a].first < storages[b].first; };

    std::vector<std::size_t> order(storages.size());
    std::vector<std::size_t> bestOffsets(storages.size(), 0);
    std::size_t best = std::numeric_limits<std::size_t>::max();
    const auto attempt = [&](const auto &before) {
        std::iota(order.begin(), order.end(), std::size_t(0));
        std::ranges::stable_sort(order, before);
        if (const std::size_t peak = place(storages, order); peak < best) {
            best = peak;
            std::ranges::transform(storages, bestOffsets.begin(), &PlanStorage::offset);
        }
    };
    attempt(bySize);
    attempt(byArea);
    attempt(byDuration);
    attempt(byFirst);
    for (std::size_t i = 0; i < storages.size(); ++i)
        storages[i].offset = bestOffsets[i];
    return storages.empty() ? 0 : best;
}

} // namespace espalier::device
