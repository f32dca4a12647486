// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

/// The constants that are weights: filters of convolutions (plain, depthwise, transposed) and kernels of dense layers,
/// not biases. Where a filter reaches its operator through DEQUANTIZE (float16 models) the stored constant is meant.
/// Each once, in the order in which operators use them.
std::vector<TensorId> weightTensors(const Graph &graph);

/// Parameters: the values of constants that a trained network has: weights, biases, slopes, batch normalisation left
/// as MUL and ADD, and whatever numbers other operators hold. Not counted: shapes, axes, paddings and single numbers
/// of arithmetic.
std::int64_t parameterCount(const Graph &graph);

/// Share of zeros among the weights (see weightTensors), quantized zeros being the zero point. 0 where there are no
/// weights.
double sparsity(const Graph &graph);
/// The same of one constant.
double sparsity(const Tensor &weights);

/// Output channels of all convolutions and dense layers; those of depthwise convolutions are their inputs'.
std::int64_t channelCount(const Graph &graph);
/// Structured sparsity: the share of the original's channels that are gone.
double structuredSparsity(const Graph &graph, const Graph &original);

/// Multiply-accumulates of one inference as the graph's shapes say, of convolutions and matrix products: per operator
/// (0 for the others) and in sum. Bias, pooling and arithmetic have none.
std::int64_t macs(const Graph &graph, const Operator &op);
std::int64_t macs(const Graph &graph);

/// Floating-point operations of one inference as TensorFlow's profiler counts them: 2 per multiply-accumulate, 1 per
/// bias added, kernel area per pooled value, 5 per softmax element, 1 per arithmetic output; activations 0.
std::int64_t profilerFlops(const Graph &graph, const Operator &op);
std::int64_t profilerFlops(const Graph &graph);

/// Bytes of a zip archive that holds the file alone under the name model.tflite, deflated at zlib's default level, as
/// the pruning guides and the papers that follow them count "zipped".
std::int64_t zippedBytes(std::span<const std::uint8_t> file);

} // namespace espalier
