// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace espalier {

/// A recipe that a paper or a tool stands for. Its id is accepted wherever a step of a recipe is. One line in
/// namedrecipes.def makes a new one.
struct NamedRecipe
{
    std::string_view id;     ///< "tinynn-oneshot-channel"
    std::string_view title;  ///< "One-shot channel pruning"
    std::string_view source; ///< the row of a table that it follows
    std::string_view recipe;
};

std::span<const NamedRecipe> namedRecipes();
const NamedRecipe *findNamedRecipe(std::string_view id);

} // namespace espalier
