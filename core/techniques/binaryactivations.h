// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"
#include "core/train/valuetransform.h"

#include <functional>
#include <set>
#include <vector>

namespace espalier {

/// Whether what a layer makes may take two values.
using LayerChoice = std::function<bool(const Operator &)>;

/// The layers whose outputs can be binary: without an activation or with a ReLU, and read, through max pooling,
/// reshaping and padding at most, by layers with weights alone.
std::vector<std::size_t> layersWithBinaryOutput(const Graph &graph, const LayerChoice &isChosen);

/// In a network that trains: 1 for positive values, else 0. This is (sign(x) + 1) / 2, and other biases of the layers
/// that read it make a network of the same function as with sign(x); zeros in padding stay what they are. Derivatives
/// go through where the value lies within 1 (the hard tanh of Courbariaux et al., arXiv 1602.02830).
class UnitStep final : public ValueTransform
{
public:
    void forward(std::span<const float> kept, std::span<float> used) const override;
    void backward(std::span<const float> kept, std::span<const float> used, std::span<float> gradient) const override;
};

/// The same network for any runtime, of a trained one without activations where a UnitStep was: a ReLU6 cuts sums that
/// are so large that 0 and 6 are left, and the layers that read them have a sixth of their weights.
///
/// A layer whose weights are a sign times a scale for each output channel (`binaryWeights`) and whose input is binary
/// has whole numbers for sums: its weights become +-4 and its biases lie halfway between two sums, so that
/// quantize-int8 has the same two values behind the same sums exactly. Others' sums are enlarged until one step of
/// their int8 form, given the width of their input's range, fills the ReLU6.
Model withRelu6Steps(const Model &trained, const std::vector<std::size_t> &layers,
                     const std::set<std::size_t> &binaryWeights, const std::function<float(TensorId)> &rangeOf);

} // namespace espalier
