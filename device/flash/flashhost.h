// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "device/discovery/usbboard.h"
#include "device/protocol/link.h"
#include "device/transport/clock.h"
#include "device/usb/usbinterface.h"

#include <memory>
#include <string>
#include <vector>

namespace espalier::device {

/// What flashing and measuring need of the computer. Tests put a world of their own here.
class FlashHost : public Clock
{
public:
    virtual std::vector<UsbBoard> boards() = 0;
    virtual Result<std::unique_ptr<Link>> openPort(const std::string &tty) = 0;
    /// See touchSerialPort().
    virtual Result<void> touch(const std::string &tty) = 0;
    virtual Result<std::unique_ptr<UsbInterface>> openUsb(const UsbBoard &board) = 0;
    /// Copies a UF2 file to a bootloader's drive and waits until it is there. Its last block goes after all others.
    virtual Result<void> copyToDrive(const std::string &drive, const Bytes &uf2) = 0;
};

/// Why copying to a bootloader's drive stopped, for the system's error number, and what helps.
Error copyingFailed(const std::string &drive, int reason);

/// A device that has just come belongs to the system until its udev rules are applied, and some programs look at every
/// new serial line: for so long what comes is waited for.
inline constexpr std::chrono::milliseconds permissionDeadline(1500), permissionPause(100);

/// Opens the serial line of a board that has just started, and tries again until permissionDeadline is over.
Result<std::unique_ptr<Link>> openNewPort(FlashHost &host, const std::string &tty, const Progress &progress);

/// This computer. Lives as long as the program.
FlashHost &thisComputer();

} // namespace espalier::device
