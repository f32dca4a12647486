// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "device/transport/clock.h"

#include <chrono>
#include <string>
#include <string_view>

namespace espalier::device {

/// A two-way line of bytes to a board: a serial port, an emulator's.
class Link
{
public:
    virtual ~Link() = default;
    /// Takes as many of the bytes as it can within `wait` and gives their number. An error where the other side is
    /// gone.
    virtual Result<std::size_t> write(std::string_view text, std::chrono::milliseconds wait) = 0;
    /// Waits up to `wait` until what was written has left this computer, and says whether it has.
    virtual bool drain(std::chrono::milliseconds) { return true; }
    /// Waits up to `wait` for bytes and appends what came. False where the other side is gone.
    virtual bool read(std::string &text, std::chrono::milliseconds wait) = 0;
    /// After read() gave false: why, and what helps.
    virtual std::string whyEnded() = 0;
    /// What helps where the other side is silent or says what it should not.
    virtual std::string remedy() const
    {
        return "press the board's reset button and try again, or flash firmware that speaks the MLPerf Tiny protocol";
    }
};

/// How long a Cancel may go unnoticed while a line is waited for.
inline constexpr std::chrono::milliseconds linkSlice(50);

/// Whether writing waits until the bytes have left this computer.
enum class Leaving { later, now };

/// Writes all of it within a deadline that suits a message of a few KiB. An error where the line takes no more, is
/// gone, or the work is cancelled.
Result<void> writeAll(Link &link, std::string_view text, Clock &clock, const Progress &progress,
                      Leaving leaving = Leaving::later);

} // namespace espalier::device
