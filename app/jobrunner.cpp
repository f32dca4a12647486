// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobrunner.h"

#include <QMetaObject>

namespace espalier::ui {

namespace {

/// Lets one report through every 40 ms, and each new phase, so that the event queue never fills with progress.
class Throttle
{
public:
    bool passes(std::string_view phase)
    {
        const auto now = std::chrono::steady_clock::now();
        if (phase == m_phase && now - m_last < std::chrono::milliseconds(40))
            return false;
        m_phase = phase;
        m_last = now;
        return true;
    }

private:
    std::string m_phase;
    std::chrono::steady_clock::time_point m_last = {};
};

} // namespace

JobRunner::JobRunner(QObject *parent) : QObject(parent) {}

JobRunner::~JobRunner()
{
    m_thread.request_stop();
    for (Retired &retired : m_retired)
        retired.thread.request_stop();
    // The threads join as they are destroyed, before this object's queued calls could be delivered.
    m_retired.clear();
    m_thread = {};
}

void JobRunner::retire()
{
    std::erase_if(m_retired, [](const Retired &retired) { return retired.ended->load(); });
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_retired.push_back({std::move(m_thread), m_ended});
    }
}

std::function<void(std::function<void()>)> JobRunner::poster() const
{
    auto *self = const_cast<JobRunner *>(this);
    // The job that is about to start has the next number.
    return [self, job = m_job + 1](std::function<void()> function) {
        QMetaObject::invokeMethod(
            self,
            [self, job, function = std::move(function)] {
                if (self->m_job == job)
                    function();
            },
            Qt::QueuedConnection);
    };
}

void JobRunner::begin(const QString &title, Work work)
{
    const auto post = poster();
    retire();
    ++m_job;
    m_running = true;
    m_ended = std::make_shared<std::atomic<bool>>(false);
    m_thread = std::jthread([this, work = std::move(work), post, ended = m_ended](std::stop_token stop) {
        const Progress progress(stop, [this, post, throttle = Throttle()](std::string_view phase, std::int64_t done,
                                                                          std::int64_t total) mutable {
            if (throttle.passes(phase))
                post([this, text = QString::fromUtf8(phase.data(), qsizetype(phase.size())), done, total] {
                    emit progressed(text, done, total);
                });
        });
        std::function<void()> deliver = work(progress);
        post([this, deliver = std::move(deliver)] {
            m_running = false;
            emit finished();
            deliver();
        });
        ended->store(true);
    });
    emit started(title);
}

void JobRunner::abandon()
{
    if (!m_running)
        return;
    retire();
    ++m_job;
    m_running = false;
    emit finished();
}

void JobRunner::cancel()
{
    if (!m_running)
        return;
    m_thread.request_stop();
    emit cancelling();
}

} // namespace espalier::ui
