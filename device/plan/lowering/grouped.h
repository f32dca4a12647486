// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/clustered.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace espalier::device {

/// Int8 weights, in the order in which a kernel reads them, as an rt::GroupedTable, in the largest groups of 8 to 256
/// that all are 4-bit integers times 1 to 16. Nothing where there are none, or the table takes more than four fifths of
/// the weights' own bytes. `sideBySide` outputs of `perOutput` weights each are read together: the first weight of
/// each, the second of each, and so on.
std::optional<std::vector<std::int32_t>> groupedTable(std::span<const std::int8_t> weights, std::size_t perOutput,
                                                      std::size_t sideBySide = 1);

/// A table of weights that kernels unpack, and the word for its form in the names of kernels and their headers.
struct UnpackedWeights
{
    std::vector<std::int32_t> words;
    std::string form; ///< "clustered" or "grouped"

    std::size_t bytes() const { return 4 * words.size(); }
};

/// The smaller of both, or nothing where there is neither or where the plan's weights may not be compact.
std::optional<UnpackedWeights> compactWeights(const PlanBuilder &builder, ClusteredWords clustered,
                                              std::optional<std::vector<std::int32_t>> grouped);

/// The smaller table, of one book where it is clustered, of an int8 filter whose first axis counts outputs, named after
/// the tensor; or nothing.
struct UnpackedConstant
{
    PlanRef table;
    std::string form; ///< as the plain kernels' names have it: "Clustered" or "Grouped"
};
std::optional<UnpackedConstant> unpackedConstant(PlanBuilder &builder, const std::string &role, TensorId weights);

} // namespace espalier::device
