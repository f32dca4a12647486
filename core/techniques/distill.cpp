// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/modelformat.h"
#include "core/techniques/applymasks.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};

Result<ModelPtr> teacherOf(const std::string &named, const ModelPtr &model, const TechniqueContext &context)
{
    if (named == "original")
        return context.original ? context.original : model;
    return readModel(named);
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const ModelPtr plain = inFloat32(model);
    const Result<std::vector<Weights>> weights = floatWeights(plain->main(), layerKinds);
    if (!weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    if (settings.integer("epochs") == 0)
        return model;
    const Result<ModelPtr> teacher = teacherOf(settings.text("teacher"), model, context);
    if (!teacher)
        return teacher.error();
    TrainingExtras extras;
    extras.distillation = {*teacher, settings.real("temperature"), settings.real("alpha")};
    return fineTune(plain, settings, context,
                    settings.flag("keep_zeros") ? zeroKeeper(plain->main(), *weights) : StepHook(), extras);
}

} // namespace

extern const Technique distillTechnique;
const Technique distillTechnique = {
    "distill",
    "Distillation",
    "Trains the model on what a larger one, its teacher, makes of each sample, beside the labels.",
    "Hinton et al., Distilling the knowledge in a neural network (arXiv 1503.02531)",
    TechniqueFamily::training,
    TechniqueNeeds::training,
    withFineTuning(
        {{"teacher", "Teacher", "The path of a float model, or original: the model before the recipe.",
          std::string("original")},
         {"temperature", "Temperature", "How much the teacher's probabilities are evened out.", 4.0, 0.1, 100},
         {"alpha", "Teacher's share", "Share of the loss that follows the teacher; the labels have the rest.", 0.9, 0,
          1},
         {"keep_zeros", "Keep zeros", "Whether weights that are zero now stay zero, as pruning left them.", true}},
        {.epochs = 2, .learningRate = 0.005}),
    apply,
    [](const ParameterValues &settings) { return "distilled " + std::to_string(settings.integer("epochs")); },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
