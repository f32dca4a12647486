// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/recipe.h"

#include "core/base/text.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/namedrecipes.h"
#include "core/techniques/recipetext.h"

#include <algorithm>
#include <set>

namespace espalier {

namespace {

std::string place(std::size_t number, const std::string &id)
{
    return "recipe step " + std::to_string(number) + ", '" + id + "'";
}

/// What a label says of settings for single layers.
std::string exceptionsText(const ParameterValues &values)
{
    std::set<std::string> layers;
    for (const LayerSetting &setting : values.layerSettings())
        layers.insert(setting.layer);
    return layers.empty() ? std::string() : " but " + joined(std::vector(layers.begin(), layers.end()), ", ");
}

Result<Recipe::Step> resolved(const RecipeStepText &text, std::size_t number)
{
    const Technique *technique = findTechnique(text.id);
    if (!technique) {
        std::vector<std::string> ids;
        for (const Technique *known : techniques())
            ids.emplace_back(known->id);
        for (const NamedRecipe &known : namedRecipes())
            ids.emplace_back(known.id);
        return invalidArgument(place(number, text.id) + ": there is no such technique." + didYouMean(text.id, ids) +
                               " Known are " + joined(ids, ", ") + ".");
    }
    Result<ParameterValues> values = ParameterValues::parse(technique->parameters, text.settings, text.layers);
    if (!values)
        return values.error().in(place(number, text.id));
    return Recipe::Step{technique, *std::move(values)};
}

/// A step's settings as they are written, but for those at their default; `isMeant` chooses among them by key.
template <class IsMeant>
std::vector<std::string> settingTexts(const Recipe::Step &step, const IsMeant &isMeant)
{
    std::vector<std::string> texts;
    for (const ParameterSpec &spec : step.technique->parameters) {
        const ParameterValue &value = step.values.all().at(spec.key);
        if (value != spec.defaultValue && isMeant(spec.key))
            texts.push_back(spec.key + "=" + quotedSetting(parameterText(value)));
    }
    return texts;
}

} // namespace

Result<Recipe> Recipe::parse(std::string_view text)
{
    const Result<std::vector<RecipeStepText>> parts = splitRecipe(text);
    if (!parts)
        return parts.error();
    std::vector<Step> steps;
    for (const RecipeStepText &part : *parts) {
        if (const NamedRecipe *named = findNamedRecipe(part.id)) {
            if (!part.settings.empty() || !part.layers.empty())
                return invalidArgument(place(steps.size() + 1, part.id) +
                                       ": a recipe with a name takes no settings; it stands for '" +
                                       std::string(named->recipe) + "'");
            const Result<Recipe> whole = parse(named->recipe);
            if (!whole)
                return whole.error();
            steps.insert(steps.end(), whole->steps().begin(), whole->steps().end());
            continue;
        }
        Result<Step> step = resolved(part, steps.size() + 1);
        if (!step)
            return step.error();
        steps.push_back(*std::move(step));
    }
    return Recipe(std::move(steps));
}

std::string Recipe::text() const
{
    std::vector<std::string> lines;
    for (const Step &step : m_steps) {
        std::string line(step.technique->id);
        for (const std::string &setting : settingTexts(step, [](const std::string &) { return true; }))
            line += " " + setting;
        for (const LayerSetting &setting : step.values.layerSettings())
            line += " layer=" + quotedSetting(setting.text());
        lines.push_back(std::move(line));
    }
    return joined(lines, " | ");
}

std::string Recipe::label() const
{
    if (m_steps.empty())
        return "original";
    std::vector<std::string> labels;
    for (const Step &step : m_steps)
        labels.push_back(step.technique->label(step.values) + exceptionsText(step.values));
    return joined(labels, " → ");
}

std::vector<std::string> distinctLabels(std::span<const Recipe> recipes)
{
    std::vector<std::string> labels;
    for (const Recipe &recipe : recipes)
        labels.push_back(recipe.label());
    std::vector<std::string> distinct = labels;
    for (std::size_t i = 0; i < recipes.size(); ++i) {
        std::vector<std::string> differences;
        for (std::size_t s = 0; s < recipes[i].steps().size(); ++s) {
            const Recipe::Step &step = recipes[i].steps()[s];
            // Whether another recipe of this name has another value.
            const auto differs = [&](const std::string &key) {
                for (std::size_t other = 0; other < recipes.size(); ++other) {
                    const std::vector<Recipe::Step> &steps = recipes[other].steps();
                    if (labels[other] == labels[i] && s < steps.size() && steps[s].technique == step.technique &&
                        steps[s].values.all().at(key) != step.values.all().at(key))
                        return true;
                }
                return false;
            };
            for (std::string &text : settingTexts(step, differs))
                differences.push_back(std::move(text));
        }
        if (!differences.empty())
            distinct[i] += " (" + joined(differences, ", ") + ")";
    }
    return distinct;
}

TechniqueNeeds Recipe::needs() const
{
    TechniqueNeeds strongest = TechniqueNeeds::nothing;
    for (const Step &step : m_steps)
        strongest = std::max(strongest, step.technique->needsWith ? step.technique->needsWith(step.values)
                                                                  : step.technique->needs);
    return strongest;
}

namespace {

/// What keeps masks is the end of what changes weights: they are no constants of their layers any more.
Result<void> checkMasks(std::span<const Recipe::Step> steps)
{
    std::size_t keeper = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (keeper > 0 && !steps[i].technique->takesMasks)
            return invalidArgument(place(i + 1, std::string(steps[i].technique->id)) + ": step " +
                                   std::to_string(keeper) +
                                   " keeps masks beside its weights, which nothing but sparse-runtime works on: take "
                                   "strip=yes there");
        const ParameterValues &values = steps[i].values;
        if (values.all().contains("strip") && !values.flag("strip"))
            keeper = i + 1;
    }
    return {};
}

} // namespace

Result<ModelPtr> Recipe::apply(const ModelPtr &model, TechniqueContext &context) const
{
    ModelPtr current = model;
    context.original = model;
    if (const Result<void> stripped = checkMasks(m_steps); !stripped)
        return stripped.error();
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        if (context.progress.cancelled())
            return cancelled();
        const Step &step = m_steps[i];
        context.step = i + 1;
        if (const Result<void> known = checkLayerSettings(current->main(), step.values); !known)
            return known.error().in(place(i + 1, std::string(step.technique->id)));
        Result<ModelPtr> next = step.technique->apply(current, step.values, context);
        if (!next)
            return next.error().code == ErrorCode::cancelled
                       ? next.error()
                       : next.error().in(place(i + 1, std::string(step.technique->id)));
        current = *std::move(next);
    }
    return current;
}

} // namespace espalier
