// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "core/base/text.h"
#include "core/exporters/rowjson.h"
#include "core/techniques/namedrecipes.h"
#include "core/techniques/technique.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string_view familyName(TechniqueFamily family)
{
    switch (family) {
    case TechniqueFamily::pruning:
        return "pruning";
    case TechniqueFamily::quantization:
        return "quantization";
    case TechniqueFamily::training:
        break;
    }
    return "training";
}

std::string_view needsName(TechniqueNeeds needs)
{
    switch (needs) {
    case TechniqueNeeds::nothing:
        return "nothing";
    case TechniqueNeeds::calibration:
        return "calibration data";
    case TechniqueNeeds::training:
        break;
    }
    return "training data";
}

std::string_view typeName(const ParameterValue &value)
{
    constexpr std::string_view names[] = {"boolean", "integer", "real", "text"};
    return names[value.index()];
}

std::string_view scopeName(ParameterScope scope)
{
    return scope == ParameterScope::whole ? "step" : scope == ParameterScope::either ? "step or layer" : "layer";
}

Json parameterJson(const ParameterSpec &spec)
{
    Json json = {{"key", spec.key},
                 {"title", spec.title},
                 {"description", spec.description},
                 {"type", typeName(spec.defaultValue)},
                 {"default", nullptr},
                 {"minimum", nullptr},
                 {"maximum", nullptr},
                 {"choices", spec.choices},
                 {"unit", spec.unit},
                 {"scope", scopeName(spec.scope)}};
    std::visit([&](const auto &value) { json["default"] = value; }, spec.defaultValue);
    if (std::isfinite(spec.minimum))
        json["minimum"] = spec.minimum;
    if (std::isfinite(spec.maximum))
        json["maximum"] = spec.maximum;
    return json;
}

Json techniqueJson(const Technique &technique)
{
    Json parameters = Json::array();
    for (const ParameterSpec &spec : technique.parameters)
        parameters.push_back(parameterJson(spec));
    return {{"id", technique.id},
            {"title", technique.title},
            {"summary", technique.summary},
            {"family", familyName(technique.family)},
            {"needs", needsName(technique.needs)},
            {"source", technique.source},
            {"parameters", std::move(parameters)}};
}

std::string techniqueText(const Technique &technique)
{
    std::string text = std::string(technique.id) + "  (" + std::string(technique.title) + ")\n    " +
                       std::string(technique.summary) + "\n    Needs " + std::string(needsName(technique.needs)) +
                       ". Source: " + std::string(technique.source) + "\n";
    for (const ParameterSpec &spec : technique.parameters)
        text += std::string("    ") + (spec.scope == ParameterScope::layer ? "layer=NAME:" : "") + spec.key + "=" +
                parameterText(spec.defaultValue) + "  " + spec.description + " (" + allowedText(spec) +
                (spec.unit.empty() ? "" : ", " + spec.unit) +
                (spec.scope == ParameterScope::either ? "; also layer=NAME:" + spec.key + "=…" : "") + ")\n";
    return text;
}

struct Given
{
    std::string id;
    bool json = false;
};

Result<void> run(const Given &given)
{
    std::vector<const Technique *> shown(techniques().begin(), techniques().end());
    if (!given.id.empty()) {
        std::vector<std::string> ids;
        for (const Technique *technique : shown)
            ids.emplace_back(technique->id);
        const Technique *one = findTechnique(given.id);
        if (!one)
            return invalidArgument("there is no technique '" + given.id + "'; known are " + joined(ids, ", ") + "." +
                                   didYouMean(given.id, ids));
        shown = {one};
    }
    if (given.json) {
        Json list = Json::array();
        for (const Technique *technique : shown)
            list.push_back(techniqueJson(*technique));
        Json document = {{"techniques", std::move(list)}};
        if (given.id.empty())
            for (const NamedRecipe &named : namedRecipes())
                document["recipes"].push_back(
                    {{"id", named.id}, {"title", named.title}, {"source", named.source}, {"recipe", named.recipe}});
        return print(jsonText(document));
    }
    std::string text;
    for (const Technique *technique : shown)
        text += (text.empty() ? "" : "\n") + techniqueText(*technique);
    if (given.id.empty())
        text += "\nRecipes that have a name, accepted wherever a recipe is:\n";
    for (const NamedRecipe &named : given.id.empty() ? namedRecipes() : std::span<const NamedRecipe>())
        text += "\n" + std::string(named.id) + "  (" + std::string(named.title) + ")\n    " +
                std::string(named.recipe) + "\n    Source: " + std::string(named.source) + "\n";
    return print(text);
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("TECHNIQUE", given->id, "Only this one", Options::Need::optional);
    options.flag("--json", given->json, "One JSON document on standard output");
    options.remark("A recipe chains them: 'prune-magnitude sparsity=0.5 | quantize-int8'.");
    return [given] { return run(*given); };
}

} // namespace

extern const Command techniquesCommand;
const Command techniquesCommand = {"techniques", "Lists the techniques with their settings, needs and sources",
                                   declare};

} // namespace espalier::cli
