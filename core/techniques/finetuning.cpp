// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/finetuning.h"

#include "core/techniques/percent.h"
#include "core/techniques/rewrite.h"

#include <optional>

namespace espalier {

std::vector<ParameterSpec> fineTuningParameters(const FineTuningDefaults &defaults)
{
    return {{"epochs", "Epochs", "How often the training data is gone through to win accuracy back; 0 trains nothing.",
             defaults.epochs, 0, 10000},
            {"learning_rate", "Learning rate", "Step size at the start; it falls to 0 along a cosine.",
             defaults.learningRate, 0, 10},
            {"batch", "Batch", "Samples of one step.", defaults.batch, 1, 4096}};
}

std::vector<ParameterSpec> withFineTuning(std::vector<ParameterSpec> own, const FineTuningDefaults &defaults)
{
    for (ParameterSpec &spec : fineTuningParameters(defaults))
        own.push_back(std::move(spec));
    return own;
}

std::string epochsText(const ParameterValues &settings)
{
    const std::int64_t epochs = settings.integer("epochs");
    return epochs == 0 ? std::string() : " + " + std::to_string(epochs) + (epochs == 1 ? " epoch" : " epochs");
}

TechniqueNeeds needsOfFineTuning(const ParameterValues &settings, TechniqueNeeds otherwise)
{
    return settings.integer("epochs") > 0 ? TechniqueNeeds::training : otherwise;
}

Result<void> checkTrainingData(const TechniqueContext &context)
{
    if (!context.data)
        return invalidArgument("training needs a data set: give one, or take epochs=0");
    if (context.data->train.count == 0)
        return unusableInput("the data set \"" + context.data->name +
                             "\" has no training samples: take one that has, or epochs=0");
    return {};
}

std::int64_t fineTuningSteps(const ParameterValues &settings, const TechniqueContext &context)
{
    const std::int64_t batch = settings.integer("batch");
    return (std::int64_t(context.data->train.count) + batch - 1) / batch * settings.integer("epochs");
}

Result<ModelPtr> fineTune(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context,
                          const StepHook &hook, const TrainingExtras &extras)
{
    if (settings.integer("epochs") == 0)
        return model;
    if (const Result<void> checked = checkTrainingData(context); !checked)
        return checked.error();
    TrainOptions options;
    options.epochs = int(settings.integer("epochs"));
    options.batch = int(settings.integer("batch"));
    options.learningRate = settings.real("learning_rate");
    options.seed = context.seed;
    options.beforeStep = hook;
    options.transforms = extras.transforms;
    options.distillation = extras.distillation;
    const ModelPtr plain =
        holdsFloat16Constants(model->main()) ? std::make_shared<const Model>(withFloat32Constants(*model)) : model;
    std::optional<EpochResult> last;
    Result<ModelPtr> trained = train(
        plain, *context.data, options, context.pool, [&](const EpochResult &epoch) { last = epoch; }, context.progress);
    if (trained && last)
        context.notes.push_back("trained for " + std::to_string(options.epochs) +
                                (options.epochs == 1 ? " epoch: " : " epochs: ") + percentText(last->trainAccuracy) +
                                " right on the training data in the last");
    return trained;
}

} // namespace espalier
