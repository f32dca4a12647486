// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/int8layer.h"
#include "device/plan/lowering/support.h"

#include <optional>
#include <vector>

namespace espalier::device {

// Layers whose outputs take two values, -128 (the zero point) and 127, as `binarize activations=yes` makes them: their
// multipliers are so large that every sum is clamped to the one or the other. That is proved here, channel by channel,
// whoever made the model.

/// The table of channelTable() for kernels that compare in place of rescaling, and then call rt::toBinary(); nothing
/// where some sum would give a third value.
std::optional<std::vector<std::int32_t>> comparingTable(const PlanBuilder &builder, const Int8Layer &layer,
                                                        std::int32_t biasFactor);

/// Calls the kernel for inputs, weights and outputs of two values each (espalier/binary.h), where these are so.
bool lowerBinaryConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry);
bool lowerBinaryFullyConnected(PlanBuilder &builder, const Operator &op);

} // namespace espalier::device
