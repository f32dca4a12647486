// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace espalier::device {

/// What deadlines are measured with, so that tests need not wait for them.
class Clock
{
public:
    using Time = std::chrono::steady_clock::time_point;

    virtual ~Clock() = default;
    virtual Time now() = 0;
    virtual void sleep(std::chrono::milliseconds time) = 0;
};

/// The computer's own. Lives as long as the program.
Clock &steadyClock();

} // namespace espalier::device
