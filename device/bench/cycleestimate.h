// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "device/emulator/instructiontiming.h"
#include "device/protocol/link.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace espalier::device {

/// How an emulator that only counts instructions tells what a real processor would take: every instruction is followed
/// and timed as the core's documents say, with memory that never waits and nothing else on the bus.
struct CycleEstimate
{
    TimedCore core;
    double clockHz = 0; ///< that milliseconds are told for
    /// Starts the image with a log of what is executed in these ranges, see Qemu::startTraced().
    std::function<Result<std::unique_ptr<Link>>(const std::filesystem::path &image, const std::filesystem::path &log,
                                                const std::string &ranges)>
        start;
};

/// Refilling a Cortex-M4's pipeline takes 1 to 3 cycles, which nobody can tell from outside.
struct EstimatedCycles
{
    std::int64_t least = 0, middle = 0, most = 0;
};
EstimatedCycles estimatedCycles(const Spent &spent);

/// Runs one inference of a model's own build, on its first pseudo-random input, and follows it: what the layers took
/// where the image has a profile, else all in one. `expected` instructions have been counted before; an error says
/// where the log tells others.
Result<std::vector<Spent>> followInference(const CycleEstimate &estimate, const std::filesystem::path &image,
                                           std::int64_t expected, std::chrono::milliseconds deadline,
                                           const Progress &progress);

} // namespace espalier::device
