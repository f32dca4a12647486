// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/percent.h"
#include "core/techniques/prunewithin.h"
#include "core/techniques/pruningschedule.h"

#include <cmath>

namespace espalier {

namespace {

constexpr OpKind prunedKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                  OpKind::transposeConv};

double deviation(std::span<const float> values)
{
    double sum = 0, squares = 0;
    for (const float v : values) {
        sum += double(v);
        squares += double(v) * double(v);
    }
    const double n = double(values.size()), mean = sum / n;
    return std::sqrt(std::max(0.0, squares / n - mean * mean));
}

/// What a layer's weights are ranked by: their magnitudes, or these in standard deviations of the layer, so that one
/// threshold stands for the same multiple of every layer's own deviation.
std::vector<float> scores(const LayerValues &layer, bool byDeviation)
{
    const double scale = byDeviation ? deviation(layer.values) : 1;
    std::vector<float> all;
    for (const float v : layer.values)
        all.push_back(scale > 0 ? float(std::abs(double(v)) / scale) : std::abs(v));
    return all;
}

/// Gives every output unit that lost all its weights the largest of them back: a unit without inputs is a constant, and
/// small last layers would be emptied first.
void keepOneOfEachUnit(const LayerValues &layer, Mask &mask)
{
    const std::size_t units = std::size_t(layer.shape[std::size_t(layer.channelAxis)]);
    std::size_t inner = 1;
    for (std::size_t axis = std::size_t(layer.channelAxis) + 1; axis < layer.shape.size(); ++axis)
        inner *= std::size_t(layer.shape[axis]);
    std::vector<std::size_t> largest(units, layer.values.size());
    std::vector<bool> alive(units, false);
    for (std::size_t i = 0; i < layer.values.size(); ++i) {
        const std::size_t unit = i / inner % units;
        if (mask[i])
            alive[unit] = true;
        if (largest[unit] == layer.values.size() || std::abs(layer.values[i]) > std::abs(layer.values[largest[unit]]))
            largest[unit] = i;
    }
    for (std::size_t unit = 0; unit < units; ++unit)
        if (!alive[unit] && largest[unit] < layer.values.size())
            mask[largest[unit]] = true;
}

std::vector<Mask> globalMasks(std::span<const LayerValues> layers, bool byDeviation)
{
    std::vector<std::vector<float>> layerScores;
    std::vector<LayerValues> ranked(layers.begin(), layers.end());
    for (const LayerValues &layer : layers)
        layerScores.push_back(scores(layer, byDeviation));
    for (std::size_t i = 0; i < layers.size(); ++i)
        ranked[i].values = layerScores[i];
    std::vector<Mask> masks = allTogether([](std::span<const float> all, double share) {
        return smallestMask(all, prunedCount(all.size(), share));
    })(ranked);
    for (std::size_t i = 0; i < layers.size(); ++i)
        keepOneOfEachUnit(layers[i], masks[i]);
    return masks;
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const bool byDeviation = settings.text("rank") == "deviation";
    const auto rule = [byDeviation](std::span<const LayerValues> layers) { return globalMasks(layers, byDeviation); };
    if (!hasTolerance(settings))
        return pruneWeights(model, prunedKinds, rule, settings, context);
    const ParameterValues stripped = settings.with("strip", true); // between rounds
    Result<ModelPtr> pruned =
        pruneWithin(model, settings, context, [&](const ModelPtr &from, double sparsity, TechniqueContext &inner) {
            return pruneWeights(from, prunedKinds, rule, stripped.with("sparsity", sparsity), inner);
        });
    if (!pruned || settings.flag("strip"))
        return pruned;
    return pruneWeights(*pruned, prunedKinds, rule, settings.with("sparsity", 0.0).with("epochs", std::int64_t(0)),
                        context); // the masks alone
}

} // namespace

extern const Technique pruneGlobal;
const Technique pruneGlobal = {
    "prune-global",
    "Class-blind pruning",
    "Ranks the weights of all layers together and sets the smallest to zero, but for one of each unit; it holds its "
    "accuracy far longer than the same sparsity in every layer.",
    "PruNet (IJCNN 2018), class-blind pruning; PyTorch, global_unstructured with L1Unstructured",
    TechniqueFamily::pruning,
    TechniqueNeeds::nothing,
    withSchedule({{"sparsity", "Sparsity", "Share of all layers' weights that is zero afterwards.", 0.8, 0, 0.9999},
                  {.key = "rank",
                   .title = "Rank by",
                   .description = "Magnitude itself, or magnitude in standard deviations of the layer.",
                   .defaultValue = std::string("magnitude"),
                   .choices = {"magnitude", "deviation"}},
                  toleranceParameters()[0],
                  toleranceParameters()[1],
                  stripParameter(),
                  layersParameter(),
                  skipParameter()}),
    apply,
    [](const ParameterValues &settings) {
        return (hasTolerance(settings) ? "global up to " : "global ") + percentText(settings.real("sparsity")) +
               keptText(settings);
    },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
