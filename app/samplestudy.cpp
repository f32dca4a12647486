// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/samplestudy.h"

#include <cassert>
#include <system_error>

namespace espalier {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view recipeLines[] = {
    "quantize-float16",
    "quantize-dynamic",
    "quantize-int8",
    "prune-magnitude sparsity=0.5",
    "prune-random sparsity=0.3",
    "prune-magnitude sparsity=0.5 | quantize-int8",
};

/// Beside the installed program, or in the checkout that it was built from.
fs::path modelPath()
{
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path &folder :
         {program.parent_path() / "../share/espalier/samples", fs::path(ESPALIER_CHECKOUT) / "resources/samples"}) {
        const fs::path model = folder / "fashion-cnn.tflite";
        if (fs::is_regular_file(model, error))
            return fs::weakly_canonical(model, error);
    }
    return {};
}

} // namespace

SampleStudy sampleStudy()
{
    SampleStudy study;
    study.model = modelPath();
    std::error_code ignored;
    if (const fs::path data = "/usr/share/datasets/fashion-mnist"; fs::is_directory(data, ignored))
        study.data = data;
    for (const std::string_view line : recipeLines) {
        Result<Recipe> recipe = Recipe::parse(line);
        assert(recipe);
        if (recipe)
            study.recipes.push_back(*std::move(recipe));
    }
    if (study.model.empty())
        study.missing = "The sample model is not installed; in a checkout it is resources/samples/fashion-cnn.tflite.";
    else if (study.data.empty())
        study.missing = "The sample study has no data: install the Debian package dataset-fashion-mnist.";
    return study;
}

} // namespace espalier
