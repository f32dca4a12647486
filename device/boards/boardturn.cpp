// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/boardturn.h"

#include <condition_variable>
#include <mutex>
#include <set>

namespace espalier::device {

namespace {

struct Turns
{
    std::mutex mutex;
    std::condition_variable changed;
    std::set<std::string> used;
};

Turns &turns()
{
    static Turns all;
    return all;
}

} // namespace

Result<BoardTurn> BoardTurn::take(const std::string &hardware, const Progress &progress)
{
    std::unique_lock lock(turns().mutex);
    while (turns().used.contains(hardware)) {
        if (progress.cancelled())
            return cancelled();
        progress.report("waiting for its board", 0, 0);
        turns().changed.wait_for(lock, std::chrono::milliseconds(50)); // how long a Cancel may go unnoticed
    }
    turns().used.insert(hardware);
    return BoardTurn(hardware);
}

BoardTurn::~BoardTurn()
{
    if (m_hardware.empty())
        return;
    const std::lock_guard lock(turns().mutex);
    turns().used.erase(m_hardware);
    turns().changed.notify_all();
}

} // namespace espalier::device
