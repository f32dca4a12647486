// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "device/plan/executionplan.h"

#include <span>
#include <string>
#include <string_view>

namespace espalier::device {

/// What may be tried on a board: "clock=200,weights=sram", as it stands behind the ':' in
/// "pico:clock=200,weights=sram".
struct BoardSettings
{
    int megahertz = 0;                         ///< of the processor
    bool hasClock = false;                     ///< a clock was asked for
    bool weightsInRam = false;                 ///< instead of flash
    WeightForms forms = WeightForms::smallest; ///< of the weights: forms=smallest, dense or compact

    /// For people, what is not usual: "clock 200 MHz, weights in SRAM, dense weights".
    std::string text() const;
};

/// Reads settings for a board that can run at these clocks, of which the first is the usual one; where there are none
/// only the form of weights can be chosen. An invalidArgument error names what was given and what is allowed.
Result<BoardSettings> readBoardSettings(std::string_view text, const std::string &board, std::span<const int> clocks);

} // namespace espalier::device
