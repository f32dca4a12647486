// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/planbuilder.h"

#include <espalier/widechannel.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace espalier::device {

/// A layer of int16 activations over int8 weights, as the kernels for one family of processors take it.
struct WideLayer
{
    const Operator &op;
    bool floatProduct = false; ///< see multipliersOf()
    std::int32_t outputs = 0;
    std::int64_t weightsOfOutput = 0;
    /// The weight of one output channel at a place of its window, row-major.
    std::function<std::int8_t(std::int32_t output, std::int64_t place)> weight;
};

/// Whether the plan is for `family` and the operator's input and weights are of these types; then its layer.
bool isWide(const PlanBuilder &builder, const Operator &op, KernelFamily family);
WideLayer wideConvolutionLayer(const PlanBuilder &builder, const Operator &op);
WideLayer wideDepthwiseLayer(const PlanBuilder &builder, const Operator &op); ///< one output for each input channel
WideLayer wideFullyConnectedLayer(const PlanBuilder &builder, const Operator &op);

/// What a family's kernels shift by in 32 bits, and their multiplier and rounding for it; `multiplier` has 16 bits.
struct ShortScale
{
    std::int32_t firstShift = 0, lastShift = 0;
    std::function<void(rt::WideChannel &channel, std::int32_t multiplier, std::int32_t shift)> set;
};

/// A rt::WideChannel of every output channel: short where |sum + bias| stays below 2^31 for any input and the shift is
/// one of the family's.
PlanRef wideChannels(PlanBuilder &builder, const WideLayer &layer, const ShortScale &scale);

/// The fields of rt::FullyConnectedLayer.
void describeWideFullyConnected(const PlanBuilder &builder, PlanStep &step, const Operator &op);

} // namespace espalier::device
