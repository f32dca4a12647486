// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <string>

namespace espalier {

/// Whether XNNPACK's graph rewrite would run a float model's 1×1 convolutions sparsely, as one sentence that names the
/// first thing in its way. Its rules (subgraph.c): an entry of a padded 3×3 convolution of stride 2 over 3 channels,
/// then only operators with a channels-first form up to a global average, and more than two thirds of zeros in all 1×1
/// filters between.
std::string xnnpackVerdict(const Graph &graph);

} // namespace espalier
