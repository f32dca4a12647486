// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/optimizer.h"

#include "core/kernels/vectorize.h"

#include <cmath>
#include <cstddef>

namespace espalier {

namespace {

struct SgdFactors
{
    float rate, momentum, decay;
};

ESPALIER_VECTORIZE void sgd(float *parameters, float *velocities, const float *gradients, std::size_t count,
                            SgdFactors f)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        velocities[i] = f.momentum * velocities[i] + (gradients[i] + f.decay * parameters[i]);
        parameters[i] -= f.rate * velocities[i];
    }
}

ESPALIER_VECTORIZE void nesterov(float *parameters, float *velocities, const float *gradients, std::size_t count,
                                 SgdFactors f)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        const float gradient = gradients[i] + f.decay * parameters[i];
        velocities[i] = f.momentum * velocities[i] + gradient;
        parameters[i] -= f.rate * (gradient + f.momentum * velocities[i]);
    }
}

constexpr double beta1 = 0.9, beta2 = 0.999;

struct AdamFactors
{
    float rate;                  ///< over the bias correction of the mean
    float squareFactor;          ///< one over the bias correction of the squares
    float decay, decoupledDecay; ///< one of them is 0
};

ESPALIER_VECTORIZE void adam(float *parameters, float *means, float *squares, const float *gradients, std::size_t count,
                             AdamFactors f)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        const float gradient = gradients[i] + f.decay * parameters[i];
        means[i] = float(beta1) * means[i] + float(1 - beta1) * gradient;
        squares[i] = float(beta2) * squares[i] + float(1 - beta2) * gradient * gradient;
        const float shrunk = parameters[i] - f.decoupledDecay * parameters[i];
        parameters[i] = shrunk - f.rate * means[i] / (std::sqrt(squares[i] * f.squareFactor) + 1e-8f);
    }
}

/// By multiplication alone, so that every C library gives the same bits.
double power(double base, std::int64_t exponent)
{
    double result = 1;
    for (; exponent > 0; exponent /= 2, base *= base)
        if (exponent % 2 == 1)
            result *= base;
    return result;
}

} // namespace

void optimizerStep(const OptimizerSettings &settings, std::int64_t step, float rate, const OptimizerState &state,
                   std::span<const float> gradients)
{
    const std::size_t count = state.parameters.size();
    const auto decay = float(settings.weightDecay);
    if (settings.kind == Optimizer::sgd) {
        (settings.nesterov ? nesterov : sgd)(state.parameters.data(), state.first.data(), gradients.data(), count,
                                             {rate, float(settings.momentum), decay});
        return;
    }
    const bool decoupled = settings.kind == Optimizer::adamw;
    const AdamFactors factors{float(double(rate) / (1 - power(beta1, step))), float(1 / (1 - power(beta2, step))),
                              decoupled ? 0 : decay, decoupled ? rate * decay : 0};
    adam(state.parameters.data(), state.first.data(), state.second.data(), gradients.data(), count, factors);
}

} // namespace espalier
