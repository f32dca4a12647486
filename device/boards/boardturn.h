// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "device/flash/flashhost.h"

#include <span>
#include <string>

namespace espalier::device {

/// Which board is wanted, in a person's words.
struct WantedBoard
{
    std::string board; ///< id of its kind
    std::string title;
    std::string place; ///< USB port, serial number or serial line; empty: the only one
};

/// The board among these, whatever its state; a missingTool error says that there is none, or which there are. A serial
/// line that is given by its path need not be on USB: it is a board of its own, whose port is the path.
Result<UsbBoard> locateBoard(std::span<const UsbBoard> seen, const WantedBoard &wanted);

/// The right to use a piece of hardware, which one benchmark has at a time; others wait for their turn, by whatever
/// name they call it. Given back when it ends, however the work did.
class BoardTurn
{
public:
    /// Waits until nobody uses the board. An error where it is not there, or the work is cancelled.
    static Result<BoardTurn> take(FlashHost &host, const WantedBoard &wanted, const Progress &progress);

    BoardTurn(BoardTurn &&other) noexcept : m_port(std::move(other.m_port)) { other.m_port.clear(); }
    BoardTurn(const BoardTurn &) = delete;
    BoardTurn &operator=(const BoardTurn &) = delete;
    BoardTurn &operator=(BoardTurn &&) = delete;
    ~BoardTurn();

private:
    explicit BoardTurn(std::string port) : m_port(std::move(port)) {}

    std::string m_port; ///< empty: moved away
};

} // namespace espalier::device
