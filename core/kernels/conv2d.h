// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/kernel.h"
#include "core/kernels/linear/arithmetic.h"
#include "core/kernels/linear/window.h"

#include <functional>

namespace espalier {

/// How a filter lies in memory: the values that meet one input channel after the other, pixel after pixel, lie `step`
/// apart.
struct FilterLayout
{
    std::function<std::size_t(int outChannel, int y, int x)> first; ///< index of the first input channel's value
    std::size_t step = 1;
};

/// The kernel of a convolution whose output channels all read every input channel.
std::unique_ptr<const Kernel> makeConvolution(const Window &window, LinearLayer layer, const Tensor &filter,
                                              const FilterLayout &layout);

} // namespace espalier
