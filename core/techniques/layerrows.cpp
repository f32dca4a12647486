// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/layerrows.h"

#include "core/graph/weightlayout.h"
#include "core/kernels/linear/window.h"

#include <algorithm>

namespace espalier {

namespace {

/// The input that a tap of the filter reads for an output of one axis, or -1 in the padding.
int source(const WindowAxis &axis, int output, int tap)
{
    const int at = output * axis.stride + tap * axis.dilation - axis.padBefore;
    return at >= 0 && at < axis.in ? at : -1;
}

/// The same of a transposed convolution; the axis is that of the convolution from its output to its input.
int transposedSource(const WindowAxis &axis, int output, int tap)
{
    const int scaled = output + axis.padBefore - tap;
    return scaled >= 0 && scaled % axis.stride == 0 && scaled / axis.stride < axis.out ? scaled / axis.stride : -1;
}

} // namespace

std::optional<LayerRows> LayerRows::of(const Graph &graph, const Operator &op)
{
    const std::optional<WeightLayout> layout = weightLayout(op.kind);
    if (!layout || !op.input(layout->data).valid() || !op.input(layout->weights).valid() || op.outputs.empty())
        return std::nullopt;
    const Tensor &input = graph[op.input(layout->data)], &filter = graph[op.input(layout->weights)];
    const Tensor &output = graph[op.outputs[0]];
    LayerRows rows;
    if (op.kind == OpKind::fullyConnected) {
        if (filter.shape.size() != 2 || filter.elements() == 0)
            return std::nullopt;
        rows.m_channels = std::size_t(filter.shape[0]);
        rows.m_depth = std::size_t(filter.shape[1]);
        rows.m_positions = input.elements() / rows.m_depth;
        rows.m_fill = [depth = rows.m_depth](const float *image, std::size_t position, float *row) {
            std::copy_n(image + position * depth, depth, row);
        };
        return rows;
    }
    const Result<Window> found = makeWindow(graph, op);
    if (!found)
        return std::nullopt;
    const Window window = *found;
    const bool isTransposed = op.kind == OpKind::transposeConv;
    const auto in = std::size_t(input.shape[3]);
    const auto height = std::size_t(output.shape[1]), width = std::size_t(output.shape[2]);
    rows.m_isApart = op.kind == OpKind::depthwiseConv2D;
    rows.m_channels = std::size_t(filter.shape[rows.m_isApart ? 3 : 0]);
    rows.m_depth = std::size_t(filter.shape[1]) * std::size_t(filter.shape[2]) * (rows.m_isApart ? 1 : in);
    rows.m_positions = std::size_t(output.shape[0]) * height * width;
    if (rows.m_isApart ? rows.m_channels % in != 0 : std::size_t(filter.shape[3]) != in)
        return std::nullopt;
    const std::size_t copies = rows.m_isApart ? rows.m_channels / in : 1; // the depth multiplier
    const auto imageFloats = std::size_t(input.shape[1]) * std::size_t(input.shape[2]) * in;
    rows.m_fill = [=](const float *images, std::size_t position, float *row) {
        const float *const image = images + position / (height * width) * imageFloats;
        const auto y = int(position / width % height), x = int(position % width);
        const auto from = isTransposed ? transposedSource : source;
        const int columns = isTransposed ? window.x.out : window.x.in;
        for (int ky = 0; ky < window.y.filter; ++ky)
            for (int kx = 0; kx < window.x.filter; ++kx, row += in * copies) {
                const int iy = from(window.y, y, ky), ix = from(window.x, x, kx);
                if (iy < 0 || ix < 0) {
                    std::fill_n(row, in * copies, 0.0f);
                    continue;
                }
                const float *const pixel = image + (std::size_t(iy) * std::size_t(columns) + std::size_t(ix)) * in;
                for (std::size_t i = 0; i < in * copies; ++i)
                    row[i] = pixel[i / copies];
            }
    };
    return rows;
}

} // namespace espalier
