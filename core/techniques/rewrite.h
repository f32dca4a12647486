// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

/// An operator without settings, such as QUANTIZE.
Operator plainOperator(OpKind kind, std::int32_t version, TensorId input, TensorId output);

/// Appends an operator to others and, where it has RELU or RELU6 fused, that as an operator of its own behind it. Gives
/// the tensor before the activation: a new one of the graph, or the operator's output where nothing was separated.
TensorId appendWithoutActivation(Graph &graph, std::vector<Operator> &operators, Operator op);

/// How many operator inputs and graph outputs refer to each tensor.
std::vector<int> useCounts(const Graph &graph);

/// Drops the tensors of the first graph that no operator, input, output or signature refers to, and renumbers the rest.
void removeUnusedTensors(Model &model);

/// A model of some operators in a row, first to last of the first graph, with their constants.
Model partOf(const Model &model, std::size_t first, std::size_t last, TensorId input, TensorId output);

/// The first tensor of the graph that holds quantized integers, or null where the model is a float one.
const Tensor *quantizedTensor(const Graph &graph);

/// True where a float tensor is made from a float16 constant by DEQUANTIZE.
bool holdsFloat16Constants(const Graph &graph);

/// A copy whose float16 constants are float32 again, without their DEQUANTIZE operators: the form that the integer
/// techniques start from. No value changes, since every half is a float exactly.
Model withFloat32Constants(const Model &model);

/// That copy, or the model itself where it holds no float16 constants.
ModelPtr inFloat32(const ModelPtr &model);

/// What techniques that calibrate start from: the model, with its float16 constants as float32, of which a note tells.
/// An unusableInput error where it is quantized already.
Result<ModelPtr> floatModel(const ModelPtr &model, std::vector<std::string> &notes);

} // namespace espalier
