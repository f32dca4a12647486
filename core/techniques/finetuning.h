// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/technique.h"
#include "core/train/train.h"

#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

/// How a technique retrains where the settings say nothing else.
struct FineTuningDefaults
{
    std::int64_t epochs = 0;
    double learningRate = 0.02;
    std::int64_t batch = 64;
};

/// The settings of a technique that retrains, to be appended to its own: everything about the training that is not the
/// technique's business, the same for all.
std::vector<ParameterSpec> fineTuningParameters(const FineTuningDefaults &defaults);
/// `own` with these appended.
std::vector<ParameterSpec> withFineTuning(std::vector<ParameterSpec> own, const FineTuningDefaults &defaults = {});

/// What a label says about it: " + 2 epochs", or nothing.
std::string epochsText(const ParameterValues &settings);

/// Training where the settings ask for epochs, else `otherwise`.
TechniqueNeeds needsOfFineTuning(const ParameterValues &settings, TechniqueNeeds otherwise = TechniqueNeeds::nothing);

/// An error where there is no data set to train on: told before the work that would be lost.
Result<void> checkTrainingData(const TechniqueContext &context);

/// Steps of the whole training with these settings. The data must have been checked.
std::int64_t fineTuningSteps(const ParameterValues &settings, const TechniqueContext &context);

/// What a technique puts into a training beside the settings.
struct TrainingExtras
{
    ValueTransforms transforms = {}; ///< fake quantization and the like
    Distillation distillation = {};
    TrainingLayers layers = {};
    std::int64_t settledAt = 1; ///< see TrainOptions
};

/// Trains the model on as the settings say; the model itself where they ask for no epochs. Adds a note with the loss
/// and accuracy of the last epoch.
Result<ModelPtr> fineTune(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context,
                          const StepHook &hook = {}, const TrainingExtras &extras = {});

} // namespace espalier
