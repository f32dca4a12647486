// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/interrupt.h"
#include "core/base/progress.h"

#include <chrono>
#include <string>

namespace espalier::cli {

/// One line on standard error that tells how far long work is, with the time left, and Ctrl-C to stop it. Silent
/// where standard error is no terminal.
class ProgressLine
{
public:
    ProgressLine();
    /// Removes the line.
    ~ProgressLine();
    ProgressLine(const ProgressLine &) = delete;
    ProgressLine &operator=(const ProgressLine &) = delete;

    const Progress &progress() const { return m_progress; }

private:
    void show(std::string_view phase, std::int64_t done, std::int64_t total);

    using Clock = std::chrono::steady_clock;
    Interrupt m_interrupt;
    Progress m_progress;
    bool m_watched;
    bool m_shown = false;
    std::string m_phase;
    std::int64_t m_total = -1;
    Clock::time_point m_begin, m_lastShown;
};

} // namespace espalier::cli
