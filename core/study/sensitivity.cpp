// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/sensitivity.h"

#include "core/base/text.h"
#include "core/data/labelkind.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/weights.h"

#include <algorithm>

namespace espalier {

namespace {

bool hasParameter(const Technique &technique, std::string_view key)
{
    return std::ranges::find(technique.parameters, key, &ParameterSpec::key) != technique.parameters.end();
}

} // namespace

std::string shareKey(const Technique &technique)
{
    if (technique.family != TechniqueFamily::pruning || !hasParameter(technique, "layers"))
        return {};
    return hasParameter(technique, "fraction") ? "fraction" : hasParameter(technique, "sparsity") ? "sparsity" : "";
}

std::vector<std::string> sensitivityTechniques()
{
    std::vector<std::string> ids;
    for (const Technique *technique : techniques())
        if (!shareKey(*technique).empty())
            ids.emplace_back(technique->id);
    return ids;
}

Result<Sensitivity> measureSensitivity(const SensitivityRequest &request, ThreadPool &pool, const Progress &progress)
{
    const Samples &test = request.data->test;
    const Samples samples = request.limit == 0 ? test : test.spread(request.limit);
    const auto accuracyOf = [&](const ModelPtr &model) -> Result<Evaluation> {
        const Result<ProgramPtr> program = Program::compile(model);
        if (!program)
            return program.error();
        return evaluate(*program, samples, labelKindFor((*program)->graph(), *request.data), request.scaling, pool,
                        Progress(progress.stopToken(), {}));
    };
    const Result<Evaluation> whole = accuracyOf(request.model);
    if (!whole)
        return whole.error();
    Sensitivity result{whole->samples, whole->accuracy, whole->confidence95, {}};

    const Graph &graph = request.model->main();
    const std::vector<Weights> layers = weightsOf(graph);
    const auto total = std::int64_t(layers.size() * request.shares.size());
    std::int64_t done = 0;
    for (const Weights &layer : layers) {
        SensitivityCurve curve{operatorName(graph, graph.operators[layer.op]), graph[layer.tensor].elements(), {}};
        for (const double share : request.shares) {
            if (progress.cancelled())
                return cancelled();
            const Result<ParameterValues> settings =
                ParameterValues::parse(request.technique->parameters,
                                       {{"layers", curve.layer}, {shareKey(*request.technique), numberText(share)}});
            if (!settings)
                return settings.error();
            TechniqueContext context{request.data, request.scaling, request.seed, pool,
                                     Progress(progress.stopToken(), {})};
            const Result<ModelPtr> pruned = request.technique->apply(request.model, *settings, context);
            if (!pruned && pruned.error().code != ErrorCode::unusableInput)
                return pruned.error();
            if (!pruned)
                break; // not a layer that this technique changes
            const Result<Evaluation> evaluation = accuracyOf(*pruned);
            if (!evaluation)
                return evaluation.error();
            curve.accuracies.push_back(evaluation->accuracy);
            progress.report("pruning one layer at a time", ++done, total);
        }
        if (curve.accuracies.size() == request.shares.size())
            result.curves.push_back(std::move(curve));
    }
    if (!result.curves.empty())
        return result;
    // The whole model tells why none of its layers can be pruned.
    TechniqueContext context{request.data, request.scaling, request.seed, pool, Progress(progress.stopToken(), {})};
    const Result<ModelPtr> all =
        request.technique->apply(request.model, *ParameterValues::parse(request.technique->parameters, {}), context);
    return all ? unusableInput("no layer of the model can be pruned by itself") : all.error();
}

double shareThatHolds(const Sensitivity &sensitivity, const SensitivityCurve &curve, const std::vector<double> &shares,
                      double loss)
{
    double held = 0;
    for (std::size_t i = 0; i < shares.size() && curve.accuracies[i] >= sensitivity.accuracy - loss - 1e-12; ++i)
        held = shares[i];
    return held;
}

} // namespace espalier
