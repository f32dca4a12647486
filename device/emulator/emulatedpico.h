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

/// The RP2040 emulator rp2040js, which runs in Node.js.
class EmulatedPico
{
public:
    /// A missingTool error says what to install. Looks beside the program, then in the checkout that it was built from.
    static Result<EmulatedPico> find();

    /// "rp2040js 1.4.1".
    const std::string &version() const { return m_version; }

    enum class Line { uart, usb };
    /// What runs a Pico with this image; its standard input and output are UART0 or the serial line over USB.
    Command command(const std::filesystem::path &image, Line line) const;
    /// Starts a Pico with this image. Ends with the link.
    Result<std::unique_ptr<Link>> start(const std::filesystem::path &image, Line line = Line::uart) const;

private:
    std::filesystem::path m_node, m_folder;
    std::string m_version;
};

} // namespace espalier::device
