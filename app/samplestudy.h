// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/recipe.h"

#include <filesystem>
#include <string>
#include <vector>

namespace espalier {

/// What the program shows before it is given anything: a convnet for Fashion-MNIST, its data, six recipes.
struct SampleStudy
{
    std::filesystem::path model; ///< empty where it is not on this machine
    std::filesystem::path data;  ///< empty where it is not on this machine
    std::vector<Recipe> recipes;
    std::string missing; ///< a sentence: what is absent and what brings it; empty where all is there
};

SampleStudy sampleStudy();

} // namespace espalier
