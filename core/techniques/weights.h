// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameter.h"
#include "core/base/result.h"
#include "core/graph/model.h"
#include "core/graph/weightlayout.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace espalier {

/// A constant that an operator multiplies its input by.
struct Weights
{
    TensorId tensor; ///< the stored constant, also where it reaches the operator through DEQUANTIZE
    std::size_t op;  ///< the first operator that uses it
    OpKind kind;     ///< of that operator
    std::int32_t channelAxis;
};

/// The weights of a graph, each constant once, in the order in which operators use them.
std::vector<Weights> weightsOf(const Graph &graph);

/// Whether it holds floating-point numbers: float32 or float16.
bool holdsFloats(const Tensor &tensor);

/// Those of these kinds that hold floating-point numbers, which techniques can still change. An
/// unusableInput error where there are none or where a value is not finite.
Result<std::vector<Weights>> floatWeights(const Graph &graph, std::span<const OpKind> kinds);

/// The numbers of a float32 or float16 constant.
std::vector<float> floatValues(const Tensor &tensor);

/// The constant's bytes with +0 wherever `kept` is false.
SharedBytes masked(const Tensor &tensor, const std::vector<bool> &kept);

/// What a person knows an operator by: the name of its first output, or its type where that has none.
std::string operatorName(const Graph &graph, const Operator &op);

/// The setting `layers`: names of the layers that a technique changes, separated by commas; empty means all.
ParameterSpec layersParameter();

/// The names in a text of layersParameter(). An invalidArgument error names what the graph has no layer for.
Result<std::vector<std::string>> layerNames(const Graph &graph, const std::string &text);

/// Whether an operator is meant by these names.
bool isMeant(const Graph &graph, const Operator &op, std::span<const std::string> names);

} // namespace espalier
