// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace espalier::device {

/// What a USB vendor and product id tell of a board.
struct UsbIdentity
{
    /// A chip's ROM has no serial line: what has one calls itself so.
    enum class Kind { rom, bootloader, application };
    std::uint16_t vendor = 0, product = 0;
    Kind kind = Kind::application;
    std::string_view board;   ///< id in boards.def
    std::string_view orBoard; ///< another that reports the same ids; mostly empty
    std::string_view title;   ///< what it is, for people
    bool uniqueSerial = true; ///< false: all boards of the kind report the same serial number
};

/// Null where the ids are in no line of usbidentities.def.
const UsbIdentity *findUsbIdentity(std::uint16_t vendor, std::uint16_t product);

/// Whether a line of usbidentities.def is of this vendor, whose devices the udev rules permit.
bool isVendorOfBoards(std::uint16_t vendor);

} // namespace espalier::device
