// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace espalier::device {

/// A two-way line of bytes to a board: a serial port, an emulator's.
class Link
{
public:
    virtual ~Link() = default;
    virtual Result<void> write(std::string_view text) = 0;
    /// Waits up to `wait` for bytes and appends what came. False where the other side is gone.
    virtual bool read(std::string &text, std::chrono::milliseconds wait) = 0;
    /// After read() gave false: one clause that says why.
    virtual std::string whyEnded() = 0;
};

} // namespace espalier::device
