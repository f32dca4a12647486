// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
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
    /// Copies a UF2 file to a bootloader's drive and waits until it is there.
    virtual Result<void> copyToDrive(const std::string &drive, const Bytes &uf2) = 0;
};

/// This computer. Lives as long as the program.
FlashHost &thisComputer();

} // namespace espalier::device
