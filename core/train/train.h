// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/base/threadpool.h"
#include "core/data/dataset.h"
#include "core/graph/model.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace espalier {

/// A network built from nothing. One file under core/train/architectures and one line in architectures.def.
struct Architecture
{
    std::string_view id;      ///< "cnn"
    std::string_view summary; ///< "16 and 32 filters of 3×3, two max pools, dense"
    /// A float model for inputs of this shape with `classes` outputs (softmax last), initialised from `seed`.
    Result<Model> (*build)(const Shape &sampleShape, std::size_t classes, std::uint64_t seed);
};

std::span<const Architecture *const> architectures();
const Architecture *findArchitecture(std::string_view id);

class TrainingNetwork;

/// Called before every step, counted from 1, and once more after the last, with all parameters as they stand in the
/// network's row; what it changes is what the step sees. Pruning puts its masks back here.
using StepHook = std::function<void(std::int64_t step, const TrainingNetwork &network, std::span<float> parameters)>;

struct TrainOptions
{
    int epochs = 5;
    int batch = 64;
    double learningRate = 0.05; ///< at the start; cosine to 0 over all steps
    double momentum = 0.9;
    std::uint64_t seed = 0;
    StepHook beforeStep = {};
};

struct EpochResult
{
    int epoch = 0; ///< from 1
    double trainLoss = 0, trainAccuracy = 0;
};

/// Trains the constants of a float classifier on data.train (softmax cross-entropy, SGD with momentum, cosine
/// schedule). Same seed, same bits, on any number of threads.
Result<ModelPtr> train(const ModelPtr &model, const Dataset &data, const TrainOptions &options, ThreadPool &pool,
                       const std::function<void(const EpochResult &)> &epochFinished = {},
                       const Progress &progress = {});

} // namespace espalier
