// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace espalier {

enum class Optimizer {
    sgd,  ///< stochastic gradient descent with momentum
    adam, ///< Kingma and Ba, arXiv 1412.6980, with beta 0.9 and 0.999 and epsilon 1e-8; weight decay joins the gradient
    adamw ///< the same with the decay apart from the gradient: Loshchilov and Hutter, arXiv 1711.05101
};

struct OptimizerSettings
{
    Optimizer kind = Optimizer::sgd;
    double momentum = 0.9; ///< of sgd
    bool nesterov = false; ///< of sgd: looks one step of momentum ahead
    double weightDecay = 0;
};

/// A stretch of the parameters, and what the optimizer remembers of each.
struct OptimizerState
{
    std::span<float> parameters;
    std::span<float> first;  ///< velocities, or means of the derivatives
    std::span<float> second; ///< means of their squares; empty for sgd
};

/// One step against the derivatives; `step` counts from 1. sgd: velocity = momentum * velocity + gradient, parameter -=
/// rate * velocity, or with Nesterov rate * (gradient + momentum * velocity).
void optimizerStep(const OptimizerSettings &settings, std::int64_t step, float rate, const OptimizerState &state,
                   std::span<const float> gradients);

} // namespace espalier
