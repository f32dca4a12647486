// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/errordebug.h"

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/exporters/plaintable.h"
#include "core/exporters/reporttables.h"
#include "core/exporters/rowjson.h"
#include "core/study/figureformat.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Given
{
    std::string reference, variant, data, scaling;
    std::int64_t samples = 100, limit = 0, whatIfs = 3, threads = 0;
    bool json = false;
};

Json figuresJson(const ErrorFigures &figures)
{
    return {{"sqnr_db", figures.sqnrDb ? Json(*figures.sqnrDb) : Json()},
            {"cosine", figures.cosine},
            {"max_error", figures.maxError}};
}

template <class T>
Json orNull(const std::optional<T> &value)
{
    return value ? Json(*value) : Json();
}

Json document(const ModelFile &reference, const ModelFile &variant, const Dataset &data, const ErrorDebug &debug)
{
    Json layers = Json::array();
    for (const LayerError &layer : debug.layers)
        layers.push_back({{"layer", layer.layer},
                          {"type", layer.type},
                          {"accumulated", figuresJson(layer.accumulated)},
                          {"alone", layer.alone ? figuresJson(*layer.alone) : Json()},
                          {"accuracy_if_kept", orNull(layer.accuracyIfKept)},
                          {"accuracy_if_int16", orNull(layer.accuracyIfWide)}});
    return {{"reference", reference.name()},
            {"variant", variant.name()},
            {"data", data.name},
            {"samples", debug.samples},
            {"accuracy_samples", debug.accuracySamples},
            {"reference_accuracy", orNull(debug.referenceAccuracy)},
            {"variant_accuracy", orNull(debug.variantAccuracy)},
            {"breaks_at", debug.breaksAt ? Json(debug.layers[*debug.breaksAt].layer) : Json()},
            {"unmatched_operators", debug.unmatched},
            {"sentences", debug.sentences},
            {"layers", std::move(layers)}};
}

Result<void> run(const Given &given)
{
    const Result<ModelFile> reference = loadModel(given.reference);
    if (!reference)
        return reference.error();
    const Result<ModelFile> variant = loadModel(given.variant);
    if (!variant)
        return variant.error();
    const ProgressLine line;
    const Result<DatasetPtr> data = openDataset(given.data, line.progress());
    if (!data)
        return data.error();
    ErrorDebugRequest request;
    request.reference = reference->model;
    request.variant = variant->model;
    request.data = *data;
    const Result<ImpliedScaling> first = chosenScaling(given.scaling, *reference->model, **data);
    if (!first)
        return first.error();
    const Result<ImpliedScaling> second = chosenScaling(given.scaling, *variant->model, **data);
    if (!second)
        return second.error();
    request.referenceScaling = first->scaling;
    request.variantScaling = second->scaling;
    request.samples = std::size_t(given.samples);
    request.accuracySamples = std::size_t(given.limit);
    request.whatIfs = std::size_t(given.whatIfs);
    ThreadPool pool(int(given.threads));
    const Result<ErrorDebug> debug = debugError(request, pool, line.progress());
    if (!debug)
        return debug.error();
    if (given.json)
        return print(jsonText(document(*reference, *variant, **data, *debug)));
    TextTable text = errorTable(*debug);
    text.caption = variant->name() + " against " + reference->name() + ", data " + (*data)->name + ", " +
                   std::to_string(debug->samples) + " test samples";
    return print(plainText(text));
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("REFERENCE", given->reference, "The model that is right, say the float one");
    options.word("VARIANT", given->variant, "Another form of it, say the int8 one");
    options.text("--data", given->data, "DATA", "The data set: a folder or file of a known kind",
                 Options::Need::required);
    options.whole("--samples", given->samples, "Test samples that layers are compared on", 1);
    options.whole("--limit", given->limit, "Test samples that accuracy is computed on; 0 means all");
    options.whole("--what-if", given->whatIfs, "Layers to put back as in REFERENCE, the worst first");
    options.text("--scaling", given->scaling, "S",
                 "How raw values become the input's, for both; default: what each model and the data imply");
    options.whole("--threads", given->threads, "Threads; 0 means one per processor", 0, 1024);
    options.flag("--json", given->json, "One JSON document on standard output");
    return [given] { return run(*given); };
}

} // namespace

extern const Command debugCommand;
const Command debugCommand = {
    "debug", "Where two forms of a model part, layer by layer, and what putting a layer back would give", declare};

} // namespace espalier::cli
