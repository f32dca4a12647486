// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <QObject>
#include <QString>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace espalier::ui {

/// Runs one job at a time on a thread of its own and brings its result to the GUI thread. A new job supersedes the one
/// that runs: that one is told to stop and its result is dropped. The destructor stops and joins everything.
class JobRunner : public QObject
{
    Q_OBJECT
public:
    explicit JobRunner(QObject *parent = nullptr);
    ~JobRunner() override;

    /// `work` runs on the thread with its inputs captured by value; `done` is called here with its result, unless the
    /// job was superseded.
    template <class T>
    void start(const QString &title, std::function<Result<T>(const Progress &)> work,
               std::function<void(Result<T>)> done)
    {
        begin(title,
              [work = std::move(work), done = std::move(done)](const Progress &progress) -> std::function<void()> {
                  // Shared, since a queued call is copied and a result may not be.
                  auto result = std::make_shared<Result<T>>(work(progress));
                  return [result, done] { done(std::move(*result)); };
              });
    }

    /// Calls `function` on the GUI thread while the job that posts it is the current one. For work's own use.
    std::function<void(std::function<void()>)> poster() const;

    bool isRunning() const { return m_running; }
    /// Asks the job to stop; its result is still delivered.
    void cancel();
    /// Asks the job to stop and drops whatever it still posts.
    void abandon();

signals:
    void started(const QString &title);
    /// `total` 0: how long it takes is not known.
    void progressed(const QString &phase, qint64 done, qint64 total);
    void cancelling();
    void finished();

private:
    using Work = std::function<std::function<void()>(const Progress &)>;
    struct Retired
    {
        std::jthread thread;
        std::shared_ptr<std::atomic<bool>> ended;
    };

    void begin(const QString &title, Work work);
    void retire();

    std::jthread m_thread;
    std::shared_ptr<std::atomic<bool>> m_ended; ///< set as the last thing the current thread does
    std::vector<Retired> m_retired;             ///< superseded threads on their way out
    quint64 m_job = 0;                          ///< number of the current job; what others post is dropped
    bool m_running = false;
};

} // namespace espalier::ui
