// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier {

/// What a network's outputs are worth against what was wanted.
struct LossSum
{
    double loss = 0;         ///< sum over images
    std::size_t correct = 0; ///< images whose first largest output is the label's

    LossSum &operator+=(const LossSum &other)
    {
        loss += other.loss;
        correct += other.correct;
        return *this;
    }
};

/// exp(logit / temperature) over their sum, row after row, with the engine's own exponential.
void softmax(std::span<const float> logits, std::size_t classes, float temperature, std::span<float> probabilities);

/// Cross-entropy of each row of probabilities with its label: -log(probability of the label), or with `smoothing` s
/// against 1 - s on the label plus s / classes on every class (Szegedy et al., arXiv 1512.00567). Also writes the
/// derivative of `weight` times the loss by the inputs of the softmax: weight * (probability - what was wanted).
LossSum softmaxCrossEntropy(std::span<const float> probabilities, std::span<const std::int32_t> labels, float weight,
                            std::span<float> gradients, float smoothing = 0);

} // namespace espalier
