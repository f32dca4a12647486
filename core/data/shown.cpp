// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/shown.h"

#include <algorithm>

namespace espalier {

std::string shown(std::string_view text, std::size_t most)
{
    std::string quoted = "'" + std::string(text.substr(0, most));
    std::ranges::replace_if(
        quoted, [](char c) { return (c >= 0 && c < 32) || c == 127; }, ' ');
    // A cut inside of a UTF-8 sequence leaves no half of it behind.
    if (text.size() > most) {
        while (!quoted.empty() && (quoted.back() & 0xc0) == 0x80)
            quoted.pop_back();
        if (!quoted.empty() && (quoted.back() & 0xc0) == 0xc0)
            quoted.pop_back();
        quoted += "…";
    }
    return quoted + "'";
}

} // namespace espalier
