// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/base/threadpool.h"
#include "core/data/dataset.h"
#include "core/data/inputscaling.h"
#include "core/graph/model.h"
#include "core/train/augmentation.h"
#include "core/train/distillation.h"
#include "core/train/epochresult.h"
#include "core/train/optimizer.h"
#include "core/train/schedule.h"
#include "core/train/traininglayers.h"
#include "core/train/valuetransform.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

namespace espalier {

class TrainingNetwork;

/// Called before every step, counted from 1, with all parameters as they stand in the network's row; what it changes is
/// what the step sees. Called with noStep at the end of every epoch and once more at the end of the training: what is
/// judged, kept and delivered is what it leaves. Pruning puts its masks back here.
using StepHook = std::function<void(std::int64_t step, const TrainingNetwork &network, std::span<float> parameters)>;
constexpr std::int64_t noStep = 0;

struct TrainOptions
{
    int epochs = 5;
    int batch = 64;
    double learningRate = 0.05;
    ScheduleSettings schedule = {}; ///< of the learning rate over all steps
    OptimizerSettings optimizer = {};
    double clipNorm = 0;       ///< where the derivatives' Euclidean norm is greater, they are scaled to it; 0: never
    double labelSmoothing = 0; ///< see softmaxCrossEntropy()
    Distillation distillation = {};
    double validation = 0; ///< share of the training samples that is kept back to judge each epoch
    int patience = 0;      ///< ends after so many epochs without a lower loss on these, with the best; 0: never
    Augmentation augmentation = {};
    std::uint64_t seed = 0;
    std::optional<InputScaling> scaling = {}; ///< of the samples; nothing: what model and samples imply
    StepHook beforeStep = {};
    /// The step at which the hook has made the network what it is to be: early stopping judges no epoch before it.
    std::int64_t settledAt = 1;
    ValueTransforms transforms = {};
    TrainingLayers layers = {};
    std::filesystem::path checkpoint = {}; ///< written after every epoch, where given
    std::filesystem::path resume = {};     ///< a checkpoint of this same training to go on from, where given
};

/// Trains the constants of a float network on data.train. Class labels ask for a classifier, with SOFTMAX at its end or
/// without, and for cross-entropy; anomaly labels for an autoencoder, whose outputs are to equal its inputs in the mean
/// of squares; so does a model to which labels say nothing (labelkind.h). Same seed, same bits, on any number of
/// threads. A failed error where training diverged says in which epoch and what to lower: a loss that is no number, a
/// network that answers every sample alike, or one that is no better than guessing and was better before, or trains at
/// a multiple of the loss.
Result<ModelPtr> train(const ModelPtr &model, const Dataset &data, const TrainOptions &options, ThreadPool &pool,
                       const std::function<void(const EpochResult &)> &epochFinished = {},
                       const Progress &progress = {});

} // namespace espalier
