// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/masks.h"
#include "core/techniques/technique.h"
#include "core/techniques/weights.h"
#include "core/train/train.h"

#include <functional>
#include <string>

namespace espalier {

/// The weights of one layer as a mask is made of them.
struct LayerValues
{
    const Shape &shape;
    std::int32_t channelAxis; ///< of the shape: its output units
    std::span<const float> values;
    std::span<const float> before; ///< the values as they were before the technique
    double sparsity;               ///< that it is to have
};

/// Makes the mask of every layer.
using MaskRule = std::function<std::vector<Mask>(std::span<const LayerValues> layers)>;

/// The rule that makes each layer's mask by itself.
MaskRule layerByLayer(std::function<Mask(const LayerValues &layer, std::size_t index)> maker);
/// The rule that makes one mask of all layers' weights, one after another, at the sparsity that they have in common.
MaskRule allTogether(std::function<Mask(std::span<const float> weights, double sparsity)> maker);

/// The setting that says whether each layer is pruned by itself or all together, for a technique's parameter list.
ParameterSpec scopeParameter();

/// An error where the scope is global and single layers have a sparsity of their own.
Result<void> checkCommonSparsity(const ParameterValues &settings);

/// The setting `strip`: whether masks are left out once the weights are zero, or stay beside them as they do while a
/// framework trains. Then the model multiplies by them whenever it runs, and its file grows by a number for each
/// weight.
ParameterSpec stripParameter();
/// What a label says of training and masks: " + 2 epochs, masks kept".
std::string keptText(const ParameterValues &settings);

/// A copy of the model whose float weights of these operator kinds are masked; those that were zero before stay zero,
/// as an earlier step of the recipe left them. Layers that hold integers already are left alone, with a note. Where the
/// settings (of fineTuningParameters(), and of scheduleParameters() where the technique has them) ask for epochs, the
/// model trains with the masks, made once before the first step or anew on its way as the schedule says. With `which`,
/// only the weights that it says yes to.
Result<ModelPtr> pruneWeights(const ModelPtr &model, std::span<const OpKind> kinds, const MaskRule &rule,
                              const ParameterValues &settings, TechniqueContext &context,
                              bool (*which)(const Tensor &weights) = nullptr);

/// Called before every step of a training: puts back the zeros that these weights of a model have now. Nothing where
/// they have none.
StepHook zeroKeeper(const Graph &graph, std::span<const Weights> weights);

} // namespace espalier
