// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>

namespace espalier {

/// How long work tells where it is and learns that it should stop. Copies share one state; all members may be
/// called from any thread. A default Progress is silent and never cancelled.
class Progress
{
public:
    /// `done` of `total` units of `phase`. Calls come from whichever thread works, one at a time.
    using Sink = std::function<void(std::string_view phase, std::int64_t done, std::int64_t total)>;

    Progress() = default;
    Progress(std::stop_token stop, Sink sink);

    bool cancelled() const { return m_stop.stop_requested(); }
    std::stop_token stopToken() const { return m_stop; }

    /// Passed on to the sink at most a thousand times per phase, so that callers need not ration themselves.
    void report(std::string_view phase, std::int64_t done, std::int64_t total) const;

private:
    struct State;
    std::stop_token m_stop;
    std::shared_ptr<State> m_state;
};

} // namespace espalier
