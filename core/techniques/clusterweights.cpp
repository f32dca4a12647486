// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/clustering.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/sharedweights.h"
#include "core/techniques/weights.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

// As TF-MOT: depthwise filters are left alone.
constexpr OpKind clusteredKinds[] = {OpKind::conv2D, OpKind::fullyConnected, OpKind::transposeConv};

std::vector<float> startOf(const std::string &start, std::span<const float> values, std::size_t count, Random &random,
                           const Progress &progress)
{
    if (start == "linear")
        return linearStart(values, count);
    if (start == "density")
        return densityStart(values, count);
    return start == "random" ? randomStart(values, count, random) : kMeansStart(values, count, random, progress);
}

std::vector<float> centroidsOf(std::span<const float> values, std::size_t count, const ParameterValues &settings,
                               Random &random, const Progress &progress)
{
    std::vector<float> centroids = startOf(settings.text("start"), values, count, random, progress);
    return settings.flag("refine") ? refined(values, std::move(centroids), progress) : centroids;
}

/// Zeros stay, as a shared value of their own: the others are shared out to both signs in proportion, but no side that
/// has values goes without one.
SharedWeights besideZeros(std::span<const float> values, std::size_t count, const ParameterValues &settings,
                          Random &random, const Progress &progress)
{
    std::vector<float> sides[2]; // negative, positive
    for (const float value : values)
        if (value != 0)
            sides[value > 0].push_back(value);
    const std::size_t total = sides[0].size() + sides[1].size(), left = count - 1;
    if (total == values.size())
        return SharedWeights(centroidsOf(values, count, settings, random, progress));
    auto negative =
        total == 0 ? 0 : std::size_t(std::nearbyint(double(left) * double(sides[0].size()) / double(total)));
    if (left >= 2 && !sides[0].empty() && !sides[1].empty())
        negative = std::clamp<std::size_t>(negative, 1, left - 1);
    const std::size_t counts[2] = {negative, left - negative};
    std::vector<float> centroids[2];
    for (int side = 0; side < 2; ++side)
        if (!sides[side].empty() && counts[side] > 0)
            centroids[side] = centroidsOf(sides[side], counts[side], settings, random, progress);
    return SharedWeights(values, std::move(centroids[0]), std::move(centroids[1]));
}

/// A layer's weights and the values that they share, as they are now.
struct Sharing
{
    TensorId tensor;
    std::shared_ptr<const SharedWeights> weights;
    std::vector<float> values = weights->learned();
};

/// Trains the shared values on as the settings say, and puts them into the model.
Result<ModelPtr> withSharedValues(const ModelPtr &model, std::vector<Sharing> sharing, const ParameterValues &settings,
                                  TechniqueContext &context)
{
    TrainingExtras extras;
    for (const Sharing &layer : sharing)
        extras.transforms.emplace_back(layer.tensor, layer.weights);
    // The hook is called once more after the last step: what it saw last is what was learned.
    const StepHook remember = [&](std::int64_t, const TrainingNetwork &network, std::span<float> parameters) {
        for (Sharing &layer : sharing)
            std::ranges::copy_n(parameters.begin() + network.placeOfLearned(layer.tensor),
                                std::ptrdiff_t(layer.values.size()), layer.values.begin());
    };
    const Result<ModelPtr> trained = fineTune(model, settings, context, remember, extras);
    if (!trained)
        return trained.error();
    auto result = std::make_shared<Model>(**trained);
    for (const Sharing &layer : sharing) {
        if (context.progress.cancelled())
            return cancelled();
        Tensor &tensor = result->main()[layer.tensor];
        std::vector<float> used(tensor.elements());
        layer.weights->forward(values<float>(tensor), layer.values, used);
        tensor.data = sharedBytes(used);
    }
    return ModelPtr(result);
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    auto result = std::make_shared<Model>(withFloat32Constants(*model));
    Graph &graph = result->main();
    const Result<std::vector<Weights>> weights = floatWeights(graph, clusteredKinds);
    if (!weights)
        return weights.error();
    const Result<std::vector<std::string>> layers = layerNames(graph, settings.text("layers"));
    if (!layers)
        return layers.error();
    if (settings.integer("epochs") > 0)
        if (const Result<void> checked = checkTrainingData(context); !checked)
            return checked.error();
    std::vector<Sharing> sharing;
    std::size_t stream = 0;
    for (const Weights &w : *weights) {
        Random random(context.seed, ++stream);
        if (context.progress.cancelled())
            return cancelled();
        context.progress.report("clustering", std::int64_t(stream) - 1, std::int64_t(weights->size()));
        const ParameterValues own = settingsOf(settings, graph, graph.operators[w.op]);
        if (!isMeant(graph, graph.operators[w.op], *layers) || own.flag("skip"))
            continue;
        const auto count = std::size_t(own.integer("clusters"));
        Tensor &tensor = graph[w.tensor];
        if (tensor.elements() <= count) {
            context.notes.push_back(operatorName(graph, graph.operators[w.op]) + " keeps its weights: it has " +
                                    std::to_string(tensor.elements()) + ", no more than clusters");
            continue;
        }
        const std::vector<float> all = floatValues(tensor);
        const Progress &progress = context.progress;
        sharing.push_back(
            {w.tensor, std::make_shared<SharedWeights>(
                           own.flag("keep_zeros") ? besideZeros(all, count, own, random, progress)
                                                  : SharedWeights(centroidsOf(all, count, own, random, progress)))});
    }
    if (context.progress.cancelled())
        return cancelled();
    return withSharedValues(result, std::move(sharing), settings, context);
}

} // namespace

extern const Technique clusterWeights;
const Technique clusterWeights = {
    "cluster-weights",
    "Weight sharing",
    "Each layer's weights share a few values: the file keeps its size but zips to about a third with 32 of them, and "
    "boards store short indices of them; fewer cost accuracy, which training the shared values on wins back.",
    "TensorFlow Model Optimization, weight clustering",
    TechniqueFamily::quantization,
    TechniqueNeeds::nothing,
    withFineTuning(
        {{.key = "clusters",
          .title = "Clusters",
          .description = "How many different values the weights of a layer have.",
          .defaultValue = std::int64_t(32),
          .minimum = 2,
          .maximum = 256,
          .scope = ParameterScope::either},
         {.key = "start",
          .title = "Start",
          .description =
              "Where the shared values start: drawn by distance, evenly over the range, by density or at random.",
          .defaultValue = std::string("kmeans++"),
          .choices = {"kmeans++", "linear", "density", "random"}},
         {.key = "refine",
          .title = "Refine",
          .description =
              "Whether the shared values then move to the mean of their weights until none changes its value.",
          .defaultValue = true},
         {.key = "keep_zeros",
          .title = "Keep zeros",
          .description = "Whether weights that are zero stay so, with a value of their own, as after pruning.",
          .defaultValue = false},
         layersParameter(),
         skipParameter()},
        // A shared value's derivative is a sum over its members, so steps are small.
        {.learningRate = 0.0003}),
    apply,
    [](const ParameterValues &settings) {
        return std::to_string(settings.integer("clusters")) + " clusters" + epochsText(settings);
    },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
