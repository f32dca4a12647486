// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

namespace espalier {

/// How a filter moves over one axis of an image.
struct WindowAxis
{
    int in = 1, out = 1;
    int filter = 1, stride = 1, dilation = 1;
    int padBefore = 0;

    /// From the first to the last input under the filter, both included.
    std::int64_t reach() const { return std::int64_t(filter - 1) * dilation + 1; }
    /// Inputs that all positions together touch, padding included.
    std::int64_t extent() const { return std::int64_t(out - 1) * stride + reach(); }
};

/// A filter over the height and width of NHWC images.
struct Window
{
    WindowAxis y, x;
    int images = 1; ///< the graph's own
    int channels = 1;

    bool hasPadding() const;
};

/// Checks that `out` follows from the rest and places the padding.
Result<WindowAxis> makeWindowAxis(int in, int out, Padding padding, int filter, int stride, int dilation);

/// Checks that the padded image of a window is of a sane size.
Result<void> checkPaddedSize(const Window &window);

/// That of a convolution, depthwise or not, of a pooling, or of the convolution that a transposed one transposes, which
/// goes from its output to its input. Checks shapes (ranks, positive extents, the output as padding and strides make it)
/// and places the padding. Input, filter and output must be there.
Result<Window> makeWindow(const Graph &graph, const Operator &op);

/// Rank `rank` and no empty or negative extent, or an error that names `what`.
Result<void> checkShape(const Tensor &tensor, std::size_t rank, const char *what);

} // namespace espalier
