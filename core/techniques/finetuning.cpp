// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/finetuning.h"

#include "core/base/text.h"
#include "core/techniques/percent.h"
#include "core/techniques/rewrite.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace espalier {

namespace {

/// In the order of the enumeration.
std::vector<std::string> optimizers()
{
    return {"sgd", "adam", "adamw"};
}

std::vector<std::string> rateSchedules()
{
    return {"cosine", "constant", "step"};
}

constexpr double validationShare = 0.1; // of the training samples, where early stopping needs some

TrainOptions trainOptions(const ParameterValues &settings, std::uint64_t seed)
{
    const auto place = [&](const char *key, const std::vector<std::string> &words) {
        return std::ranges::find(words, settings.text(key)) - words.begin();
    };
    TrainOptions options;
    options.epochs = int(settings.integer("epochs"));
    options.batch = int(settings.integer("batch"));
    options.learningRate = settings.real("learning_rate");
    options.schedule.kind = RateSchedule(place("rate_schedule", rateSchedules()));
    options.schedule.warmUp = settings.real("warm_up");
    options.optimizer = {Optimizer(place("optimizer", optimizers())), settings.real("momentum"),
                         settings.flag("nesterov"), settings.real("weight_decay")};
    options.clipNorm = settings.real("clip_norm");
    options.labelSmoothing = settings.real("label_smoothing");
    options.patience = int(settings.integer("patience"));
    options.validation = options.patience > 0 ? validationShare : 0;
    const std::string &augment = settings.text("augment");
    if (augment.starts_with("shift"))
        options.augmentation = {
            .shift = 2, .flip = augment != "shift", .cutOut = augment == "shift-flip-cutout" ? 8 : 0};
    else if (augment == "series")
        options.augmentation = {.jitter = 0.05, .scale = 0.1, .timeShift = 4};
    options.seed = settings.integer("training_seed") < 0 ? seed : std::uint64_t(settings.integer("training_seed"));
    return options;
}

} // namespace

std::vector<ParameterSpec> fineTuningParameters(const FineTuningDefaults &defaults)
{
    return {
        {"epochs", "Epochs", "How often the training data is gone through to win accuracy back; 0 trains nothing.",
         defaults.epochs, 0, 10000},
        {"learning_rate", "Learning rate", "Step size at the start; Adam usually takes 0.001.", defaults.learningRate,
         0, 10},
        {"batch", "Batch", "Samples of one step.", defaults.batch, 1, TrainingNetwork::largestBatch},
        {.key = "optimizer",
         .title = "Optimizer",
         .description = "How steps follow from derivatives: gradient descent with momentum, or Adam with weight decay "
                        "within the derivatives or apart from them.",
         .defaultValue = std::string("sgd"),
         .choices = optimizers()},
        {"momentum", "Momentum", "How much of its direction gradient descent keeps from step to step.",
         OptimizerSettings().momentum, 0, 0.9999},
        {"nesterov", "Nesterov", "Whether gradient descent looks one step of momentum ahead.", false},
        {.key = "rate_schedule",
         .title = "Rate over time",
         .description = "The learning rate falls to 0 along a cosine, stays, or falls to a tenth at half of the steps "
                        "and to a hundredth at three quarters.",
         .defaultValue = std::string("cosine"),
         .choices = rateSchedules()},
        {"warm_up", "Warm-up", "Share of the steps in which the learning rate grows from 0.", 0.0, 0, 0.99},
        {"clip_norm", "Clip norm", "Derivatives of a larger norm are scaled down to it; 0 leaves them.", 0.0, 0, 1e9},
        {"weight_decay", "Weight decay", "How strongly weights are drawn to 0.", 0.0, 0, 1},
        {"label_smoothing", "Label smoothing", "Share of each label that is spread over all classes.", 0.0, 0, 0.99},
        {.key = "augment",
         .title = "Augmentation",
         .description = "How samples vary each time they are seen: images moved by up to 2 pixels, and mirrored, and "
                        "with a square of 8 pixels blanked; series with noise of 0.05, scaled by up to a tenth and "
                        "moved by up to 4 steps.",
         .defaultValue = std::string("none"),
         .choices = {"none", "shift", "shift-flip", "shift-flip-cutout", "series"}},
        {"patience", "Patience",
         "Stops after so many epochs without a lower loss on a tenth of the training data that is kept back, and "
         "takes the best; 0 trains to the end.",
         std::int64_t(0), 0, 10000},
        {"training_seed", "Training seed", "Seed of the order of samples and of augmentation; -1 takes the study's.",
         std::int64_t(-1), -1, 1e15}};
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
    const auto samples = double(context.data->train.count);
    const auto seen =
        std::max<std::int64_t>(1, std::int64_t(samples * (settings.integer("patience") > 0 ? 1 - validationShare : 1)));
    return (seen + batch - 1) / batch * settings.integer("epochs");
}

Result<ModelPtr> fineTune(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context,
                          const StepHook &hook, const TrainingExtras &extras)
{
    if (settings.integer("epochs") == 0)
        return model;
    if (const Result<void> checked = checkTrainingData(context); !checked)
        return checked.error();
    TrainOptions options = trainOptions(settings, context.seed);
    options.scaling = context.scaling;
    options.beforeStep = hook;
    options.settledAt = extras.settledAt;
    options.transforms = extras.transforms;
    options.distillation = extras.distillation;
    options.layers = extras.layers;
    std::optional<EpochResult> last;
    const auto finished = [&, before = context.epochs](const EpochResult &epoch) {
        last = epoch;
        context.epochs = before + epoch.epoch;
        if (!context.epochFinished)
            return;
        TrainedEpoch told{context.step, epoch};
        told.result.epoch = context.epochs;
        context.epochFinished(told);
    };
    Result<ModelPtr> trained =
        train(inFloat32(model), *context.data, options, context.pool, finished, context.progress);
    if (trained && last)
        context.notes.push_back(
            "trained for " + std::to_string(last->epoch) + (last->epoch == 1 ? " epoch: " : " epochs: ") +
            (last->trainAccuracy ? percentText(*last->trainAccuracy) + " right on the training data in the last"
                                 : "a mean of squared errors of " +
                                       numberText(std::round(last->trainLoss * 1e4) / 1e4) + " in the last"));
    constexpr double largeForAdam = 0.005;
    if (trained && options.optimizer.kind != Optimizer::sgd && options.learningRate > largeForAdam)
        context.notes.push_back("Adam trained at a learning rate of " + numberText(options.learningRate) +
                                "; 0.001 is the usual one");
    return trained;
}

} // namespace espalier
