// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier {

/// What a network's probabilities are worth against the labels of their images.
struct LossSum
{
    double loss = 0;         ///< sum over images of -log(probability of the label)
    std::size_t correct = 0; ///< images whose first largest probability is the label's
};

/// Also writes the derivative of `weight` times the loss by the inputs of the softmax: weight * (probability - 1 or 0).
LossSum softmaxCrossEntropy(std::span<const float> probabilities, std::span<const std::int32_t> labels, float weight,
                            std::span<float> gradients);

} // namespace espalier
