// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/kernel.h"

namespace espalier {

/// Whether an operator is a dense layer or a 1×1 convolution of stride 1 on float32 values with constant weights: those
/// that makeSparseKernel() takes.
bool canRunSparsely(const Graph &graph, const Operator &op);

/// Whether it can and at least this share of its weights is zero.
bool runsSparsely(const Graph &graph, const Operator &op, double leastZeros);

/// The operator's kernel that multiplies by its non-zero weights alone: it keeps them with their input channels, output
/// after output, and runs each over several positions at once, as sparse engines do (arXiv 1911.09723). The sums
/// have the dense kernel's bits, but where an input is not finite. A `failed` error where the operator's kind kernel
/// refuses it too.
Result<std::unique_ptr<const Kernel>> makeSparseKernel(const Graph &graph, const Operator &op);

} // namespace espalier
