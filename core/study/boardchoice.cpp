// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/boardchoice.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace espalier {

namespace {

constexpr std::string_view clockKey = "clock=", inRam = "weights=sram", formsKey = "forms=";

} // namespace

BoardChoice BoardChoice::of(std::string_view id)
{
    const std::size_t at = std::min(id.find('@'), id.size());
    const std::size_t colon = std::min(id.find(':'), at);
    BoardChoice choice;
    choice.board = std::string(id.substr(0, colon)) + std::string(id.substr(at));
    std::string_view rest = id.substr(colon, at - colon);
    while (!rest.empty()) {
        rest.remove_prefix(1); // ':' or ','
        const std::string_view one = rest.substr(0, rest.find(','));
        if (one.starts_with(clockKey))
            std::from_chars(one.data() + clockKey.size(), one.data() + one.size(), choice.megahertz);
        else if (one == inRam)
            choice.weightsInRam = true;
        else if (one == "forms=dense" || one == "forms=compact")
            choice.forms = one.substr(formsKey.size());
        rest.remove_prefix(one.size());
    }
    return choice;
}

std::string BoardChoice::settings() const
{
    std::vector<std::string> all;
    if (megahertz > 0)
        all.push_back(std::string(clockKey) + std::to_string(megahertz));
    if (weightsInRam)
        all.emplace_back(inRam);
    if (!forms.empty())
        all.push_back(std::string(formsKey) + forms);
    return joined(all, ",");
}

std::string BoardChoice::id() const
{
    const std::string text = settings();
    const std::size_t at = std::min(board.find('@'), board.size());
    return board.substr(0, at) + (text.empty() ? "" : ":" + text) + board.substr(at);
}

} // namespace espalier
