// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"
#include "core/train/softmaxcrossentropy.h"

#include <cstdint>
#include <span>

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

} // namespace espalier
