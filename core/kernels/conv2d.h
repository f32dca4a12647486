// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/kernel.h"
#include "core/kernels/linear/arithmetic.h"
#include "core/kernels/linear/window.h"

#include <functional>

namespace espalier {

/// Index into the filter's values.
using FilterIndex = std::function<std::size_t(int outChannel, int y, int x, int inChannel)>;

/// The kernel of a convolution whose output channels all read every input channel.
std::unique_ptr<const Kernel> makeConvolution(const Window &window, LinearLayer layer, const Tensor &filter,
                                              const FilterIndex &index);

} // namespace espalier
