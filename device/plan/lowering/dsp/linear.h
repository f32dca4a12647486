// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/support.h"

namespace espalier::device {

/// The int8 layers that Cortex-M4 and M7 have kernels of their own for. False where the layer is not of that kind: the
/// plain kernels run it.
bool lowerDspConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerDspDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerDspFullyConnected(PlanBuilder &builder, const Operator &op);
bool lowerDspAdd(PlanBuilder &builder, const Operator &op);

} // namespace espalier::device
