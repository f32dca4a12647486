// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/reproduction.h"

#include "core/data/standardized.h"
#include "core/metrics/modelmetrics.h"
#include "core/study/figureformat.h"
#include "core/train/architectures/architecture.h"
#include "core/train/train.h"

#include <algorithm>

namespace espalier {

namespace {

/// The data set with fewer samples to train and test on.
DatasetPtr shortened(const DatasetPtr &data, std::size_t most)
{
    if (most == 0)
        return data;
    auto fewer = std::make_shared<Dataset>(*data);
    fewer->train = data->train.spread(most);
    fewer->test = data->test.spread(most);
    return fewer;
}

Result<ModelPtr> trained(const ReproductionRequest &request, std::string_view architecture, const DatasetPtr &data,
                         ThreadPool &pool, const Progress &progress)
{
    if (data->train.count == 0 || data->train.labels.empty())
        return unusableInput("the data set \"" + data->name +
                             "\" has no labelled training samples: take one that has, or give a model");
    const Result<Untrained> untrained =
        findArchitecture(architecture)->build({data->train.shape, data->classes, request.seed});
    if (!untrained)
        return untrained.error();
    TrainOptions options;
    options.epochs = request.epochs > 0 ? request.epochs : request.table->epochs;
    if (request.table->adamRate > 0) {
        options.optimizer.kind = Optimizer::adam;
        options.learningRate = request.table->adamRate;
        options.batch = 32;
    }
    options.seed = request.seed;
    options.layers = untrained->layers;
    return train(untrained->model, *data, options, pool, {}, progress);
}

std::string cell(const PaperColumn &column, const ReproducedRow &row, const ModelPtr &variant, const ModelPtr &original)
{
    // Channels that are gone leave no zeros behind.
    if (column.column == Column::sparsity && variant)
        if (const double gone = structuredSparsity(variant->main(), original->main()); gone > 0)
            return figureText(Column::sparsity, gone) + " of channels";
    switch (column.measure) {
    case PaperMeasure::relative:
        return spelledOut(relativeText(column.column, row.row, row.original));
    case PaperMeasure::flops:
        return variant ? std::to_string(profilerFlops(variant->main())) : std::string();
    case PaperMeasure::time:
        if (const auto time = row.row.number(Column::latencyMs))
            return figureText(Column::latencyMs, *time) + " (" + row.row.text(Column::timeSource) + ")";
        if (const auto count = row.row.number(Column::instructions))
            return figureText(Column::instructions, *count) + " instructions (counted)";
        return {};
    case PaperMeasure::absolute:
        break;
    }
    const auto value = row.row.number(column.column);
    if (!value)
        return {};
    // Bytes in full, as the papers print them.
    return info(column.column).unit == "B" ? std::to_string(std::int64_t(*value)) + " B"
                                           : figureText(column.column, *value);
}

} // namespace

std::string spelledOut(const std::string &change)
{
    const std::string up = " ↑", down = " ↓";
    const bool isUp = change.ends_with(up), isDown = change.ends_with(down);
    std::string amount = isUp || isDown ? change.substr(0, change.size() - up.size()) : change;
    if (amount == "1x" || amount == "0%" || amount == "0 pp")
        return "unchanged";
    if (amount.ends_with("x")) {
        amount.pop_back();
        return amount + (isUp ? " times as large" : " times smaller");
    }
    if (amount.ends_with("%"))
        amount = amount.substr(0, amount.size() - 1) + " %";
    else if (amount.ends_with(" pp"))
        amount = amount.substr(0, amount.size() - 3) + " points";
    return amount + (isUp ? " higher" : isDown ? " lower" : "");
}

Result<Reproduction> reproduce(const ReproductionRequest &request, const BenchFunction &bench, const Progress &progress)
{
    const PaperTable &table = *request.table;
    DatasetPtr data = shortened(request.data, request.quick);
    const bool isStandardized = table.takesSeries && !request.model && data->train.count > 0;
    if (isStandardized)
        data = standardized(*data);
    const std::string board = table.board.empty() || request.board.empty() ? std::string(table.board) : request.board;
    Reproduction result{&table, std::vector<ReproducedRow>(table.rows.size()), {}};
    std::vector<std::string> failures;
    const auto fail = [&](ReproducedRow &row, const PaperRow &paper, const Error &error) {
        row.paper = &paper;
        row.row.set(Column::variant, std::string(paper.title));
        row.row.set(Column::recipe, std::string(paper.recipe));
        row.row.set(Column::model, std::string(paper.architecture));
        row.row.set(Column::data, data->name);
        row.row.set(Column::status, std::string(name(Status::failed)));
        row.row.set(Column::why, error.message);
        row.cells.resize(table.columns.size());
        failures.push_back(std::string(paper.title) + " failed: " + error.message);
    };

    std::vector<std::string_view> architectures; // each once, in the order of the rows
    for (const PaperRow &row : table.rows)
        if (std::ranges::find(architectures, row.architecture) == architectures.end())
            architectures.push_back(row.architecture);
    if (request.model)
        architectures = {""};
    for (const std::string_view architecture : architectures) {
        ComparisonRequest comparison;
        comparison.model = request.model;
        comparison.scaling = request.scaling;
        if (!request.model) {
            ThreadPool pool(request.threads);
            const Result<ModelPtr> model = trained(request, architecture, data, pool, progress);
            if (!model && model.error().code != ErrorCode::failed)
                return model.error();
            if (!model) {
                for (std::size_t i = 0; i < table.rows.size(); ++i)
                    if (table.rows[i].architecture == architecture)
                        fail(result.rows[i], table.rows[i], model.error());
                continue;
            }
            comparison.model = *model;
            comparison.scaling = impliedScaling((*model)->main()[(*model)->main().inputs[0]], data->test).scaling;
        }
        comparison.modelName = architecture;
        comparison.data = data;
        comparison.seed = request.seed;
        comparison.threads = request.threads;
        comparison.measureHostTime = table.board.empty();
        if (!board.empty())
            comparison.boards = {board};
        std::vector<std::size_t> places; // of the paper's rows in the comparison's
        for (const PaperRow &row : table.rows) {
            const bool isOurs = request.model || row.architecture == architecture;
            places.push_back(isOurs && !row.recipe.empty() ? comparison.recipes.size() + 1 : 0);
            if (places.back() == 0)
                continue;
            const Result<Recipe> recipe = Recipe::parse(row.recipe);
            if (!recipe)
                return recipe.error();
            comparison.recipes.push_back(*recipe);
        }
        std::map<std::size_t, ModelPtr> variants;
        ComparisonEvents events;
        events.rowFinished = [&](std::size_t index, const Row &, const ModelPtr &variant) {
            variants[index] = variant;
        };
        const Result<std::vector<Row>> rows = runComparison(comparison, bench, events, progress);
        if (!rows)
            return rows.error();
        for (std::size_t i = 0; i < table.rows.size(); ++i) {
            if (!request.model && table.rows[i].architecture != architecture)
                continue;
            ReproducedRow &row = result.rows[i];
            row.paper = &table.rows[i];
            row.row = (*rows)[places[i]];
            row.original = rows->front();
            if (row.row.status() == Status::cancelled)
                return cancelled();
            for (const PaperColumn &column : table.columns)
                row.cells.push_back(row.row.status() == Status::ok
                                        ? cell(column, row, variants[places[i]], comparison.model)
                                        : std::string());
            if (row.row.status() == Status::failed)
                failures.push_back(std::string(row.paper->title) + " failed: " + row.row.text(Column::why));
        }
    }
    result.notes.push_back("Paper: published in " + std::string(table.source) + "; " + std::string(table.published) +
                           ".");
    const int epochs = request.epochs > 0 ? request.epochs : table.epochs;
    const std::string models =
        request.model ? "the given model"
                      : "models trained here for " + std::to_string(epochs) + (epochs == 1 ? " epoch" : " epochs");
    result.notes.push_back("Here: measured with " + models + " on " + data->name + ", " +
                           std::to_string(data->train.count) + " training and " + std::to_string(data->test.count) +
                           " test samples, seed " + std::to_string(request.seed) +
                           (isStandardized ? ", each channel standardised by the training samples" : "") +
                           (board.empty() ? std::string() : ", board " + board) + "; " + std::string(table.here) + ".");
    if (request.quick > 0)
        result.notes.push_back("Quick run on a small part of the data: not to be quoted.");
    result.notes.insert(result.notes.end(), failures.begin(), failures.end());
    return result;
}

} // namespace espalier
