// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/percent.h"
#include "core/techniques/pruningschedule.h"

namespace espalier {

namespace {

constexpr OpKind prunedKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                  OpKind::transposeConv};

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    if (const Result<void> same = checkCommonSparsity(settings); !same)
        return same.error();
    const auto mask = [seed = context.seed](std::span<const float> weights, std::size_t layer, double sparsity) {
        Random random(seed, layer + 1);
        return randomMask(weights, sparsity, random);
    };
    const MaskRule drawn =
        settings.text("scope") == "global"
            ? allTogether([mask](std::span<const float> weights, double share) { return mask(weights, 0, share); })
            : layerByLayer([mask](const LayerValues &layer, std::size_t index) {
                  return mask(layer.values, index, layer.sparsity);
              });
    // Among the weights that were there before: so a schedule's later masks hold its earlier ones.
    const MaskRule rule = [drawn](std::span<const LayerValues> layers) {
        std::vector<LayerValues> asBefore(layers.begin(), layers.end());
        for (LayerValues &layer : asBefore)
            layer.values = layer.before;
        return drawn(asBefore);
    };
    return pruneWeights(model, prunedKinds, rule, settings, context);
}

} // namespace

extern const Technique pruneRandom;
const Technique pruneRandom = {
    "prune-random",
    "Random pruning",
    "Sets randomly chosen weights to zero: the yardstick that any pruning by importance has to beat.",
    "PyTorch, torch.nn.utils.prune.random_unstructured",
    TechniqueFamily::pruning,
    TechniqueNeeds::nothing,
    withSchedule(
        {eachLayer({"sparsity", "Sparsity",
                    "Share of the weights that become zero; weights that are zero already do not count.", 0.3, 0, 1}),
         scopeParameter(), stripParameter(), layersParameter(), skipParameter()}),
    apply,
    [](const ParameterValues &settings) {
        return (settings.text("scope") == "global" ? "global random " : "random ") +
               percentText(settings.real("sparsity")) + keptText(settings);
    },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
