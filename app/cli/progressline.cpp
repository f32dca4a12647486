// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progressline.h"

#include "app/cli/output.h"

#include <cmath>
#include <cstdio>

namespace espalier::cli {

namespace {

std::string durationText(double seconds)
{
    const auto rounded = std::lround(seconds);
    if (rounded < 90)
        return std::to_string(rounded) + " s";
    if (rounded < 90 * 60)
        return std::to_string(rounded / 60) + " min";
    return std::to_string(rounded / 3600) + " h";
}

} // namespace

ProgressLine::ProgressLine() : m_watched(isWatched())
{
    Progress::Sink sink;
    if (m_watched)
        sink = [this](std::string_view phase, std::int64_t done, std::int64_t total) { show(phase, done, total); };
    m_progress = Progress(m_interrupt.token(), std::move(sink));
}

ProgressLine::~ProgressLine()
{
    if (m_shown)
        std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(std::string_view phase, std::int64_t done, std::int64_t total)
{
    const auto now = Clock::now();
    // Work told as a whole keeps its total while phases change; a new total is new work.
    if (total != m_total)
        m_begin = now;
    m_total = total;
    if (m_shown && phase == m_phase && now - m_lastShown < std::chrono::milliseconds(100))
        return;
    m_phase = phase;
    m_lastShown = now;
    m_shown = true;
    std::string line = "\r\033[K";
    if (total > 0) {
        const double share = double(done) / double(total);
        const double seconds = std::chrono::duration<double>(now - m_begin).count();
        line += std::to_string(int(100 * share)) + " %  ";
        if (share > 0.02 && seconds > 1)
            line += durationText(seconds / share - seconds) + " left  ";
    }
    line += std::string(phase.substr(0, 60));
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
}

} // namespace espalier::cli
