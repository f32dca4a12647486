// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/protocol/link.h"

#include "device/transport/deadline.h"

namespace espalier::device {

Result<void> writeAll(Link &link, std::string_view text, Clock &clock, const Progress &progress, Leaving leaving)
{
    static constexpr std::chrono::milliseconds deadline(10000);
    Deadline patience(deadline, clock);
    while (true) {
        if (progress.cancelled())
            return cancelled();
        const std::chrono::milliseconds wait = patience.slice(linkSlice);
        if (wait.count() == 0)
            return failed("the board took only a part of what it was sent within " +
                          std::to_string(deadline.count() / 1000) + " s; " + link.remedy());
        if (text.empty()) {
            if (leaving == Leaving::later || link.drain(wait))
                return {};
            continue;
        }
        const auto taken = link.write(text, wait);
        if (!taken)
            return taken.error();
        text.remove_prefix(*taken);
        if (text.empty() && leaving == Leaving::later)
            return {};
    }
}

} // namespace espalier::device
