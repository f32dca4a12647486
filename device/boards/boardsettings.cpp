// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/boardsettings.h"

#include "core/base/text.h"

#include <algorithm>
#include <vector>

namespace espalier::device {

namespace {

struct NamedForms
{
    WeightForms forms;
    const char *name;
};
constexpr NamedForms allForms[] = {
    {WeightForms::smallest, "smallest"}, {WeightForms::dense, "dense"}, {WeightForms::compact, "compact"}};

} // namespace

std::string BoardSettings::text() const
{
    std::vector<std::string> unusual;
    if (hasClock)
        unusual.push_back("clock " + std::to_string(megahertz) + " MHz");
    if (weightsInRam)
        unusual.push_back("weights in SRAM");
    if (forms != WeightForms::smallest)
        unusual.push_back(forms == WeightForms::dense ? "dense weights" : "compact weights");
    return joined(unusual, ", ");
}

Result<BoardSettings> readBoardSettings(std::string_view text, const std::string &board, std::span<const int> clocks)
{
    BoardSettings settings;
    if (!clocks.empty())
        settings.megahertz = clocks.front();
    std::vector<std::string> keys = {"forms"};
    if (!clocks.empty())
        keys.insert(keys.begin(), {"clock", "weights"});
    for (std::string_view rest = text; !rest.empty();) {
        const std::string one(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        const std::size_t equals = one.find('=');
        const std::string key = one.substr(0, equals), value = equals == one.npos ? "" : one.substr(equals + 1);
        if (std::ranges::find(keys, key) == keys.end())
            return invalidArgument("the board '" + board + "' has no setting '" + key + "'; known are " +
                                   joined(keys, ", ") + "." + didYouMean(key, keys));
        if (key == "clock") {
            std::vector<std::string> known;
            for (const int each : clocks)
                known.push_back(std::to_string(each));
            const auto found = std::find(known.begin(), known.end(), value);
            if (found == known.end())
                return invalidArgument("the board '" + board + "' cannot run at '" + value +
                                       "' MHz: it takes clock=" + joined(known, " or "));
            settings.megahertz = clocks[std::size_t(found - known.begin())];
            settings.hasClock = true;
        } else if (key == "weights") {
            if (value != "flash" && value != "sram")
                return invalidArgument("the board '" + board + "' has no place '" + value +
                                       "' for weights: it takes weights=flash or sram");
            settings.weightsInRam = value == "sram";
        } else {
            const auto found = std::ranges::find(allForms, value, [](const NamedForms &each) { return each.name; });
            if (found == std::end(allForms))
                return invalidArgument("weights have no form '" + value + "': the board '" + board +
                                       "' takes forms=smallest, dense or compact");
            settings.forms = found->forms;
        }
    }
    return settings;
}

} // namespace espalier::device
