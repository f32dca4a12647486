// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"

namespace espalier {

/// The data set as float32, each channel (the last extent of a sample) less its mean and over its standard deviation in
/// the training split; a channel that never changes there only loses its mean. The training split must have samples.
DatasetPtr standardized(const Dataset &data);

} // namespace espalier
