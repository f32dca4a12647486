// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/percent.h"
#include "core/techniques/pruningschedule.h"

namespace espalier {

namespace {

// Depthwise filters are left alone as in TF-MOT: few weights, and each matters.
constexpr OpKind prunedKinds[] = {OpKind::conv2D, OpKind::fullyConnected, OpKind::transposeConv};
// Blocks have a meaning in matrices only.
constexpr OpKind blockKinds[] = {OpKind::fullyConnected};

std::size_t columnsOf(const LayerValues &layer)
{
    return layer.shape.empty() ? 1 : std::size_t(layer.shape.back());
}

/// Each layer's own mask. A dense layer's rows are its outputs, so a block's rows are what TF-MOT calls its columns.
Mask layerMask(const LayerValues &layer, const ParameterValues &settings)
{
    const double sparsity = layer.sparsity;
    const std::string &pattern = settings.text("pattern");
    if (sparsity == 0)
        return Mask(layer.values.size(), true);
    if (pattern == "2:4")
        return groupMask(layer.values, columnsOf(layer), 2, 4);
    if (pattern == "block")
        return blockMask(layer.values, columnsOf(layer), std::size_t(settings.integer("block_outputs")),
                         std::size_t(settings.integer("block_inputs")),
                         settings.text("pooling") == "max" ? BlockPooling::largest : BlockPooling::average,
                         float(sparsity));
    return magnitudeMask(layer.values, float(sparsity));
}

Result<MaskRule> ruleOf(const ParameterValues &settings)
{
    const bool global = settings.text("scope") == "global";
    const bool hasBlocks = settings.text("pattern") == "block";
    if (!hasBlocks && (settings.integer("block_inputs") != 1 || settings.integer("block_outputs") != 4 ||
                       settings.text("pooling") != "average"))
        return invalidArgument("block_inputs, block_outputs and pooling are without effect: leave them out, or take "
                               "pattern=block");
    if (global && settings.text("pattern") != "none")
        return invalidArgument("scope=global ranks single weights: leave pattern out, or take scope=layer");
    if (const Result<void> same = checkCommonSparsity(settings); !same)
        return same.error();
    if (global)
        return allTogether(
            [](std::span<const float> weights, double sparsity) { return magnitudeMask(weights, float(sparsity)); });
    return layerByLayer([settings](const LayerValues &layer, std::size_t) { return layerMask(layer, settings); });
}

bool isPointwise(const Tensor &weights)
{
    return weights.shape.size() == 4 && weights.shape[1] == 1 && weights.shape[2] == 1;
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const Result<MaskRule> rule = ruleOf(settings);
    if (!rule)
        return rule.error();
    const bool blocks = settings.text("pattern") == "block";
    if (settings.text("pattern") == "2:4" && settings.text("schedule") != "oneshot")
        return invalidArgument("masks of 2:4 are made once, as in TF-MOT: take schedule=oneshot");
    const bool pointwise = settings.text("only") == "pointwise";
    return pruneWeights(model, blocks ? std::span<const OpKind>(blockKinds) : prunedKinds, *rule, settings, context,
                        pointwise ? isPointwise : nullptr);
}

std::string label(const ParameterValues &settings)
{
    const std::string &pattern = settings.text("pattern");
    if (pattern == "2:4")
        return "magnitude 2:4" + keptText(settings);
    const std::string percent = percentText(settings.real("sparsity")) + keptText(settings);
    if (pattern == "block")
        return "blocks " + std::to_string(settings.integer("block_inputs")) + "×" +
               std::to_string(settings.integer("block_outputs")) + " " + percent;
    return (settings.text("scope") == "global" ? "global magnitude " : "magnitude ") + percent;
}

} // namespace

extern const Technique pruneMagnitude;
const Technique pruneMagnitude = {
    "prune-magnitude",
    "Low-magnitude pruning",
    "Sets the weights of smallest magnitude to zero; the file zips smaller, dense kernels run no faster.",
    "TensorFlow Model Optimization, prune_low_magnitude",
    TechniqueFamily::pruning,
    TechniqueNeeds::nothing,
    withSchedule(
        {eachLayer({"sparsity", "Sparsity",
                    "Share of the weights (or blocks) that become zero; 2:4 always means half of them.", 0.5, 0,
                    0.9999}),
         scopeParameter(),
         {.key = "pattern",
          .title = "Pattern",
          .description = "Single weights, blocks of dense layers, or two of every four inputs of an output.",
          .defaultValue = std::string("none"),
          .choices = {"none", "block", "2:4"}},
         {"block_inputs", "Block inputs", "Inputs that a block spans, for pattern=block.", std::int64_t(1), 1, 64},
         {"block_outputs", "Block outputs", "Outputs that a block spans, for pattern=block.", std::int64_t(4), 1, 64},
         {.key = "pooling",
          .title = "Block pooling",
          .description = "Whether a block counts by its average or its largest magnitude.",
          .defaultValue = std::string("average"),
          .choices = {"average", "max"}},
         {.key = "only",
          .title = "Only",
          .description = "All layers, or the 1×1 convolutions alone, as for XNNPACK's sparse inference.",
          .defaultValue = std::string("all"),
          .choices = {"all", "pointwise"}},
         stripParameter(),
         layersParameter(),
         skipParameter()}),
    apply,
    label,
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
