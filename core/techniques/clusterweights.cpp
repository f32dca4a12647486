// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/clustering.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/technique.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

// As TF-MOT: depthwise filters are left alone.
constexpr OpKind clusteredKinds[] = {OpKind::conv2D, OpKind::fullyConnected, OpKind::transposeConv};

std::vector<float> startOf(const std::string &start, std::span<const float> values, std::size_t count, Random &random)
{
    if (start == "linear")
        return linearStart(values, count);
    if (start == "density")
        return densityStart(values, count);
    return start == "random" ? randomStart(values, count, random) : kMeansStart(values, count, random);
}

/// The values, each replaced by one of `count` shared ones.
std::vector<float> shared(const std::vector<float> &values, std::size_t count, const ParameterValues &settings,
                          Random &random)
{
    std::vector<float> centroids = startOf(settings.text("start"), values, count, random);
    if (settings.flag("refine"))
        centroids = refined(values, std::move(centroids));
    std::vector<float> result;
    result.reserve(values.size());
    for (const std::uint16_t i : nearestCentroids(values, centroids))
        result.push_back(centroids[i]);
    return result;
}

/// Zeros stay, as a centroid of their own: the others are shared among the values of the rest.
std::vector<float> sharedBesideZeros(const std::vector<float> &values, std::size_t count,
                                     const ParameterValues &settings, Random &random)
{
    std::vector<float> result(values.size(), 0.0f);
    std::vector<std::size_t> places[2]; // negative, positive
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != 0)
            places[values[i] > 0].push_back(i);
    const std::size_t total = places[0].size() + places[1].size(), left = count - 1;
    if (total == values.size())
        return shared(values, count, settings, random);
    // In proportion, but no side that has values goes without one.
    auto negative =
        total == 0 ? 0 : std::size_t(std::nearbyint(double(left) * double(places[0].size()) / double(total)));
    if (left >= 2 && !places[0].empty() && !places[1].empty())
        negative = std::clamp<std::size_t>(negative, 1, left - 1);
    const std::size_t counts[2] = {negative, left - negative};
    for (int side = 0; side < 2; ++side) {
        std::vector<float> own;
        for (const std::size_t i : places[side])
            own.push_back(values[i]);
        if (own.empty() || counts[side] == 0)
            continue; // with two clusters in all, the smaller side joins the zeros
        const std::vector<float> mine = shared(own, counts[side], settings, random);
        for (std::size_t k = 0; k < own.size(); ++k)
            result[places[side][k]] = mine[k];
    }
    return result;
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
        tensor.data = sharedBytes(own.flag("keep_zeros") ? sharedBesideZeros(all, count, own, random)
                                                         : shared(all, count, own, random));
    }
    return ModelPtr(result);
}

} // namespace

extern const Technique clusterWeights;
const Technique clusterWeights = {
    "cluster-weights",
    "Weight sharing",
    "Each layer's weights share a few values: the file keeps its size but zips to about a third with 32 of them, and "
    "boards store short indices of them; fewer cost accuracy unless the model is trained further.",
    "TensorFlow Model Optimization, weight clustering, without its fine-tuning",
    TechniqueFamily::quantization,
    TechniqueNeeds::nothing,
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
      .description = "Whether the shared values then move to the mean of their weights until none changes its value.",
      .defaultValue = true},
     {.key = "keep_zeros",
      .title = "Keep zeros",
      .description = "Whether weights that are zero stay so, with a value of their own, as after pruning.",
      .defaultValue = false},
     layersParameter(),
     skipParameter()},
    apply,
    [](const ParameterValues &settings) { return std::to_string(settings.integer("clusters")) + " clusters"; },
};

} // namespace espalier
