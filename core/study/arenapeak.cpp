// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/arenapeak.h"

#include <algorithm>
#include <functional>

namespace espalier {

ArenaMoment arenaAt(std::span<const ArenaBlock> arena, std::int32_t layer)
{
    ArenaMoment moment{layer, 0, {}};
    for (std::size_t i = 0; i < arena.size(); ++i)
        if (arena[i].first <= layer && layer <= arena[i].last)
            moment.blocks.push_back(i);
    std::ranges::stable_sort(moment.blocks, {}, [&](std::size_t i) { return arena[i].offset; });
    std::int64_t end = 0;
    for (const std::size_t i : moment.blocks) {
        const std::int64_t blockEnd = arena[i].offset + arena[i].bytes;
        moment.bytes += std::max<std::int64_t>(0, blockEnd - std::max(end, arena[i].offset));
        end = std::max(end, blockEnd);
    }
    std::ranges::stable_sort(moment.blocks, std::greater(), [&](std::size_t i) { return arena[i].bytes; });
    return moment;
}

ArenaMoment arenaPeak(std::span<const ArenaBlock> arena)
{
    // More is in use than at the layer before only where a block comes to life.
    std::vector<std::int32_t> layers;
    for (const ArenaBlock &block : arena)
        layers.push_back(std::max(block.first, 0));
    std::ranges::sort(layers);
    ArenaMoment peak;
    for (const std::int32_t layer : layers)
        if (ArenaMoment moment = arenaAt(arena, layer); moment.bytes > peak.bytes)
            peak = std::move(moment);
    return peak;
}

std::string layerName(std::span<const ArenaBlock> arena, std::int32_t layer)
{
    const auto born =
        std::ranges::find_if(arena, [&](const ArenaBlock &block) { return block.first == layer && !block.isScratch; });
    return born == arena.end() ? std::string() : born->name;
}

} // namespace espalier
