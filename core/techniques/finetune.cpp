// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const ModelPtr plain = inFloat32(model);
    const Result<std::vector<Weights>> weights = floatWeights(plain->main(), layerKinds);
    if (!weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    return fineTune(plain, settings, context,
                    settings.flag("keep_zeros") ? zeroKeeper(plain->main(), *weights) : StepHook());
}

} // namespace

extern const Technique fineTuneTechnique;
const Technique fineTuneTechnique = {
    "finetune",
    "Fine-tuning",
    "Trains the model a little longer: the control that every technique with retraining has to be compared with.",
    "stochastic gradient descent with momentum 0.9 and a cosine schedule",
    TechniqueFamily::training,
    TechniqueNeeds::training,
    withFineTuning(
        {{"keep_zeros", "Keep zeros", "Whether weights that are zero now stay zero, as pruning left them.", true}},
        {.epochs = 2}),
    apply,
    [](const ParameterValues &settings) { return "fine-tuned " + std::to_string(settings.integer("epochs")); },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
