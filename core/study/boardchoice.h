// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace espalier {

/// A board and how it is to run, as its id spells them: "pico:clock=200,weights=sram,forms=dense@1-2".
struct BoardChoice
{
    std::string board;         ///< without settings: "pico@1-2"
    int megahertz = 0;         ///< 0: as usual
    bool weightsInRam = false; ///< instead of flash
    std::string forms;         ///< of the weights: "dense" or "compact"; empty: the smaller

    /// What is not known here is left out; device says what is wrong with it.
    static BoardChoice of(std::string_view id);

    std::string settings() const; ///< "clock=200,weights=sram"; empty where all is as usual
    std::string id() const;

    bool operator==(const BoardChoice &) const = default;
};

} // namespace espalier
