// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <vector>

namespace espalier {

/// Numbers of an operator's inputs that are neither absent nor constants.
std::vector<std::size_t> runtimeInputs(const Graph &graph, const Operator &op);

/// The variant with one of its operators replaced by the reference's, DEQUANTIZE before and QUANTIZE behind it where
/// the variant's values are integers. `reference` is a graph whose constants are all values (Program::foldedGraph()).
/// An unusableInput error where the two do not take the same inputs.
Result<ModelPtr> withLayerOf(const Model &variant, std::size_t op, const Graph &reference, std::size_t referenceOp);

/// The variant with one of its int8 operators computing on int16 activations instead, with int8 weights made from the
/// reference's float ones, between QUANTIZE operators: what `quantize-int8 layer=NAME:activations=int16` makes of it.
/// The ranges of its activations stay those that they have as int8. `reference` as above. An unusableInput error where
/// the operator has no int16 form, is not int8, or the two do not take the same inputs.
Result<ModelPtr> withWideLayer(const Model &variant, std::size_t op, const Graph &reference, std::size_t referenceOp);

/// A model of one operator alone, with constants from `graph` (Program::foldedGraph()): its inputs are its
/// runtimeInputs() in order, each as float32, quantized first where the operator takes integers; its output is the
/// operator's first.
ModelPtr layerAlone(const Graph &graph, std::size_t op);

} // namespace espalier
