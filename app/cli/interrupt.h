// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace espalier::cli {

/// While it lives, the first Ctrl-C (or SIGTERM) asks the work to stop and the second ends the program at once. One at
/// a time.
class Interrupt
{
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt &) = delete;
    Interrupt &operator=(const Interrupt &) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::thread m_listener; ///< a signal handler may hardly do anything itself
};

} // namespace espalier::cli
