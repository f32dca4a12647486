// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "device/flash/flashimage.h"
#include "device/protocol/link.h"
#include "device/transport/clock.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace espalier::device {

/// What a person does so that this bootloader runs, whatever the firmware does.
inline constexpr char pressResetTwice[] =
    "press its reset button twice quickly, so that its orange light fades in and out,";

/// CRC-16/XMODEM: polynomial 0x1021, most significant bit first, from 0.
std::uint16_t crcXmodem(std::span<const std::uint8_t> bytes);

/// The bootloader of the Arduino Nano 33 BLE: SAM-BA's letters with Arduino's additions, on its serial line, addresses
/// counted from the application's place. It cannot be read: a checksum proves a page.
class Samba
{
public:
    static constexpr std::uint32_t pageBytes = 4096;

    Samba(Link &link, Clock &clock, const Progress &progress) : m_link(link), m_clock(clock), m_progress(progress) {}

    /// Drops what came before, and makes sure that the right bootloader answers.
    Result<void> connect();
    /// Erases a page and writes it, `bytes` being one page.
    Result<void> writePage(std::uint32_t offset, std::span<const std::uint8_t> bytes);
    Result<std::uint16_t> checksum(std::uint32_t offset, std::uint32_t bytes);
    /// Leaves the bootloader; it does not answer any more.
    Result<void> reset();

private:
    Result<void> send(std::string_view text, Leaving leaving = Leaving::later);
    Result<std::string> ask(const std::string &command, const std::string &doing);
    Result<std::string> answer(const std::string &doing);

    Link &m_link;
    Clock &m_clock;
    const Progress &m_progress;
};

/// Writes the image, which lies in `range`, page by page, proves each, and starts it. The first page is erased first
/// and written last: as long as flashing is not done, the bootloader finds nothing to start and stays.
Result<void> flashBySamba(Link &link, const FlashImage &image, FlashRange range, Clock &clock,
                          const Progress &progress);

} // namespace espalier::device
