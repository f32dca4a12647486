// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace espalier {

/// One step of stochastic gradient descent with momentum: velocity = momentum * velocity + gradient, parameter -= rate
/// * velocity.
void sgdStep(std::span<float> parameters, std::span<float> velocities, std::span<const float> gradients, float rate,
             float momentum);

} // namespace espalier
