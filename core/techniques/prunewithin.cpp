// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/prunewithin.h"

#include "core/data/division.h"
#include "core/data/labelkind.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/percent.h"

#include <algorithm>
#include <numeric>

namespace espalier {

namespace {

constexpr std::size_t keptBackOneOf = 10;

/// The data set with a tenth of its training samples, evenly drawn, in place of its test samples.
DatasetPtr withSamplesKeptBack(const Dataset &data)
{
    std::vector<std::size_t> seen, keptBack;
    for (std::size_t i = 0; i < data.train.count; ++i)
        (i % keptBackOneOf == keptBackOneOf - 1 ? keptBack : seen).push_back(i);
    auto divided = std::make_shared<Dataset>(data);
    divided->train = selected(data.train, seen);
    divided->test = selected(data.train, keptBack);
    return divided;
}

Result<double> accuracyOf(const ModelPtr &model, TechniqueContext &context)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        return program.error();
    const Result<Evaluation> evaluation =
        evaluate(*program, context.data->test, labelKindFor((*program)->graph(), *context.data), context.scaling,
                 context.pool, Progress(context.progress.stopToken(), {}));
    return evaluation ? Result<double>(evaluation->accuracy) : evaluation.error();
}

} // namespace

std::vector<ParameterSpec> toleranceParameters()
{
    return {{"tolerance", "Tolerance",
             "Accuracy that may be lost on a tenth of the training samples, kept back: rounds of pruning and training "
             "go on within it, up to the sparsity; 0 prunes once.",
             0.0, 0, 1},
            {"share", "Share of a round",
             "Share of the weights left that goes in each round, where there is a tolerance.", 0.2, 0.01, 0.9}};
}

bool hasTolerance(const ParameterValues &settings)
{
    return settings.real("tolerance") > 0;
}

Result<ModelPtr> pruneWithin(
    const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context,
    const std::function<Result<ModelPtr>(const ModelPtr &model, double sparsity, TechniqueContext &context)> &prune)
{
    if (settings.integer("epochs") == 0)
        return invalidArgument("tolerance prunes and trains by turns: set epochs above 0, or leave it out");
    if (settings.text("schedule") != "oneshot")
        return invalidArgument("tolerance is a schedule of its own: leave schedule out");
    if (const Result<void> checked = checkTrainingData(context); !checked)
        return checked.error();
    if (context.data->train.count < keptBackOneOf)
        return unusableInput("the data set \"" + context.data->name +
                             "\" has too few training samples to keep some "
                             "back: leave tolerance out");
    const DatasetPtr whole = context.data;
    context.data = withSamplesKeptBack(*whole);
    struct PutBack
    {
        DatasetPtr &place;
        const DatasetPtr &data;
        ~PutBack() { place = data; }
    } const putBack{context.data, whole};

    const Result<double> before = accuracyOf(model, context);
    if (!before)
        return before.error();
    const double most = settings.real("sparsity"), share = settings.real("share");
    ModelPtr good = model;
    double sparsity = 0, lost = 0;
    int rounds = 0;
    bool isWithin = true;
    while (isWithin && sparsity < most) {
        const double next = std::min(most, 1 - (1 - sparsity) * (1 - share));
        const Result<ModelPtr> pruned = prune(good, next, context);
        if (!pruned)
            return pruned;
        const Result<double> accuracy = accuracyOf(*pruned, context);
        if (!accuracy)
            return accuracy.error();
        isWithin = *accuracy >= *before - settings.real("tolerance");
        if (isWithin) {
            good = *pruned;
            sparsity = next;
            lost = *before - *accuracy;
            ++rounds;
        }
    }
    context.notes.push_back(rounds == 0
                                ? "the first round lost more than the tolerance: nothing was pruned"
                                : std::to_string(rounds) + (rounds == 1 ? " round" : " rounds") + " of pruning to " +
                                      percentText(sparsity) + (isWithin ? "" : ", one more lost too much") + "; " +
                                      (lost > 0 ? percentText(lost) + " of the samples kept back were lost"
                                                : std::string("nothing was lost on the samples kept back")));
    return good;
}

} // namespace espalier
