// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/boardsettings.h"

#include "core/base/text.h"

#include <algorithm>
#include <vector>

namespace espalier::device {

std::string BoardSettings::text() const
{
    if (isUsual)
        return {};
    return "clock " + std::to_string(megahertz) + " MHz, weights in " + (weightsInRam ? "SRAM" : "flash");
}

Result<BoardSettings> readBoardSettings(std::string_view text, const std::string &board, std::span<const int> clocks)
{
    BoardSettings settings;
    if (!clocks.empty())
        settings.megahertz = clocks.front();
    if (text.empty())
        return settings;
    if (clocks.empty())
        return invalidArgument("the board '" + board + "' has no settings: leave out ':" + std::string(text) + "'.");
    settings.isUsual = false;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string one(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        const std::size_t equals = one.find('=');
        const std::string key = one.substr(0, equals), value = equals == one.npos ? "" : one.substr(equals + 1);
        if (key == "clock") {
            std::vector<std::string> known;
            for (const int each : clocks)
                known.push_back(std::to_string(each));
            const auto found = std::find(known.begin(), known.end(), value);
            if (found == known.end())
                return invalidArgument("the board '" + board + "' cannot run at '" + value +
                                       "' MHz: it takes clock=" + joined(known, " or "));
            settings.megahertz = clocks[std::size_t(found - known.begin())];
        } else if (key == "weights") {
            if (value != "flash" && value != "sram")
                return invalidArgument("the board '" + board + "' has no place '" + value +
                                       "' for weights: it takes weights=flash or sram");
            settings.weightsInRam = value == "sram";
        } else {
            return invalidArgument("the board '" + board + "' has no setting '" + key + "'; known are clock, weights." +
                                   didYouMean(key, std::vector<std::string>{"clock", "weights"}));
        }
    }
    return settings;
}

} // namespace espalier::device
