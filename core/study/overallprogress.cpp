// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/overallprogress.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <vector>

namespace espalier {

struct OverallProgress::State
{
    Progress whole;
    std::mutex mutex;
    std::vector<double> done; ///< of each row, from 0 to 1

    void reach(std::size_t row, double fraction, const std::string &phase)
    {
        // Reported under the lock, so that a report never overtakes a later one.
        const std::lock_guard lock(mutex);
        done[row] = std::max(done[row], std::clamp(fraction, 0.0, 1.0));
        const double sum = std::accumulate(done.begin(), done.end(), 0.0);
        whole.report(phase, std::llround(1000 * sum), std::int64_t(1000 * done.size()));
    }
};

OverallProgress::OverallProgress(Progress whole, std::size_t rows) : m_state(std::make_shared<State>())
{
    m_state->whole = std::move(whole);
    m_state->done.resize(rows);
}

Progress OverallProgress::part(std::size_t row, double begin, double end, std::string phase) const
{
    m_state->reach(row, begin, phase);
    return Progress(m_state->whole.stopToken(), [state = m_state, row, begin, end, phase = std::move(phase)](
                                                    std::string_view, std::int64_t done, std::int64_t total) {
        if (total > 0)
            state->reach(row, begin + (end - begin) * double(done) / double(total), phase);
    });
}

void OverallProgress::finish(std::size_t row) const
{
    m_state->reach(row, 1, "done");
}

} // namespace espalier
