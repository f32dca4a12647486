// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"
#include "device/emulator/instructiontiming.h"
#include "device/plan/executionplan.h"

#include <optional>
#include <string>
#include <vector>

namespace espalier::device {

/// A processor on one of Arm's MPS2 boards, as QEMU emulates them: instructions are counted, time has no meaning. All
/// have 4 MiB for code and constants and 4 MiB of RAM.
struct QemuBoard
{
    std::string id;                 ///< "qemu-m4"
    std::string processor;          ///< "Cortex-M4F"
    std::string machine;            ///< QEMU's name of the board: "mps2-an386"
    std::vector<std::string> flags; ///< what the compiler is told about the processor
    KernelFamily family;            ///< the kernels for it
    /// What is known of the time that its instructions take; nothing where cycles cannot be estimated.
    std::optional<TimedCore> core = {};
    /// Megahertz that cycles can be estimated for, where a clock is asked for: "qemu-m4:clock=64".
    std::vector<int> clocks = {};

    BoardInfo info() const;
    Result<BenchRecord> benchmark(const ModelPtr &model, const BenchOptions &options, const Progress &progress) const;
};

} // namespace espalier::device
