// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/threadpool.h"
#include "core/data/dataset.h"
#include "core/data/inputscaling.h"
#include "core/graph/model.h"
#include "core/train/softmaxcrossentropy.h"

#include <optional>
#include <vector>

namespace espalier {

/// A network learns from what a teacher makes of each image, beside the labels (Hinton et al., arXiv 1503.02531).
struct Distillation
{
    ModelPtr teacher; ///< null: no distillation
    double temperature = 4;
    double alpha = 0.9; ///< the teacher's share
};

/// alpha T^2 KL(teacher's softmax(logits / T) || student's) + (1 - alpha) cross-entropy with the labels, per image; the
/// derivative by the student's logits is `weight` times alpha T (student - teacher) + (1 - alpha) (softmax - label).
LossSum distillationLoss(const Distillation &settings, std::span<const float> logits, std::span<const float> teacher,
                         std::span<const std::int32_t> labels, float weight, std::span<float> gradients,
                         float smoothing = 0);

/// The teacher's logits of every sample, one row each. Of a teacher that ends in SOFTMAX the logarithms of its
/// probabilities: the same up to a constant of each row, which no softmax sees. Samples are scaled as given, or as the
/// teacher implies. An unusableInput error says why teacher and samples do not fit.
Result<std::vector<float>> teacherLogits(const ModelPtr &teacher, const Samples &samples,
                                         const std::optional<InputScaling> &given, std::size_t classes,
                                         ThreadPool &pool, const Progress &progress);

} // namespace espalier
