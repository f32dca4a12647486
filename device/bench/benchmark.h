// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"
#include "device/bench/cycleestimate.h"
#include "device/protocol/dut.h"
#include "device/toolchain/armtoolchain.h"
#include "device/transport/clock.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace espalier::device {

/// What a board draws while its processor computes, for an estimate of energy.
struct Supply
{
    double volts = 0, milliamperes = 0;
    std::string source; ///< who says so, and of what
};

/// What a benchmark needs to know of a board whose counter counts instructions, or cycles of a clock.
struct CountingBoard
{
    std::string id;        ///< "qemu-m4"
    std::string processor; ///< "Cortex-M4F"
    ArmTarget target;
    double ticksPerInstruction = 1;
    double clockHz = 0;        ///< a tick is a cycle of this clock; 0: ticks count instructions
    std::string settings = {}; ///< what is not usual about it, for people
    /// How slow it may be before it counts as hanging: a tenth of what soft float reaches.
    std::int64_t leastMacsPerSecond = 50000;
    std::string emulator; ///< "QEMU 7.2.22, mps2-an386"; of a physical board: what and where it is
    /// A real board: at least ten runs and a second are measured, and it is greeted, since it may have said m-ready
    /// before anyone listened.
    bool isPhysical = false;
    std::string place = {};  ///< which of several
    std::string runner = {}; ///< the board whose resident runner it takes; empty: its own
    std::optional<Supply> supply = {};
    std::optional<CycleEstimate> estimate = {}; ///< where ticks count instructions: cycles are wanted too
    Clock *clock = &steadyClock();              ///< what deadlines are measured with
    std::function<Result<std::unique_ptr<Link>>(const std::filesystem::path &image)> start;
    /// What is to be done as soon as the firmware answers, each time anew; may be null.
    std::function<Result<void>(Dut &dut)> prepare = {};
};

/// Builds the model's firmware, runs it on the board, and compares its outputs with the host engine's.
Result<BenchRecord> runBenchmark(const ModelPtr &model, const BenchOptions &options, const CountingBoard &board,
                                 const Progress &progress);

} // namespace espalier::device
