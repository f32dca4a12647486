// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <variant>
#include <vector>

namespace espalier {

/// Benchmarks that run beside the thread that orders them. What happens comes back to that thread as notes.
class BenchQueue
{
public:
    struct Job
    {
        std::size_t row = 0; ///< whose row the record belongs to
        std::string board;
        std::string hardware; ///< takes one job at a time; empty: any number, but no more than the workers
        std::function<Result<BenchRecord>()> run;
    };
    /// A job began, or ended with its result.
    struct Note
    {
        std::size_t row = 0;
        std::string board;
        std::optional<Result<BenchRecord>> result; ///< none: it began
    };

    /// `workers` jobs at once that only this computer works on, beside one for each piece of hardware.
    BenchQueue(int workers, int hardware);
    /// Jobs that have not begun are dropped; those that run are waited for.
    ~BenchQueue();
    BenchQueue(const BenchQueue &) = delete;
    BenchQueue &operator=(const BenchQueue &) = delete;

    void add(Job job);
    /// Waits until no job runs and starts none before resume(): for measuring what a busy machine would disturb.
    void pause();
    void resume();

    /// The next note, or nothing where there is none at the moment.
    std::optional<Note> next();
    /// The next note, waited for; nothing where no job is left that could bring one.
    std::optional<Note> waitForNext();
    /// The next note, waited for; nothing as soon as `hasOtherNews`, which is asked at each wake().
    std::optional<Note> waitForNext(const std::function<bool()> &hasOtherNews);
    void wake();

private:
    void work(const std::stop_token &stop);
    std::optional<Note> takeNote();
    std::deque<Job>::iterator startable();

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<Job> m_jobs;
    std::deque<Note> m_notes;
    std::set<std::string> m_used; ///< hardware
    const int m_mostUnbound;
    int m_running = 0, m_unbound = 0;
    bool m_paused = false;
    std::vector<std::jthread> m_workers;
};

} // namespace espalier
