// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/support.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace espalier::device {

/// Weights, in the order in which a kernel reads them, as an rt::ClusteredTable: their distinct values, and an index of
/// 1, 2, 4 or 8 bits for each. Nothing where that takes more than four fifths of the weights' own bytes: less is not
/// worth the time for looking values up. Values count as equal where their bits are.
using ClusteredWords = std::optional<std::vector<std::int32_t>>;
ClusteredWords clusteredTable(std::span<const std::int8_t> weights);

/// The same, or, where that takes less, with a book of values for each output channel. `channelOf` maps the index of a
/// weight to its channel.
ClusteredWords clusteredTable(std::span<const std::int8_t> weights, std::int32_t channels,
                              const std::function<std::int32_t(std::size_t)> &channelOf);

/// A filter of floats (or halves, of whose bytes the table must then take no more) or int8, in the model's order, as
/// such a table of one book, and as a constant, named after the tensor; or nothing, also where the plan's weights may
/// not be compact.
ClusteredWords clusteredWords(const PlanBuilder &builder, TensorId weights);
std::optional<PlanRef> clusteredConstant(PlanBuilder &builder, const std::string &role, TensorId weights);

/// The bias that a float kernel over clustered weights is given: where there is none, a value that it does not read.
PlanRef biasOrNone(PlanBuilder &builder, TensorId bias);

} // namespace espalier::device
