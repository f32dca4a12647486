// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "device/protocol/link.h"

#include <filesystem>
#include <memory>
#include <string>

namespace espalier::device {

/// The prebuilt firmware that runs plan images (resources/runners), so that measuring needs no compiler.
class ResidentRunner
{
public:
    /// A missingTool error says what to do where there is none for this board.
    static Result<ResidentRunner> find(const std::string &board);

    const std::string &compiler() const { return m_compiler; } ///< that it was built with
    const std::filesystem::path &image() const { return m_image; }

private:
    std::filesystem::path m_image;
    std::string m_compiler;
};

/// Boards whose runner waits for the next plan: variant after variant is measured without starting them again. They end
/// with the program.
namespace waitingboards {

void put(const std::string &board, std::unique_ptr<Link> link);
/// Null where none waits.
std::unique_ptr<Link> take(const std::string &board);

} // namespace waitingboards

} // namespace espalier::device
