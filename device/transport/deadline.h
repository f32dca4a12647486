// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/transport/clock.h"

#include <algorithm>

namespace espalier::device {

/// The time that somebody waits at most, spent in slices. A slice counts for a second at most, however long it took:
/// while a computer is suspended, or the virtual machine that it is stands still, nobody can answer, and what went well
/// before must not fail for it.
class Deadline
{
public:
    using Milliseconds = std::chrono::milliseconds;

    explicit Deadline(Milliseconds time, Clock &clock = steadyClock())
        : m_clock(clock), m_left(time), m_last(clock.now())
    {
    }

    /// How long to wait next: `longest`, or what is left when that is less; 0 when the time is over.
    Milliseconds slice(Milliseconds longest)
    {
        const Clock::Time now = m_clock.now();
        m_left -= std::min<Clock::Time::duration>(now - m_last, std::chrono::seconds(1));
        m_last = now;
        const auto left = std::chrono::duration_cast<Milliseconds>(m_left);
        return std::clamp(left, Milliseconds(0), longest);
    }

private:
    Clock &m_clock;
    Clock::Time::duration m_left;
    Clock::Time m_last;
};

} // namespace espalier::device
