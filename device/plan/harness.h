// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"
#include "device/plan/executionplan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace espalier::device {

/// How numbers stand for real values: scale * (number - zeroPoint), or for themselves where the scale is 0.
struct NumberForm
{
    DType type = DType::float32;
    float scale = 0;
    std::int32_t zeroPoint = 0;
    bool operator==(const NumberForm &) const = default;
};
NumberForm formOf(DType type, const Quantization &quantization);

/// What the runner of the MLPerf Tiny harness expects of a firmware beyond the protocol. It knows a model of the
/// benchmark by its id, under which it finds its script and its data; we know one by the extents of its input and
/// output.
struct Harness
{
    std::string model = "model";    ///< "kws01"; this for what is no model of the benchmark
    std::optional<NumberForm> sent; ///< of the input as the runner sends it; nothing where the model takes it as it is
    bool tellsError = false;        ///< the result is the mean squared difference between input and output
};
Harness harnessOf(const ExecutionPlan &plan);
Harness harnessOf(const Graph &graph);

/// Of the one input, as the runner sends it; 0 where it sends what the model takes.
std::size_t sentBytes(const ExecutionPlan &plan);

/// An input in the model's own form, as the runner would send it.
std::vector<std::uint8_t> asSent(const Harness &harness, const Graph &graph, std::vector<std::uint8_t> bytes);

} // namespace espalier::device
