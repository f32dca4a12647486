// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// One step of a recipe as it is written, before the catalogue knows it.
struct RecipeStepText
{
    std::string id;
    std::map<std::string, std::string> settings;
    std::vector<std::string> layers; ///< what stands behind each `layer=`
};

/// The grammar alone: steps separated by '|', a step is an id and `key=value` pairs separated by blanks, of which
/// `layer=NAME:key=value` may come several times. A value with
/// blanks, '|' or quotes stands in double quotes, where a backslash takes the next character as it is. Blank text has
/// no steps. An invalidArgument error names the step and what is wrong with it.
Result<std::vector<RecipeStepText>> splitRecipe(std::string_view text);

/// The value as a recipe writes it, in quotes where it needs them.
std::string quotedSetting(const std::string &value);

} // namespace espalier
