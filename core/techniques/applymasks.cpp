// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"

#include "core/techniques/finetuning.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/pruningschedule.h"
#include "core/techniques/rewrite.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace espalier {

namespace {

/// A sentence about every layer of these kinds whose weights are integers already.
void noteIntegerLayers(const Graph &graph, std::span<const OpKind> kinds, TechniqueContext &context)
{
    for (const Weights &w : weightsOf(graph)) {
        const Tensor &tensor = graph[w.tensor];
        if (std::ranges::find(kinds, w.kind) == kinds.end() || tensor.type == DType::float32 ||
            tensor.type == DType::float16)
            continue;
        context.notes.push_back(operatorName(graph, graph.operators[w.op]) + " keeps its weights: they are " +
                                std::string(name(tensor.type)) + " already");
    }
}

/// Puts a product with its mask behind each float32 weight constant.
void keepMasks(Graph &graph, std::span<const Weights> weights, std::span<const Mask> masks)
{
    std::vector<Operator> products;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const TensorId stored = weights[i].tensor;
        if (graph[stored].type != DType::float32)
            continue;
        Tensor mask;
        mask.name = graph[stored].name + "/mask";
        mask.shape = graph[stored].shape;
        mask.data = sharedBytes(std::vector<float>(masks[i].begin(), masks[i].end()));
        Tensor product;
        product.name = graph[stored].name + "/masked";
        product.shape = mask.shape;
        const TensorId factor = graph.addTensor(std::move(mask)), result = graph.addTensor(std::move(product));
        for (Operator &op : graph.operators)
            std::ranges::replace(op.inputs, stored, result);
        Operator op = plainOperator(OpKind::mul, 1, stored, result);
        op.inputs.push_back(factor);
        op.options = ArithmeticOptions();
        products.push_back(std::move(op));
    }
    graph.operators.insert(graph.operators.begin(), products.begin(), products.end());
}

using Values = std::vector<std::vector<float>>; // of each layer

/// What the rule says, and zeros where there were some before.
std::vector<Mask> masksOf(const MaskRule &rule, const Graph &graph, std::span<const Weights> weights,
                          const Values &before, const Values &values, std::span<const double> sparsities)
{
    std::vector<LayerValues> layers;
    for (std::size_t i = 0; i < values.size(); ++i)
        layers.push_back({graph[weights[i].tensor].shape, weights[i].channelAxis, values[i], before[i], sparsities[i]});
    std::vector<Mask> masks = rule(layers);
    for (std::size_t i = 0; i < masks.size(); ++i)
        for (std::size_t j = 0; j < masks[i].size(); ++j)
            if (before[i][j] == 0)
                masks[i][j] = false;
    return masks;
}

ModelPtr finished(const Model &model, std::span<const Weights> weights, std::span<const Mask> masks,
                  const ParameterValues &settings)
{
    auto pruned = std::make_shared<Model>(model);
    Graph &graph = pruned->main();
    for (std::size_t i = 0; i < masks.size(); ++i)
        graph[weights[i].tensor].data = masked(graph[weights[i].tensor], masks[i]);
    if (!settings.flag("strip"))
        keepMasks(graph, weights, masks);
    return pruned;
}

} // namespace

ParameterSpec stripParameter()
{
    return {.key = "strip",
            .title = "Strip masks",
            .description = "Whether the masks are left out of the model; kept, the file grows as literature reports.",
            .defaultValue = true};
}

std::string keptText(const ParameterValues &settings)
{
    return epochsText(settings) + (settings.flag("strip") ? "" : ", masks kept");
}

ParameterSpec scopeParameter()
{
    return {.key = "scope",
            .title = "Scope",
            .description = "Whether each layer reaches the sparsity by itself, or all layers together.",
            .defaultValue = std::string("layer"),
            .choices = {"layer", "global"}};
}

Result<void> checkCommonSparsity(const ParameterValues &settings)
{
    if (settings.text("scope") == "global" &&
        std::ranges::count(settings.layerSettings(), "sparsity", &LayerSetting::key) > 0)
        return invalidArgument("scope=global ranks the weights of all layers together: none can have a sparsity of "
                               "its own; take scope=layer");
    return {};
}

MaskRule layerByLayer(std::function<Mask(const LayerValues &, std::size_t)> maker)
{
    return [maker = std::move(maker)](std::span<const LayerValues> layers) {
        std::vector<Mask> masks;
        for (const LayerValues &layer : layers)
            masks.push_back(maker(layer, masks.size()));
        return masks;
    };
}

MaskRule allTogether(std::function<Mask(std::span<const float>, double)> maker)
{
    return [maker = std::move(maker)](std::span<const LayerValues> layers) {
        std::vector<float> all;
        for (const LayerValues &layer : layers)
            all.insert(all.end(), layer.values.begin(), layer.values.end());
        const Mask mask = maker(all, layers.front().sparsity);
        std::vector<Mask> masks;
        auto first = mask.begin();
        for (const LayerValues &layer : layers) {
            const auto last = first + std::ptrdiff_t(layer.values.size());
            masks.emplace_back(first, last);
            first = last;
        }
        return masks;
    };
}

Result<ModelPtr> pruneWeights(const ModelPtr &model, std::span<const OpKind> kinds, const MaskRule &rule,
                              const ParameterValues &settings, TechniqueContext &context,
                              bool (*which)(const Tensor &weights))
{
    if (const Result<void> checked = checkSchedule(settings); !checked)
        return checked.error();
    const bool trains = settings.integer("epochs") > 0;
    const ModelPtr start = trains ? inFloat32(model) : model;
    Result<std::vector<Weights>> weights = floatWeights(start->main(), kinds);
    if (!weights)
        return weights.error();
    const Result<std::vector<std::string>> names = layerNames(start->main(), settings.text("layers"));
    if (!names)
        return names.error();
    std::erase_if(*weights, [&](const Weights &w) {
        return !isMeant(start->main(), start->main().operators[w.op], *names) ||
               isSkipped(settings, start->main(), start->main().operators[w.op]) ||
               (which && !which(start->main()[w.tensor]));
    });
    if (weights->empty())
        return unusableInput("the settings leave no layer that this technique changes: name others in layers, or none");
    if (context.progress.cancelled())
        return cancelled();
    noteIntegerLayers(start->main(), kinds, context);

    Values before;
    for (const Weights &w : *weights)
        before.push_back(floatValues(start->main()[w.tensor]));
    std::vector<ParameterValues> own;
    std::vector<double> sparsities;
    for (const Weights &w : *weights) {
        own.push_back(settingsOf(settings, start->main(), start->main().operators[w.op]));
        sparsities.push_back(own.back().real("sparsity"));
    }
    const std::vector<Mask> atOnce = masksOf(rule, start->main(), *weights, before, before, sparsities);
    if (context.progress.cancelled())
        return cancelled();
    if (!trains)
        return finished(*start, *weights, atOnce, settings);

    if (const Result<void> checked = checkTrainingData(context); !checked)
        return checked.error();
    std::vector<MaskSchedule> schedules;
    for (const ParameterValues &layer : own) {
        Result<MaskSchedule> schedule = maskSchedule(layer, fineTuningSteps(settings, context));
        if (!schedule)
            return schedule.error();
        schedules.push_back(*std::move(schedule));
    }
    Values values = before;
    std::vector<Mask> masks(weights->size());
    const StepHook hook = [&](std::int64_t step, const TrainingNetwork &network, std::span<float> parameters) {
        const auto valuesOf = [&](std::size_t layer) {
            return parameters.subspan(std::size_t(network.placeOf((*weights)[layer].tensor)), values[layer].size());
        };
        if (step != noStep && schedules.front().sparsityAt(step)) { // all of them say the same steps
            for (std::size_t i = 0; i < values.size(); ++i) {
                std::ranges::copy(valuesOf(i), values[i].begin());
                sparsities[i] = schedules[i].sparsityAt(step).value_or(0);
            }
            masks = masksOf(rule, start->main(), *weights, before, values, sparsities);
        }
        for (std::size_t i = 0; i < masks.size(); ++i)
            for (std::size_t j = 0; j < masks[i].size(); ++j)
                if (!masks[i][j])
                    valuesOf(i)[j] = 0;
    };
    TrainingExtras extras;
    extras.settledAt = schedules.front().settledAt;
    const Result<ModelPtr> trained = fineTune(start, settings, context, hook, extras);
    return trained ? finished(**trained, *weights, masks, settings) : trained;
}

StepHook zeroKeeper(const Graph &graph, std::span<const Weights> weights)
{
    std::vector<std::pair<TensorId, std::vector<std::size_t>>> zeros;
    for (const Weights &w : weights) {
        const std::vector<float> all = floatValues(graph[w.tensor]);
        zeros.emplace_back(w.tensor, std::vector<std::size_t>());
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i] == 0)
                zeros.back().second.push_back(i);
    }
    if (std::ranges::all_of(zeros, [](const auto &layer) { return layer.second.empty(); }))
        return {};
    return [zeros = std::move(zeros)](std::int64_t, const TrainingNetwork &network, std::span<float> parameters) {
        for (const auto &[tensor, places] : zeros)
            for (const std::size_t place : places)
                parameters[std::size_t(network.placeOf(tensor)) + place] = 0;
    };
}

} // namespace espalier
