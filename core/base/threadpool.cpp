// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/threadpool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace espalier {

namespace {

/// Looks a moment, about 20 microseconds, whether something has come true: jobs follow each other closely, and going to
/// sleep and waking take longer than most of their pauses. No longer than that: who spins takes others' processor.
template <class Condition>
void lookFor(const Condition &condition)
{
    constexpr int looks = 1000;
    for (int i = 0; i < looks && !condition(); ++i) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
    }
}

} // namespace

struct ThreadPool::State
{
    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable idle;
    std::atomic<std::size_t> generation = 0; ///< of the job; changes under the mutex, as do the next three
    std::atomic<int> working = 0;            ///< threads that have taken part in the job and not left it
    std::atomic<bool> stopping = false;
    bool open = false; ///< threads may still take part

    const std::function<void(std::size_t, int)> *task = nullptr;
    std::size_t count = 0;
    std::atomic<std::size_t> next = 0;
    std::exception_ptr thrown;

    std::vector<std::thread> threads;

    void drain(int worker)
    {
        try {
            for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1))
                (*task)(i, worker);
        } catch (...) {
            const std::lock_guard lock(mutex);
            thrown = std::current_exception();
            next = count;
        }
    }

    void loop(int worker)
    {
        std::size_t seen = 0;
        const auto isCalled = [&] { return stopping || generation != seen; };
        while (true) {
            lookFor(isCalled);
            std::unique_lock lock(mutex);
            wake.wait(lock, isCalled);
            if (stopping)
                return;
            seen = generation;
            if (!open) // the others were done before this thread woke
                continue;
            ++working;
            lock.unlock();
            drain(worker);
            lock.lock();
            if (--working == 0)
                idle.notify_one();
        }
    }
};

ThreadPool::ThreadPool(int threads) : m_state(std::make_unique<State>())
{
    if (threads <= 0)
        threads = std::max(1u, std::thread::hardware_concurrency());
    for (int worker = 1; worker < threads; ++worker)
        m_state->threads.emplace_back([state = m_state.get(), worker] { state->loop(worker); });
}

ThreadPool::~ThreadPool()
{
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->stopping = true;
    }
    m_state->wake.notify_all();
    for (std::thread &thread : m_state->threads)
        thread.join();
}

int ThreadPool::size() const
{
    return int(m_state->threads.size()) + 1;
}

void ThreadPool::run(std::size_t count, const std::function<void(std::size_t, int)> &task)
{
    State &s = *m_state;
    if (count == 1) // nothing to wake the others for
        return task(0, 0);
    {
        const std::lock_guard lock(s.mutex);
        s.task = &task;
        s.count = count;
        s.next = 0;
        s.thrown = nullptr;
        s.open = true;
        ++s.generation;
    }
    s.wake.notify_all();
    s.drain(0);
    const auto isDone = [&] { return s.working == 0; };
    lookFor(isDone);
    std::unique_lock lock(s.mutex);
    s.open = false;
    s.idle.wait(lock, isDone);
    if (s.thrown)
        std::rethrow_exception(s.thrown);
}

} // namespace espalier
