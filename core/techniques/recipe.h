// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/technique.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// A chain of techniques with their settings, as one line of text:
/// `prune-magnitude sparsity=0.5 | quantize-int8 calibration=percentile`. Parsing and printing round-trip. An empty
/// chain is the original model.
class Recipe
{
public:
    struct Step
    {
        const Technique *technique = nullptr;
        ParameterValues values;
        bool operator==(const Step &) const = default;
    };

    Recipe() = default;
    explicit Recipe(std::vector<Step> steps) : m_steps(std::move(steps)) {}

    /// The name of a recipe (see namedrecipes.h) stands for its steps. An invalidArgument error names the step, the
    /// key, what was given, what is allowed and the nearest known name.
    static Result<Recipe> parse(std::string_view text);

    /// The shortest line that parses to the same recipe: settings at their default are left out.
    std::string text() const;
    /// What a row is called: the labels of its steps, "magnitude 50 % → int8"; "original" for the empty chain.
    std::string label() const;

    const std::vector<Step> &steps() const { return m_steps; }
    bool empty() const { return m_steps.empty(); }
    TechniqueNeeds needs() const; ///< the strongest need of any step

    /// Applies the steps in order. Errors name the step.
    Result<ModelPtr> apply(const ModelPtr &model, TechniqueContext &context) const;

    bool operator==(const Recipe &) const = default;

private:
    std::vector<Step> m_steps;
};

/// What rows beside each other are called: the recipes' labels, and where some are the same, the settings in which
/// these recipes differ: "aware int8 + 2 epochs (optimizer=adam)".
std::vector<std::string> distinctLabels(std::span<const Recipe> recipes);

} // namespace espalier
