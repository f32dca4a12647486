// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/executionplan.h"

#include <cstddef>
#include <span>
#include <vector>

namespace espalier::device {

/// What the order of a plan's steps is judged by.
struct StepUse
{
    std::vector<std::size_t> storages; ///< that it reads or writes, each once
    std::vector<std::size_t> after;    ///< the steps that must come before it
    std::vector<PlanOverlap> overlaps; ///< that hold where it is the last to use `in` and the first to use `out`
};
struct StorageUse
{
    std::size_t bytes = 0;
    bool isInput = false, isOutput = false; ///< alive before the first step, after the last one
};

/// What the steps of a plan use, in their order; without overlaps. Steps that copy into different places of one tensor
/// may come in any order.
std::vector<StepUse> usesOf(const ExecutionPlan &plan);

/// The most bytes that are alive at one step when the steps come in this order.
std::size_t peakOf(std::span<const StepUse> steps, std::span<const StorageUse> storages,
                   std::span<const std::size_t> order);

/// An order with a lower peak than the given one; empty where none is known. The search goes through all sets of steps
/// that may be done first, from small to large, and keeps so many of each size that all of a small graph are kept: then
/// its result is the best there is. The same plan always gets the same order.
std::vector<std::size_t> leanerOrder(std::span<const StepUse> steps, std::span<const StorageUse> storages);

} // namespace espalier::device
