// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "device/protocol/link.h"

#include <memory>
#include <string>

namespace espalier::device {

/// Opens a serial port by its path ("/dev/ttyACM0", the end of a pseudo-terminal) for this program alone, at 115200
/// baud, raw, eight bits; or connects to the local socket that an emulator offers as one. An error says whether it is
/// gone, not permitted or held by another program, and by which.
Result<std::unique_ptr<Link>> openSerialPort(const std::string &path);

/// Sets 1200 baud and lets go of the line: boards that watch for it restart into their bootloader.
Result<void> touchSerialPort(const std::string &path);

} // namespace espalier::device
