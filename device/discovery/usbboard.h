// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/discovery/usbidentity.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace espalier::device {

enum class BoardState {
    ourFirmware,
    otherFirmware,
    bootloader,   ///< of the chip or board, ready for flashing
    uf2Drive,     ///< only by the drive that its bootloader shows
    notPermitted, ///< the person may not use it
    heldByProgram
};
/// "our firmware", "other firmware", …
std::string_view name(BoardState state);

/// A board found on a USB port, or a serial line of one that is not known.
struct UsbBoard
{
    std::string port;    ///< where it is plugged: "1-2.3", the same after it starts again
    std::string board;   ///< id in boards.def; "serial" where only a serial line is known
    std::string orBoard; ///< another id that it may be as well, since the same firmware runs on both; mostly empty
    std::string title;   ///< "Raspberry Pi Pico, bootloader"
    std::string serial;  ///< its serial number; empty where it has none of its own
    std::string tty;     ///< "/dev/ttyACM0"; empty where there is none
    std::string drive;   ///< where its UF2 drive is mounted; empty where it is not
    int bus = 0, address = 0;
    bool isBootloader = false;
    BoardState state = BoardState::otherFirmware;
    std::string remedy;    ///< where it cannot be used as it is: one sentence
    bool isByRule = false; ///< the remedy is to install the udev rule

    bool operator==(const UsbBoard &) const = default;
};

/// Whether both are one piece of hardware, perhaps before and after it started again: by port, else by serial number.
bool isSameBoard(const UsbBoard &a, const UsbBoard &b);

/// Where the system tells of its devices. Tests show a tree of their own.
struct SystemTree
{
    std::filesystem::path sys = "/sys", proc = "/proc", dev = "/dev";
    std::function<bool(const std::filesystem::path &)> mayUse = {}; ///< read and write; empty: asks the system
};

/// What is plugged in now, in the order of the ports. Opens no device.
std::vector<UsbBoard> findUsbBoards(const SystemTree &tree = {});

} // namespace espalier::device
