// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/benchqueue.h"

#include <algorithm>

namespace espalier {

BenchQueue::BenchQueue(int workers, int hardware) : m_mostUnbound(workers)
{
    for (int i = 0; i < workers + hardware; ++i)
        m_workers.emplace_back([this](const std::stop_token &stop) { work(stop); });
}

BenchQueue::~BenchQueue()
{
    for (std::jthread &worker : m_workers)
        worker.request_stop();
    m_workers.clear(); // joins, while the members that the workers use still live
}

// The first job whose hardware is free: one that is busy holds up its own jobs only.
std::deque<BenchQueue::Job>::iterator BenchQueue::startable()
{
    return std::ranges::find_if(m_jobs, [this](const Job &job) {
        return job.hardware.empty() ? m_unbound < m_mostUnbound : !m_used.contains(job.hardware);
    });
}

void BenchQueue::work(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return !m_paused && startable() != m_jobs.end(); })) {
        if (stop.stop_requested())
            return;
        const auto next = startable();
        const Job job = std::move(*next);
        m_jobs.erase(next);
        ++m_running;
        if (job.hardware.empty())
            ++m_unbound;
        else
            m_used.insert(job.hardware);
        m_notes.push_back({job.row, job.board, std::nullopt});
        m_changed.notify_all();
        lock.unlock();
        Result<BenchRecord> result = job.run();
        lock.lock();
        --m_running;
        if (job.hardware.empty())
            --m_unbound;
        else
            m_used.erase(job.hardware);
        m_notes.push_back({job.row, job.board, std::move(result)});
        m_changed.notify_all();
    }
}

void BenchQueue::add(Job job)
{
    const std::lock_guard lock(m_mutex);
    m_jobs.push_back(std::move(job));
    m_changed.notify_all();
}

void BenchQueue::pause()
{
    std::unique_lock lock(m_mutex);
    m_paused = true;
    m_changed.wait(lock, [this] { return m_running == 0; });
}

void BenchQueue::resume()
{
    const std::lock_guard lock(m_mutex);
    m_paused = false;
    m_changed.notify_all();
}

std::optional<BenchQueue::Note> BenchQueue::takeNote()
{
    if (m_notes.empty())
        return std::nullopt;
    Note note = std::move(m_notes.front());
    m_notes.pop_front();
    return note;
}

std::optional<BenchQueue::Note> BenchQueue::next()
{
    const std::lock_guard lock(m_mutex);
    return takeNote();
}

std::optional<BenchQueue::Note> BenchQueue::waitForNext()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_notes.empty() || (m_jobs.empty() && m_running == 0); });
    return takeNote();
}

std::optional<BenchQueue::Note> BenchQueue::waitForNext(const std::function<bool()> &hasOtherNews)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return !m_notes.empty() || hasOtherNews(); });
    return takeNote();
}

void BenchQueue::wake()
{
    const std::lock_guard lock(m_mutex);
    m_changed.notify_all();
}

} // namespace espalier
