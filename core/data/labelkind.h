// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/graph/model.h"

namespace espalier {

/// What a data set's test labels mean to a model. They are anomaly flags where the model is an autoencoder (its one
/// output has as many elements as its one input, and more than two) and no label is above 1; else Dataset::labelKind.
LabelKind labelKindFor(const Graph &graph, const Dataset &dataset);

} // namespace espalier
