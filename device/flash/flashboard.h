// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "device/flash/flashhost.h"
#include "device/flash/flashimage.h"
#include "device/flash/picoboot.h"

#include <string>

namespace espalier::device {

/// How a kind of board is flashed.
struct FlashMethod
{
    enum class Kind { picoboot, samba };
    Kind kind = Kind::picoboot;
    std::string board; ///< id in boards.def
    std::string title; ///< "Raspberry Pi Pico"
    FlashRange range;  ///< where an image may lie
    RomReboot reboot = RomReboot::rp2040;
    std::uint32_t uf2Family = 0; ///< 0: its bootloader shows no drive
    std::string byHand;          ///< how a person enters the bootloader: "hold BOOTSEL while plugging it in"
    std::string picture = {};    ///< that shows it: a file of resources/pictures without its suffix, or empty
};

/// Brings the board into its bootloader, unless it is there, flashes the image, and waits until the board is back with
/// a serial line. Gives the board as it is then; its tty may have another name. Every wait has a deadline; whatever
/// goes wrong, the board starts its old or new firmware or stays in its bootloader, where the next call goes on.
Result<UsbBoard> flashBoard(FlashHost &host, const FlashMethod &method, const UsbBoard &board, const FlashImage &image,
                            const Progress &progress);

/// Waits until a board that was flashed is back, with a serial line that may be used, if it ever may.
Result<UsbBoard> awaitReturn(FlashHost &host, const FlashMethod &method, const UsbBoard &board,
                             const Progress &progress);

} // namespace espalier::device
