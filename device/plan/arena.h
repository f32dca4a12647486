// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/executionplan.h"

#include <cstddef>
#include <span>

namespace espalier::device {

/// Every storage starts on a multiple of this: enough for the widest element of the runtime's kernels.
inline constexpr std::size_t arenaAlignment = 8;

/// Gives each storage an offset such that storages alive at the same step never overlap, and returns the bytes that
/// all of them span. Places the largest first, each in the smallest gap that holds it; of several such orders the one
/// with the lowest peak wins.
std::size_t placeStorages(std::span<PlanStorage> storages);

/// The most bytes that are alive at one step: no placement can need less.
std::size_t liveBytes(std::span<const PlanStorage> storages);

} // namespace espalier::device
