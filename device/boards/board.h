// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/bench.h"
#include "device/plan/executionplan.h"

#include <span>
#include <string_view>

namespace espalier::device {

/// A board, physical or emulated. One file here and one line in boards.def make a new one.
struct Board
{
    /// What it is and whether it can be measured on now. May look for tools on PATH; takes at most a second.
    BoardInfo (*info)();
    /// Builds, flashes or starts, runs, measures, stops; every step has a deadline.
    Result<BenchRecord> (*benchmark)(const ModelPtr &model, const BenchOptions &options, const Progress &progress);
    /// The kernels that run on it.
    KernelFamily family = KernelFamily::plain;
};

std::span<const Board *const> boards();

/// The board with this id; an invalidArgument error names the nearest known.
Result<const Board *> findBoard(std::string_view id);

/// The BenchFunction for core's comparison.
Result<BenchRecord> benchmark(const ModelPtr &model, const std::string &boardId, const BenchOptions &options,
                              const Progress &progress);

} // namespace espalier::device
