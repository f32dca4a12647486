// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/sensitivity.h"

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/base/text.h"
#include "core/exporters/plaintable.h"
#include "core/exporters/reporttables.h"
#include "core/exporters/rowjson.h"
#include "core/study/figureformat.h"
#include "core/techniques/percent.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Given
{
    std::string model, data, scaling, technique = "prune-magnitude";
    std::int64_t limit = 0, seed = 0, threads = 0;
    bool json = false;
};

Result<const Technique *> chosenTechnique(const std::string &id)
{
    const Technique *technique = findTechnique(id);
    if (technique && !shareKey(*technique).empty())
        return technique;
    const std::vector<std::string> known = sensitivityTechniques();
    return invalidArgument("--technique " + id + (technique ? ": it does not prune single layers" : ": there is none") +
                           "; choose one of " + joined(known, ", ") + "." + didYouMean(id, known));
}

Json document(const Given &given, const Sensitivity &sensitivity, const std::vector<double> &shares)
{
    Json layers = Json::array();
    for (const SensitivityCurve &curve : sensitivity.curves) {
        Json points = Json::array();
        for (std::size_t i = 0; i < shares.size(); ++i)
            points.push_back({{"share", shares[i]},
                              {"accuracy", curve.accuracies[i]},
                              {"accuracy_delta", curve.accuracies[i] - sensitivity.accuracy}});
        layers.push_back({{"layer", curve.layer},
                          {"weights", curve.weights},
                          {"holds_to", shareThatHolds(sensitivity, curve, shares, toleratedLoss)},
                          {"points", std::move(points)}});
    }
    return {{"model", std::filesystem::path(given.model).filename().string()},
            {"technique", given.technique},
            {"samples", sensitivity.samples},
            {"accuracy", sensitivity.accuracy},
            {"accuracy_confidence95", sensitivity.confidence95},
            {"layers", std::move(layers)}};
}

Result<void> run(const Given &given)
{
    const Result<const Technique *> technique = chosenTechnique(given.technique);
    if (!technique)
        return technique.error();
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    const ProgressLine line;
    const Result<DatasetPtr> data = openDataset(given.data, line.progress());
    if (!data)
        return data.error();
    if ((*data)->test.count == 0 || (*data)->test.labels.empty())
        return unusableInput("'" + given.data + "' has no labelled test samples to evaluate on");
    const Result<ImpliedScaling> scaling = chosenScaling(given.scaling, *model->model, **data);
    if (!scaling)
        return scaling.error();
    SensitivityRequest request;
    request.model = model->model;
    request.data = *data;
    request.scaling = scaling->scaling;
    request.technique = *technique;
    request.shares = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
    request.limit = std::size_t(given.limit);
    request.seed = std::uint64_t(given.seed);
    ThreadPool pool(int(given.threads));
    const Result<Sensitivity> sensitivity = measureSensitivity(request, pool, line.progress());
    if (!sensitivity)
        return sensitivity.error();
    if (given.json)
        return print(jsonText(document(given, *sensitivity, request.shares)));
    TextTable text = sensitivityTable(*sensitivity, request.shares);
    text.caption = given.technique + " on " + model->name() + ", data " + (*data)->name + ", " +
                   std::to_string(sensitivity->samples) + " test samples";
    return print(plainText(text));
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file");
    options.text("--data", given->data, "DATA", "The data set: a folder or file of a known kind",
                 Options::Need::required);
    options.text("--technique", given->technique, "T",
                 "What prunes each layer: " + joined(sensitivityTechniques(), ", ") + "; default prune-magnitude");
    options.whole("--limit", given->limit, "At most so many test samples, spread over the set; 0 means all");
    options.text("--scaling", given->scaling, "S",
                 "How raw values become the input's; default: what model and data imply");
    options.whole("--seed", given->seed, "Seed of what is drawn at random");
    options.whole("--threads", given->threads, "Threads; 0 means one per processor", 0, 1024);
    options.flag("--json", given->json, "One JSON document on standard output");
    return [given] { return run(*given); };
}

} // namespace

extern const Command sensitivityCommand;
const Command sensitivityCommand = {
    "sensitivity", "How much accuracy each layer costs when it alone is pruned, without retraining", declare};

} // namespace espalier::cli
