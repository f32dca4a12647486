// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "device/protocol/link.h"
#include "device/toolchain/process.h"

#include <filesystem>
#include <memory>
#include <string>

namespace espalier::device {

/// The Arm system emulator, as found on PATH.
class Qemu
{
public:
    /// A missingTool error names the Debian package.
    static Result<Qemu> find();

    /// "QEMU 7.2.22". Asks the program; an error where it does not answer as QEMU does.
    Result<std::string> version() const;

    /// Every instruction lasts 128 ns of the emulated clock (-icount shift=7), so that a 25 MHz timer advances 3.2
    /// ticks an instruction: a count of ticks, which may be one off at either end, gives the count of instructions
    /// exactly.
    static constexpr double ticksPerInstruction = 3.2;

    /// Starts a board with this image; its serial line is the link. Ends with the link.
    Result<std::unique_ptr<Link>> start(const std::string &machine, const std::filesystem::path &image) const;

    /// The same, without a clock that counts, where each block of instructions that is executed in `ranges` ("a..b,…")
    /// is told in a log (see ExecutionTrace), which may be a pipe.
    Result<std::unique_ptr<Link>> startTraced(const std::string &machine, const std::filesystem::path &image,
                                              const std::filesystem::path &log, const std::string &ranges) const;

private:
    std::filesystem::path m_program;
};

} // namespace espalier::device
