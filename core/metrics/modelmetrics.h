// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

/// Parameters: the values of constants that a trained network has (weights and biases, not shapes or axes).
std::int64_t parameterCount(const Graph &graph);

/// Share of zeros among the weights (filters and dense kernels, not biases) of the graph, quantized zeros being the
/// zero point. 0 where there are no weights.
double sparsity(const Graph &graph);

/// Multiply-accumulates of one inference, per operator (0 for those that have none) and in sum.
std::int64_t macs(const Graph &graph, const Operator &op);
std::int64_t macs(const Graph &graph);

/// Bytes of a zip archive that holds the file alone (deflate level 9), as the papers count "zipped".
std::int64_t zippedBytes(std::span<const std::uint8_t> file);

} // namespace espalier
