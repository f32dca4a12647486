// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "device/flash/flashimage.h"
#include "device/usb/usbinterface.h"

#include <span>
#include <string>

namespace espalier::device {

/// How a chip's ROM starts what was flashed.
enum class RomReboot { rp2040, rp2350 };

/// The boot ROM of an RP2040 or RP2350 over its PICOBOOT interface (RP2040 datasheet, 2.8.5): one command after
/// another, each with a deadline. After an error the ROM waits for the next command, or has gone.
class Picoboot
{
public:
    explicit Picoboot(UsbInterface &usb) : m_usb(usb) {}

    /// Ends what an earlier program left half done.
    Result<void> reset();
    /// Keeps the ROM's drive from writing between our commands; false gives it back.
    Result<void> setExclusive(bool exclusive);
    Result<void> exitXip();
    Result<void> erase(std::uint32_t address, std::uint32_t bytes);
    Result<void> write(std::uint32_t address, std::span<const std::uint8_t> bytes);
    Result<Bytes> read(std::uint32_t address, std::uint32_t bytes);
    /// Starts what is in flash, after the answer has left the chip.
    Result<void> reboot(RomReboot kind);

private:
    struct Command;
    Result<void> run(const Command &command);
    Result<void> acknowledged(const Command &command);
    Error broken(const Command &command, const UsbTransfer &transfer, const char *phase);

    UsbInterface &m_usb;
    std::uint32_t m_token = 0x45530000;
};

/// Erases, writes and reads back what the image needs, and starts it. The page that makes the image start is erased
/// before all others and written last: as long as flashing is not done, the ROM finds nothing to start and stays in its
/// bootloader.
Result<void> flashByPicoboot(UsbInterface &usb, const FlashImage &image, FlashRange range, RomReboot kind,
                             const Progress &progress);

} // namespace espalier::device
