// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <optional>

namespace espalier {

/// A note in a model's metadata that an engine may run layers of at least this share of zeros with sparse kernels.
/// Other programs pass over it.
void setSparseHint(Model &model, double leastSparsity);

void clearSparseHint(Model &model);

/// The share, or nothing where the model carries no such note or one that does not read as a share.
std::optional<double> sparseHint(const Model &model);

} // namespace espalier
