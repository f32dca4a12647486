// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/boardturn.h"

#include "device/discovery/holder.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

namespace espalier::device {

namespace {

struct Turns
{
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, UsbBoard> used; ///< by port, as they were before
    std::uint64_t ended = 0;              ///< turns so far
};

Turns &turns()
{
    static Turns all;
    return all;
}

bool isNamed(const UsbBoard &board, const WantedBoard &wanted)
{
    if (wanted.place.starts_with('/'))
        return !board.tty.empty() && lineItself(board.tty) == lineItself(wanted.place);
    const bool isKind = board.board == wanted.board || board.orBoard == wanted.board;
    return isKind && (wanted.place.empty() || board.port == wanted.place || board.serial == wanted.place);
}

} // namespace

Result<UsbBoard> locateBoard(std::span<const UsbBoard> seen, const WantedBoard &wanted)
{
    std::vector<UsbBoard> found;
    std::ranges::copy_if(seen, std::back_inserter(found), [&](const UsbBoard &each) { return isNamed(each, wanted); });
    const bool isLine = wanted.board == "serial" && wanted.place.starts_with('/');
    if (found.empty() && isLine) {
        UsbBoard line;
        line.board = wanted.board;
        line.port = line.tty = lineItself(wanted.place).string();
        return line;
    }
    if (found.empty())
        return missingTool("no " + wanted.title + " is plugged in" +
                           (wanted.place.empty() ? "" : " at '" + wanted.place + "'") + ": connect one over USB");
    if (found.size() > 1) {
        std::string places;
        for (const UsbBoard &each : found)
            places += (places.empty() ? "" : " or ") + wanted.board + '@' + each.port;
        return missingTool("several are plugged in: name one as " + places);
    }
    return found.front();
}

Result<BoardTurn> BoardTurn::take(FlashHost &host, const WantedBoard &wanted, const Progress &progress)
{
    Turns &all = turns();
    std::unique_lock lock(all.mutex);
    while (true) {
        if (progress.cancelled())
            return cancelled();
        const std::uint64_t ended = all.ended;
        lock.unlock();
        const std::vector<UsbBoard> seen = host.boards();
        lock.lock();
        if (ended != all.ended)
            continue; // what was seen was perhaps just starting again
        // Where one in use may be meant it is waited for: while it starts again it is seen nowhere.
        const bool isMeant =
            std::ranges::any_of(all.used, [&](const auto &each) { return isNamed(each.second, wanted); });
        if (!isMeant) {
            const auto found = locateBoard(seen, wanted);
            if (!found)
                return found.error();
            if (all.used.emplace(found->port, *found).second)
                return BoardTurn(found->port);
        }
        progress.report("waiting for its board", 0, 0);
        all.changed.wait_for(lock, std::chrono::milliseconds(50)); // how long a Cancel may go unnoticed
    }
}

BoardTurn::~BoardTurn()
{
    if (m_port.empty())
        return;
    const std::lock_guard lock(turns().mutex);
    turns().used.erase(m_port);
    ++turns().ended;
    turns().changed.notify_all();
}

} // namespace espalier::device
