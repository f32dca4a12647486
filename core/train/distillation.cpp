// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/distillation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace espalier {

LossSum distillationLoss(const Distillation &settings, std::span<const float> logits, std::span<const float> teacher,
                         std::span<const std::int32_t> labels, float weight, std::span<float> gradients,
                         float smoothing)
{
    const std::size_t classes = logits.size() / labels.size();
    const auto temperature = float(settings.temperature), alpha = float(settings.alpha);
    std::vector<float> student(logits.size()), wanted(logits.size());
    softmax(logits, classes, 1, student);
    LossSum sum = softmaxCrossEntropy(student, labels, weight * (1 - alpha), gradients, smoothing);
    sum.loss *= double(1 - alpha);
    softmax(logits, classes, temperature, student);
    softmax(teacher, classes, temperature, wanted);
    double divergence = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (wanted[i] > 0) {
            const double smallest = std::numeric_limits<float>::denorm_min();
            divergence += double(wanted[i]) * std::log(double(wanted[i]) / std::max(double(student[i]), smallest));
        }
        gradients[i] += weight * alpha * temperature * (student[i] - wanted[i]);
    }
    sum.loss += double(alpha * temperature * temperature) * divergence;
    return sum;
}

} // namespace espalier
