// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <algorithm>
#include <string>

namespace espalier::test {

/// One printable line that says what is wrong and, behind a colon or semicolon, what to do.
inline bool isSentence(const Error &error)
{
    static constexpr const char *remedies[] = {
        "press ",  "plug ",  "unplug ",  "flash ",   "hold BOOTSEL", "close it",  "run '",    "mount ",   "delete ",
        "choose ", "end it", "connect ", "name one", "join ",        "try again", "look for", "build it", "start the "};
    const std::string &text = error.message;
    const std::size_t behind = text.find_first_of(";:");
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return printable && text.size() > 30 && text.size() < 400 && behind != std::string::npos &&
           std::any_of(std::begin(remedies), std::end(remedies),
                       [&](const char *remedy) { return text.find(remedy, behind) != std::string::npos; });
}

} // namespace espalier::test
