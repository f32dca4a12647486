// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"
#include "core/techniques/percent.h"

namespace espalier {

namespace {

constexpr OpKind prunedKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                  OpKind::transposeConv};

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const double sparsity = settings.real("sparsity");
    const auto maker = [&](std::span<const float> weights, std::size_t index) {
        Random random(context.seed, index + 1);
        return randomMask(weights, sparsity, random);
    };
    return applyMasks(model, prunedKinds, settings.text("scope"), maker, context);
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
    {{"sparsity", "Sparsity", "Share of the weights that become zero; weights that are zero already do not count.", 0.3,
      0, 1},
     scopeParameter()},
    apply,
    [](const ParameterValues &settings) {
        return (settings.text("scope") == "global" ? "global random " : "random ") +
               percentText(settings.real("sparsity"));
    },
};

} // namespace espalier
