// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/graph/model.h"

namespace espalier {

/// What a data set's labels are to a model. A model reproduces its input where its one output has as many elements as
/// its one input, more than two, and no softmax makes it: labels up to 1 are anomaly flags to it, labels of fewer
/// classes than it has outputs say nothing. Else Dataset::labelKind.
LabelKind labelKindFor(const Graph &graph, const Dataset &dataset);

} // namespace espalier
