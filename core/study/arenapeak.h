// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace espalier {

/// What lies in an arena while one layer runs.
struct ArenaMoment
{
    std::int32_t layer = 0;
    std::int64_t bytes = 0;          ///< in use; where blocks overlap counted once
    std::vector<std::size_t> blocks; ///< indices of those alive, largest first
};

ArenaMoment arenaAt(std::span<const ArenaBlock> arena, std::int32_t layer);

/// The layer at which most is in use, the first of equals. The arena has to be at least as large.
ArenaMoment arenaPeak(std::span<const ArenaBlock> arena);

/// The layer's name, its output tensor's: the block that comes to life with it. Empty where it has none of its own.
std::string layerName(std::span<const ArenaBlock> arena, std::int32_t layer);

} // namespace espalier
