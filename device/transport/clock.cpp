// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/transport/clock.h"

#include <thread>

namespace espalier::device {

namespace {

class SteadyClock : public Clock
{
public:
    Time now() override { return std::chrono::steady_clock::now(); }
    void sleep(std::chrono::milliseconds time) override { std::this_thread::sleep_for(time); }
};

} // namespace

Clock &steadyClock()
{
    static SteadyClock clock;
    return clock;
}

} // namespace espalier::device
