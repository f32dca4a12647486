// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/technique.h"

#include <functional>
#include <vector>

namespace espalier {

/// The settings `tolerance` and `share` of a technique that prunes and retrains until too much accuracy is lost.
std::vector<ParameterSpec> toleranceParameters();

/// Whether the settings ask for it.
bool hasTolerance(const ParameterValues &settings);

/// PruNet's loop (IJCNN 2018): each round prunes a share of the weights that are left and retrains,
/// until the accuracy on a tenth of the training samples, kept back, falls below what it was by more than the
/// tolerance, or `sparsity` is reached; the last good network is the result, or the model itself. `prune` makes one
/// round, to a sparsity.
Result<ModelPtr> pruneWithin(
    const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context,
    const std::function<Result<ModelPtr>(const ModelPtr &model, double sparsity, TechniqueContext &context)> &prune);

} // namespace espalier
