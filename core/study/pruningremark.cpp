// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/pruningremark.h"

#include "core/base/text.h"
#include "core/study/figureformat.h"
#include "core/techniques/percent.h"
#include "core/techniques/recipe.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace espalier {

namespace {

/// By which a figure may differ and still count as the same; times on this host are never alike.
double tolerance(Column column)
{
    return column == Column::hostMs ? 0.15 : 0.03;
}

bool stayed(const Row &row, const Row &original, Column column)
{
    const auto now = row.number(column), before = original.number(column);
    return now && before && std::abs(*now - *before) <= tolerance(column) * *before;
}

std::string nameOf(Column column)
{
    switch (column) {
    case Column::sizeBytes:
        return "file";
    case Column::flashBytes:
        return "flash";
    case Column::hostMs:
        return "time on this computer";
    case Column::instructions:
        return "instructions";
    default:
        return "time";
    }
}

/// The recipe without masks, or with the zeros' removal behind it.
std::string remedy(const Recipe &recipe, PruningRemark::Kind kind)
{
    std::vector<Recipe::Step> steps = recipe.steps();
    if (kind == PruningRemark::Kind::zerosStored) {
        const Result<Recipe> more = Recipe::parse(recipe.text() + " | remove-sparsity");
        return more ? more->text() : std::string();
    }
    for (Recipe::Step &step : steps)
        if (step.values.all().contains("strip")) {
            std::map<std::string, std::string> texts;
            for (const auto &[key, value] : step.values.all())
                if (key != "strip")
                    texts.emplace(key, parameterText(value));
            if (Result<ParameterValues> values = ParameterValues::parse(step.technique->parameters, texts)) {
                values->setLayerSettings(step.values.layerSettings());
                step.values = *std::move(values);
            }
        }
    return Recipe(std::move(steps)).text();
}

} // namespace

std::optional<PruningRemark> pruningRemark(const Row &row, const Row &original)
{
    const Result<Recipe> recipe = Recipe::parse(row.text(Column::recipe));
    const auto zeros = row.number(Column::sparsity), zerosBefore = original.number(Column::sparsity);
    if (row.status() != Status::ok || !recipe || recipe->empty() || !zeros || !zerosBefore ||
        *zeros < *zerosBefore + 0.1)
        return std::nullopt;
    const auto has = [&](std::string_view id) {
        return std::ranges::any_of(recipe->steps(), [&](const Recipe::Step &step) { return step.technique->id == id; });
    };
    PruningRemark remark;
    remark.zeros = *zeros;
    const auto size = row.number(Column::sizeBytes), sizeBefore = original.number(Column::sizeBytes);
    const bool masks = std::ranges::any_of(recipe->steps(), [](const Recipe::Step &step) {
        return step.values.all().contains("strip") && !step.values.flag("strip");
    });
    if (masks && size && sizeBefore && *size > 1.05 * *sizeBefore) {
        remark.kind = PruningRemark::Kind::masksKept;
        remark.growth = *size / *sizeBefore;
        remark.recipe = remedy(*recipe, remark.kind);
        return remark;
    }
    for (const Column column : {Column::sizeBytes, Column::flashBytes, Column::latencyMs, Column::instructions})
        if (stayed(row, original, column))
            remark.unchanged.push_back(column);
    // A board that keeps only the other weights has gained already.
    const auto weights = row.number(Column::weightsFlashBytes), before = original.number(Column::weightsFlashBytes);
    if (weights && before && *weights < 0.95 * *before)
        return std::nullopt;
    const bool boardTime = row.has(Column::latencyMs) || row.has(Column::instructions);
    if (has("sparse-runtime") && !boardTime)
        remark.kind = PruningRemark::Kind::zerosSkipped;
    else if (!boardTime && stayed(row, original, Column::hostMs))
        remark.unchanged.push_back(Column::hostMs);
    if (remark.unchanged.empty())
        return std::nullopt;
    if (remark.kind == PruningRemark::Kind::zerosStored && !has("remove-sparsity") &&
        std::ranges::none_of(recipe->steps(), [](const Recipe::Step &step) {
            return step.technique->family == TechniqueFamily::quantization;
        }))
        remark.recipe = remedy(*recipe, remark.kind);
    return remark;
}

std::string PruningRemark::text() const
{
    std::string sentence;
    if (kind == Kind::masksKept) {
        sentence = "a mask is stored beside every weight: the file is " + numberText(std::round(*growth * 100) / 100) +
                   "x as large.";
        return recipe.empty() ? sentence : sentence + " Without masks: '" + recipe + "'";
    }
    std::vector<std::string> names;
    for (const Column column : unchanged)
        names.push_back(nameOf(column));
    sentence =
        percentText(std::round(zeros * 100) / 100) +
        (kind == Kind::zerosSkipped
             ? " of the weights are zero, and sparse kernels leave them out, but they are stored like any number: "
             : " of the weights are zero, but zeros are stored and multiplied like any number: ") +
        joined(names, ", ") + " did not change.";
    return recipe.empty() ? sentence : sentence + " Gain it with '" + recipe + "' or prune-channels";
}

} // namespace espalier
