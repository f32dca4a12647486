// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/support.h"

namespace espalier::device {

/// Calls the kernels of espalier/sparsefloat.h for a float32 layer, where weights that are zero make that form both
/// smaller than any other and, by the counts below, no slower. False where not, where weights or biases could make of
/// the sums other bits than the dense kernel's, and where the plan's weights may not be compact.
bool lowerSparseFloatConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerSparseFloatFullyConnected(PlanBuilder &builder, const Operator &op);

} // namespace espalier::device
