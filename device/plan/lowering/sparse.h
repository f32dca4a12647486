// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/support.h"

#include <cstddef>
#include <cstdint>

namespace espalier::device {

/// What the best other form of an int8 layer takes: bytes of weights in flash and, by the loops of the dense kernel,
/// instructions for four pixels of a convolution or one row of a dense layer.
struct DenseForm
{
    std::size_t bytes = 0;
    double instructions = 0;
};

/// Calls the kernels of espalier/sparse.h where weights that are zero make that form both smaller than the other and,
/// by the counts below, no slower. False where not, where the processor has no such kernels, and where the plan's
/// weights may not be compact.
bool lowerSparseConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &geometry,
                            const DenseForm &dense);
bool lowerSparseFullyConnected(PlanBuilder &builder, const Operator &op, const DenseForm &dense);

} // namespace espalier::device
