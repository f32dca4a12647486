// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/sgd.h"

#include <cstddef>

namespace espalier {

void sgdStep(std::span<float> parameters, std::span<float> velocities, std::span<const float> gradients, float rate,
             float momentum)
{
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        velocities[i] = momentum * velocities[i] + gradients[i];
        parameters[i] -= rate * velocities[i];
    }
}

} // namespace espalier
