// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/progress.h"

#include <mutex>
#include <string>

namespace espalier {

struct Progress::State
{
    Sink sink;
    std::mutex mutex;
    std::string phase;
    std::int64_t lastStep = -1;
};

Progress::Progress(std::stop_token stop, Sink sink) : m_stop(std::move(stop))
{
    if (sink) {
        m_state = std::make_shared<State>();
        m_state->sink = std::move(sink);
    }
}

void Progress::report(std::string_view phase, std::int64_t done, std::int64_t total) const
{
    if (!m_state)
        return;
    const std::lock_guard lock(m_state->mutex);
    const std::int64_t step = total > 0 ? static_cast<std::int64_t>(1000.0 * double(done) / double(total)) : 0;
    if (phase == m_state->phase && step == m_state->lastStep)
        return;
    m_state->phase = phase;
    m_state->lastStep = step;
    m_state->sink(phase, done, total);
}

} // namespace espalier
