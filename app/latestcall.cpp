// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/latestcall.h"

#include <utility>

namespace espalier::ui {

LatestCall::LatestCall(QObject *parent, std::chrono::milliseconds interval) : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &LatestCall::flush);
}

void LatestCall::offer(std::function<void()> function)
{
    bool isFirst;
    {
        const std::lock_guard lock(m_mutex);
        isFirst = !m_latest;
        m_latest.swap(function); // the older one is destroyed without the lock
    }
    if (isFirst)
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (!m_timer.isActive())
                    m_timer.start();
            },
            Qt::QueuedConnection);
}

std::function<void()> LatestCall::take()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_latest, nullptr);
}

void LatestCall::flush()
{
    m_timer.stop();
    if (const std::function<void()> function = take())
        function();
}

void LatestCall::drop()
{
    m_timer.stop();
    take();
}

} // namespace espalier::ui
