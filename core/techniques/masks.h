// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <cstddef>
#include <span>
#include <vector>

namespace espalier {

/// Which weights stay, one entry each.
using Mask = std::vector<bool>;

/// TensorFlow Model Optimization's mask: max(round-half-even(n * (1 - sparsity)), 1) weights of largest magnitude stay,
/// and with them all that equal the smallest of these. Computed in float32 as there.
Mask magnitudeMask(std::span<const float> weights, float sparsity);

/// PyTorch's random unstructured mask, given a draw for each weight: of the n weights that are not yet zero, those
/// round-half-even(share * n), in double, with the largest draws go. So repeating it prunes what is left, as repeated
/// calls do there.
Mask maskOfDraws(std::span<const float> weights, std::span<const double> draws, double share);

/// The same with uniform draws: each set of that many weights is equally likely.
Mask randomMask(std::span<const float> weights, double share, Random &random);

} // namespace espalier
