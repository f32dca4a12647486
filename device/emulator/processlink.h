// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/protocol/link.h"
#include "device/toolchain/process.h"

#include <memory>

namespace espalier::device {

/// Starts an emulator whose standard input and output are its board's serial line. It ends with the link.
Result<std::unique_ptr<Link>> startEmulator(const Command &command);

} // namespace espalier::device
