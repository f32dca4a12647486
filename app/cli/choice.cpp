// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/choice.h"

#include "core/base/text.h"

#include <algorithm>

namespace espalier::cli {

Result<int> choice(const std::string &option, const std::string &given, const std::vector<std::string> &words)
{
    const auto found = std::ranges::find(words, given);
    if (found == words.end())
        return invalidArgument(option + " takes one of " + joined(words, ", ") + ", not '" + given + "'." +
                               didYouMean(given, words));
    return int(found - words.begin());
}

} // namespace espalier::cli
