// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/softmaxcrossentropy.h"

namespace espalier {

/// The mean over each image's outputs of (output - wanted)^2. Also writes the derivative of `weight` times it by the
/// outputs. No image counts as correct.
LossSum meanSquares(std::span<const float> outputs, std::span<const float> wanted, std::size_t perImage, float weight,
                    std::span<float> gradients);

} // namespace espalier
