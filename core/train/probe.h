// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/data/inputscaling.h"
#include "core/graph/tensor.h"
#include "core/train/softmaxcrossentropy.h"

#include <cstddef>
#include <span>
#include <vector>

namespace espalier {

/// Some training samples that tell whether training broke a network: whether it is no better than guessing now, and was
/// better before or has twice the loss in training that it had and that guessing has. (What it loses when it is judged
/// is no sign: few steps after the start, the moving statistics of a batch norm lag behind.)
class Probe
{
public:
    /// Some of `from`, evenly. Of a classifier with so many classes, or of an autoencoder that reproduces its input.
    Probe(const Samples &samples, std::span<const std::size_t> from, std::size_t classes);
    Probe(const Samples &samples, std::span<const std::size_t> from, const Tensor &input, const InputScaling &scaling);

    std::span<const std::size_t> samples() const { return m_samples; }

    /// What guessing gets on them: the share of the most frequent class, or the loss where everything becomes the mean
    /// sample.
    double guess() const { return m_guess; }

    struct Outcome
    {
        LossSum judged;       ///< of the probe's samples
        double trainLoss = 0; ///< of a sample in a step or an epoch of training
    };

    /// Whether the network is better than guessing.
    bool hasSkill(const LossSum &judged) const { return skill(judged) > noSkill; }
    /// Whether the training between the two broke the network.
    bool isBroken(const Outcome &before, const Outcome &after) const;

private:
    static constexpr double someSkill = 0.2, noSkill = 0.05;
    explicit Probe(std::span<const std::size_t> from);
    /// 1 is perfect, 0 no better than guessing.
    double skill(const LossSum &judged) const;

    std::vector<std::size_t> m_samples;
    bool m_reproduces = false;
    double m_guess = 0, m_lossOfGuess = 0;
};

} // namespace espalier
