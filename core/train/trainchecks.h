// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/train.h"

#include <cstddef>

namespace espalier {

/// An invalidArgument error that says what training takes.
Result<void> checkTrainOptions(const TrainOptions &options);

/// An unusableInput error that says how the training samples do not fit a network of so many outputs.
Result<void> checkTrainSamples(const Dataset &data, std::size_t outputs, const Graph &graph);

} // namespace espalier
