// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/graph/model.h"

#include <filesystem>
#include <string>

namespace espalier::device {

/// Arduino's own tool, as found on PATH: another way to build and upload a firmware for a Nano 33 BLE, with the
/// vendor's core and USB instead of ours.
class ArduinoCli
{
public:
    /// A missingTool error says what to install: the tool, or its core for the board.
    static Result<ArduinoCli> find();

    /// Builds a sketch that answers as the benchmark's firmware does, in `folder`, which must exist, and uploads it
    /// over the serial line.
    Result<void> upload(const Model &model, const std::string &tty, const std::filesystem::path &folder,
                        const Progress &progress) const;

private:
    std::filesystem::path m_program;
};

} // namespace espalier::device
