// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"
#include "core/techniques/percent.h"

namespace espalier {

namespace {

// Depthwise filters are left alone as in TF-MOT: few weights, and each matters.
constexpr OpKind prunedKinds[] = {OpKind::conv2D, OpKind::fullyConnected, OpKind::transposeConv};

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const auto sparsity = float(settings.real("sparsity"));
    return applyMasks(
        model, prunedKinds, settings.text("scope"),
        [sparsity](std::span<const float> weights, std::size_t) { return magnitudeMask(weights, sparsity); }, context);
}

} // namespace

extern const Technique pruneMagnitude;
const Technique pruneMagnitude = {
    "prune-magnitude",
    "Low-magnitude pruning",
    "Sets the weights of smallest magnitude to zero; the file zips smaller, dense kernels run no faster.",
    "TensorFlow Model Optimization, prune_low_magnitude, applied once without retraining",
    TechniqueFamily::pruning,
    TechniqueNeeds::nothing,
    {{"sparsity", "Sparsity", "Share of the weights that become zero.", 0.5, 0, 0.9999}, scopeParameter()},
    apply,
    [](const ParameterValues &settings) {
        return (settings.text("scope") == "global" ? "global magnitude " : "magnitude ") +
               percentText(settings.real("sparsity"));
    },
};

} // namespace espalier
