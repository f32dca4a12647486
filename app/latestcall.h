// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <mutex>

namespace espalier::ui {

/// Lets work on another thread show how far it is as often as it likes: at most one call comes through in each
/// interval, the newest, and those between are dropped before they wait in the event queue.
class LatestCall : public QObject
{
    Q_OBJECT
public:
    /// `interval` of 40 ms: a view that is drawn more often looks no smoother.
    explicit LatestCall(QObject *parent = nullptr, std::chrono::milliseconds interval = std::chrono::milliseconds(40));

    /// From any thread: calls `function` on this object's thread within an interval, unless a newer one comes before.
    void offer(std::function<void()> function);
    /// Calls what waits now.
    void flush();
    /// Forgets what waits.
    void drop();

private:
    std::function<void()> take();

    QTimer m_timer;
    std::mutex m_mutex;
    std::function<void()> m_latest; ///< empty: nothing waits
};

} // namespace espalier::ui
