// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/planbuilder.h"

#include <cstdint>
#include <vector>

namespace espalier::device {

/// For an operator that only moves values of input 0: which element of it each element of each output is. Asked of the
/// host engine's own kernel, so that board and host cannot disagree about masks, signs and roundings.
Result<std::vector<std::vector<std::int32_t>>> sourceIndices(const PlanBuilder &builder, const Operator &op,
                                                             std::size_t dataInput = 0);

/// For an operator from one 8-bit value of input `dataInput` to another: its results for all 256 inputs, in the order
/// of their bit patterns.
Result<Bytes> resultsForAllBytes(const PlanBuilder &builder, const Operator &op, std::size_t dataInput = 0);

} // namespace espalier::device
