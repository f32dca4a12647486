// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/depthwiselines.h"
#include "device/plan/lowering/support.h"

#include <functional>

namespace espalier::device {

/// The int8 layers that Cortex-M4 and M7 have kernels of their own for. False where the layer is not of that kind: the
/// plain kernels run it.
bool lowerDspConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerDspDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerDspFullyConnected(PlanBuilder &builder, const Operator &op);
bool lowerDspAdd(PlanBuilder &builder, const Operator &op);

/// The same for int16 activations over int8 weights.
bool lowerDspWideConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerDspWideDepthwise(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerDspWideFullyConnected(PlanBuilder &builder, const Operator &op);

/// What the kernels for depthwise 3x3 layers share: their lines, words of scratch memory, and the filter, for each
/// channel three lines of int16 w0, w1, w1, w2. `weight` gives that of a channel at a place of the window.
DepthwiseLines dspLines(const ConvolutionGeometry &geometry);
std::size_t dspScratch(const DepthwiseLines &lines);
PlanRef linesAsPairs(PlanBuilder &builder, const ConvolutionGeometry &geometry, const DepthwiseLines &lines,
                     const std::function<std::int8_t(std::int32_t, std::int64_t)> &weight);

} // namespace espalier::device
