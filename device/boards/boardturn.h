// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <string>

namespace espalier::device {

/// The right to use a piece of hardware, which one benchmark has at a time; others wait for their turn. Given back when
/// it ends, however the work did.
class BoardTurn
{
public:
    /// Waits until nobody uses what is named so; an error only where the work is cancelled.
    static Result<BoardTurn> take(const std::string &hardware, const Progress &progress);

    BoardTurn(BoardTurn &&other) noexcept : m_hardware(std::move(other.m_hardware)) { other.m_hardware.clear(); }
    BoardTurn(const BoardTurn &) = delete;
    BoardTurn &operator=(const BoardTurn &) = delete;
    BoardTurn &operator=(BoardTurn &&) = delete;
    ~BoardTurn();

private:
    explicit BoardTurn(std::string hardware) : m_hardware(std::move(hardware)) {}

    std::string m_hardware; ///< empty: moved away
};

} // namespace espalier::device
