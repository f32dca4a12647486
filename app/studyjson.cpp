// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studyjson.h"

#include "core/exporters/rowjson.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace espalier {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int formatVersion = 1;
constexpr std::size_t mostEpochs = 500; ///< of a recipe

std::string pathText(const fs::path &path, const fs::path &folder)
{
    if (path.empty() || folder.empty())
        return path.string();
    std::error_code error;
    const fs::path canonical = fs::weakly_canonical(path, error);
    const fs::path relative = (error ? path : canonical).lexically_relative(folder);
    return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

fs::path pathOf(const std::string &text, const fs::path &folder)
{
    const fs::path path(text);
    return text.empty() || path.is_absolute() ? path : (folder / path).lexically_normal();
}

/// Takes values out of an object and remembers the first thing that is wrong.
class Reader
{
public:
    explicit Reader(const Json &object) : m_object(object) {}

    /// The value of a key, or null where it is absent, null or has another type.
    const Json *find(const char *key, Json::value_t type, const char *typeName)
    {
        const auto found = m_object.find(key);
        if (found == m_object.end() || found->is_null())
            return nullptr;
        const bool fits = found->type() == type || (type == Json::value_t::number_unsigned &&
                                                    found->is_number_integer() && found->get<std::int64_t>() >= 0);
        if (!fits)
            fail("'" + std::string(key) + "' is not " + typeName);
        return fits ? &*found : nullptr;
    }

    std::string text(const char *key)
    {
        const Json *value = find(key, Json::value_t::string, "a text");
        return value ? value->get<std::string>() : std::string();
    }
    /// None where the key is absent.
    std::optional<double> figure(const char *key)
    {
        const auto found = m_object.find(key);
        if (found == m_object.end() || found->is_null())
            return std::nullopt;
        if (!found->is_number()) {
            fail("'" + std::string(key) + "' is not a number");
            return std::nullopt;
        }
        return found->get<double>();
    }
    std::uint64_t number(const char *key)
    {
        const Json *value = find(key, Json::value_t::number_unsigned, "a whole number");
        return value ? value->get<std::uint64_t>() : 0;
    }
    /// Calls take(element) for every element of a list; an error it returns counts.
    template <class Take>
    void list(const char *key, const Take &take)
    {
        const Json *value = find(key, Json::value_t::array, "a list");
        for (std::size_t i = 0; value && i < value->size() && m_error.empty(); ++i)
            if (const std::string wrong = take((*value)[i]); !wrong.empty())
                fail("entry " + std::to_string(i + 1) + " of '" + key + "': " + wrong);
    }
    void fail(const std::string &what)
    {
        if (m_error.empty())
            m_error = what;
    }
    const std::string &error() const { return m_error; }

private:
    const Json &m_object;
    std::string m_error;
};

std::string takeRecipe(Study &study, const Json &entry)
{
    if (!entry.is_object() || !entry.contains("recipe") || !entry["recipe"].is_string())
        return "it is not an object with a 'recipe'";
    const Result<Recipe> recipe = Recipe::parse(entry["recipe"].get<std::string>());
    if (!recipe)
        return recipe.error().message;
    const auto ticked = entry.find("ticked");
    study.recipes.push_back({*recipe, ticked == entry.end() || !ticked->is_boolean() || ticked->get<bool>()});
    return {};
}

std::string takeBoard(Study &study, const Json &entry)
{
    if (!entry.is_string())
        return "it is not a text";
    study.boards.push_back(entry.get<std::string>());
    return {};
}

std::string takeColumn(Study &study, const Json &entry)
{
    if (!entry.is_string())
        return "it is not a text";
    // A column that this version does not know is not shown.
    if (const ColumnInfo *column = findColumn(entry.get<std::string>()))
        study.columns.push_back(column->column);
    return {};
}

std::string takeRow(Study &study, const Json &entry)
{
    Result<Row> row = rowFromJson(entry);
    if (!row)
        return row.error().message;
    study.rows.push_back(*std::move(row));
    return {};
}

/// At most so many epochs, evenly spread, with the first and the last.
std::vector<TrainedEpoch> thinned(const std::vector<TrainedEpoch> &epochs)
{
    if (epochs.size() <= mostEpochs)
        return epochs;
    std::vector<TrainedEpoch> some;
    for (std::size_t i = 0; i < mostEpochs; ++i)
        some.push_back(epochs[i * (epochs.size() - 1) / (mostEpochs - 1)]);
    return some;
}

std::string takeEpoch(std::vector<TrainedEpoch> &epochs, const Json &entry)
{
    if (!entry.is_object())
        return "it is not an object";
    Reader reader(entry);
    const std::uint64_t step = reader.number("step"), epoch = reader.number("epoch");
    const std::optional<double> loss = reader.figure("loss");
    EpochResult result{int(epoch), loss.value_or(0), reader.figure("accuracy"), reader.figure("kept_back_loss"),
                       reader.figure("kept_back_accuracy")};
    if (!loss || epoch < 1 || epoch > std::uint64_t(std::numeric_limits<int>::max()) || step < 1)
        reader.fail("it has no 'step' and 'epoch' from 1 and no 'loss'");
    epochs.push_back({std::size_t(step), result});
    return reader.error();
}

std::string takeTraining(Study &study, const Json &entry)
{
    if (!entry.is_object())
        return "it is not an object";
    Reader reader(entry);
    Study::Training training{reader.text("recipe"), {}};
    reader.list("epochs", [&](const Json &each) { return takeEpoch(training.epochs, each); });
    training.epochs = thinned(training.epochs);
    study.take(std::move(training));
    return reader.error();
}

Json toJson(const Study::Training &training)
{
    Json epochs = Json::array();
    for (const TrainedEpoch &each : thinned(training.epochs)) {
        const EpochResult &result = each.result;
        Json &epoch =
            epochs.emplace_back(Json{{"step", each.step}, {"epoch", result.epoch}, {"loss", result.trainLoss}});
        if (result.trainAccuracy)
            epoch["accuracy"] = *result.trainAccuracy;
        if (result.validationLoss)
            epoch["kept_back_loss"] = *result.validationLoss;
        if (result.validationAccuracy)
            epoch["kept_back_accuracy"] = *result.validationAccuracy;
    }
    return {{"recipe", training.recipe}, {"epochs", std::move(epochs)}};
}

} // namespace

Json toJson(const Study &study, const fs::path &folder)
{
    Json document = {{"format", "espalier-study"}, {"version", formatVersion}, {"program", ESPALIER_VERSION}};
    document["model"] = pathText(study.model, folder);
    document["model_sha256"] = study.modelSha256;
    document["data"] = pathText(study.data, folder);
    document["scaling"] = study.scaling ? Json(study.scaling->text()) : Json(nullptr);
    document["seed"] = study.seed;
    document["limit"] = study.limit;
    Json &recipes = document["recipes"] = Json::array();
    for (const Study::Entry &entry : study.recipes)
        recipes.push_back({{"recipe", entry.recipe.text()}, {"ticked", entry.ticked}});
    document["boards"] = study.boards;
    document["budget"] = study.budget.text();
    Json &shown = document["columns"] = Json::array();
    for (const Column column : study.columns)
        shown.push_back(std::string(info(column).key));
    Json &rows = document["rows"] = Json::array();
    for (const Row &row : study.rows)
        rows.push_back(toJson(row));
    Json &trainings = document["trainings"] = Json::array();
    for (const Study::Training &training : study.trainings)
        trainings.push_back(toJson(training));
    return document;
}

Result<Study> studyFromJson(const Json &document, const fs::path &folder)
{
    if (!document.is_object() || document.value("format", Json()) != "espalier-study")
        return unusableInput("it is no Espalier study: the key \"format\" does not say \"espalier-study\"");
    Reader reader(document);
    if (const std::uint64_t version = reader.number("version"); reader.error().empty() && version != formatVersion)
        return unusableInput("it has study format " + std::to_string(version) + ", this program reads format " +
                             std::to_string(formatVersion) + "; open it with the version that wrote it");
    Study study;
    study.model = pathOf(reader.text("model"), folder);
    study.modelSha256 = reader.text("model_sha256");
    study.data = pathOf(reader.text("data"), folder);
    study.seed = reader.number("seed");
    study.limit = reader.number("limit");
    if (const std::string text = reader.text("scaling"); !text.empty()) {
        if (const Result<InputScaling> scaling = InputScaling::parse(text))
            study.scaling = *scaling;
        else
            reader.fail("'scaling': " + scaling.error().message);
    }
    if (const Result<Budget> budget = Budget::parse(reader.text("budget")))
        study.budget = *budget;
    else
        reader.fail(budget.error().message);
    reader.list("recipes", [&](const Json &entry) { return takeRecipe(study, entry); });
    reader.list("boards", [&](const Json &entry) { return takeBoard(study, entry); });
    reader.list("columns", [&](const Json &entry) { return takeColumn(study, entry); });
    reader.list("rows", [&](const Json &entry) { return takeRow(study, entry); });
    reader.list("trainings", [&](const Json &entry) { return takeTraining(study, entry); });
    if (!reader.error().empty())
        return unusableInput(reader.error());
    return study;
}

} // namespace espalier
