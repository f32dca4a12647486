// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/support.h"

namespace espalier::device {

/// The int8 layers that Cortex-M0+ has kernels of its own for. False where the layer is not of that kind: the plain
/// kernels run it.
bool lowerThumbConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerThumbDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);

bool lowerThumbFullyConnected(PlanBuilder &builder, const Operator &op);
bool lowerThumbAdd(PlanBuilder &builder, const Operator &op);

} // namespace espalier::device
