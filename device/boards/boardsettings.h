// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace espalier::device {

/// What may be tried on a board: "clock=200,weights=sram", as it stands behind the ':' in
/// "pico:clock=200,weights=sram".
struct BoardSettings
{
    int megahertz = 0;         ///< of the processor
    bool weightsInRam = false; ///< instead of flash
    bool isUsual = true;       ///< nothing was asked for

    /// For people, where it is not usual: "clock 200 MHz, weights in SRAM".
    std::string text() const;
};

/// Reads settings for a board that can run at these clocks, of which the first is the usual one; where there are none
/// the board has no settings. An invalidArgument error names what was given and what is allowed.
Result<BoardSettings> readBoardSettings(std::string_view text, const std::string &board, std::span<const int> clocks);

} // namespace espalier::device
