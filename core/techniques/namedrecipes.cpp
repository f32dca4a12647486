// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/namedrecipes.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr NamedRecipe all[] = {
#define NAMED_RECIPE(id, title, source, recipe) {id, title, source, recipe},
#include "core/techniques/namedrecipes.def"
#undef NAMED_RECIPE
};

} // namespace

std::span<const NamedRecipe> namedRecipes()
{
    return all;
}

const NamedRecipe *findNamedRecipe(std::string_view id)
{
    const auto found = std::ranges::find(all, id, &NamedRecipe::id);
    return found == std::end(all) ? nullptr : found;
}

} // namespace espalier
