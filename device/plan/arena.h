// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"
#include "device/plan/executionplan.h"

#include <cstddef>
#include <span>
#include <vector>

namespace espalier::device {

/// Every storage starts on a multiple of this: enough for the widest element of the runtime's kernels.
inline constexpr std::size_t arenaAlignment = 8;

/// Gives each storage an offset such that storages alive at the same step do not overlap, but for the pairs that may,
/// and returns the bytes that all of them span. Storages are placed one after another, each as low as it can lie; of
/// many orders (by size, by time, then small changes to the best one) the one with the lowest peak wins. The same
/// storages always get the same places.
std::size_t placeStorages(std::span<PlanStorage> storages, std::span<const PlanOverlap> overlaps = {});

/// The most bytes that are alive at one step, overlapping ones counted once: no placement can need less.
std::size_t liveBytes(std::span<const PlanStorage> storages, std::span<const PlanOverlap> overlaps = {});

/// The tensors of a placed plan, in the order in which they come to life.
std::vector<ArenaBlock> arenaBlocks(const ExecutionPlan &plan);

} // namespace espalier::device
