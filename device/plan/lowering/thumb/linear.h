// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/support.h"

#include <functional>

namespace espalier::device {

/// The int8 layers that Cortex-M0+ has kernels of its own for. False where the layer is not of that kind: the plain
/// kernels run it.
bool lowerThumbConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerThumbDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerThumbFullyConnected(PlanBuilder &builder, const Operator &op);
bool lowerThumbAdd(PlanBuilder &builder, const Operator &op);

/// The same for int16 activations over int8 weights.
bool lowerThumbWideConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerThumbWideDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerThumbWideFullyConnected(PlanBuilder &builder, const Operator &op);

/// The weights of a dense layer as thumb/fullyconnected.h reads them.
using WeightAt = std::function<std::int8_t(std::int32_t output, std::int64_t place)>;
PlanRef eightOutputsAtOnce(PlanBuilder &builder, TensorId weights, std::int32_t outputs, std::int64_t inputs,
                           const WeightAt &weight);

} // namespace espalier::device
