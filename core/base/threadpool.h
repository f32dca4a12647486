// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace espalier {

/// A fixed set of threads that sleep between jobs, after a moment of looking whether the next one follows at once (a pool
/// that spins for longer collapses on a shared machine). A job is done without threads that woke too late for it.
class ThreadPool
{
public:
    /// `threads` 0 means one per processor. The caller of run() is one of them.
    explicit ThreadPool(int threads = 0);
    ~ThreadPool();
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool &operator=(const ThreadPool &) = delete;

    int size() const;

    /// Calls task(index, worker) for every index in [0, count), worker in [0, size()), and returns when all are done.
    /// Indices are handed out in order to whichever worker is free: a result that must not depend on the number of
    /// threads is written to its own index, never accumulated per worker. Not re-entrant: a task must not call run().
    void run(std::size_t count, const std::function<void(std::size_t index, int worker)> &task);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace espalier
