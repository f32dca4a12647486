// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/linear/window.h"

#include <algorithm>

namespace espalier {

namespace {

/// Far more than any real model pads; keeps offsets within 32 bits and hostile dilations harmless.
constexpr std::int64_t elementLimit = std::int64_t(1) << 28;

} // namespace

Result<WindowAxis> makeWindowAxis(int in, int out, Padding padding, int filter, int stride, int dilation)
{
    if (stride < 1 || dilation < 1)
        return failed("a stride or dilation is less than 1");
    WindowAxis axis{in, out, filter, stride, dilation, 0};
    const bool isSame = padding == Padding::same;
    const std::int64_t free = isSame ? in - 1 : in - axis.reach();
    if (free < 0)
        return failed("its filter is larger than its input");
    if (out != free / stride + 1)
        return failed("its output's shape does not follow from its input, stride and padding");
    if (isSame)
        axis.padBefore = int(std::max<std::int64_t>(0, axis.extent() - in) / 2);
    return axis;
}

Result<void> checkPaddedSize(const Window &window)
{
    const auto extent = [](const WindowAxis &axis) { return double(std::max<std::int64_t>(axis.extent(), axis.in)); };
    if (extent(window.y) * extent(window.x) * window.channels > double(elementLimit))
        return failed("its padded input is too large");
    return {};
}

bool Window::hasPadding() const
{
    const auto isPadded = [](const WindowAxis &axis) { return axis.padBefore > 0 || axis.extent() > axis.in; };
    return isPadded(y) || isPadded(x);
}

Result<void> checkShape(const Tensor &tensor, std::size_t rank, const char *what)
{
    const bool isPositive = std::ranges::all_of(tensor.shape, [](std::int32_t extent) { return extent > 0; });
    if (tensor.shape.size() != rank || !isPositive)
        return failed("its " + std::string(what) + " has the shape " + shapeText(tensor.shape) + " rather than " +
                      std::to_string(rank) + " extents");
    return {};
}

namespace {

struct Steps
{
    Padding padding;
    int strideH, strideW, dilationH = 1, dilationW = 1;
};

Result<Window> makeWindow(const Tensor &input, const Tensor &output, int filterHeight, int filterWidth,
                          const Steps &steps)
{
    if (const Result<void> checked = checkShape(input, 4, "input"); !checked)
        return checked.error();
    if (const Result<void> checked = checkShape(output, 4, "output"); !checked)
        return checked.error();
    if (input.shape[0] != output.shape[0])
        return failed("its output has another number of images than its input");
    const Result<WindowAxis> y =
        makeWindowAxis(input.shape[1], output.shape[1], steps.padding, filterHeight, steps.strideH, steps.dilationH);
    if (!y)
        return y.error();
    const Result<WindowAxis> x =
        makeWindowAxis(input.shape[2], output.shape[2], steps.padding, filterWidth, steps.strideW, steps.dilationW);
    if (!x)
        return x.error();
    const Window window{*y, *x, input.shape[0], input.shape[3]};
    if (const Result<void> checked = checkPaddedSize(window); !checked)
        return checked.error();
    return window;
}

} // namespace

Result<Window> makeWindow(const Graph &graph, const Operator &op)
{
    const Tensor &output = graph[op.outputs[0]];
    if (op.kind == OpKind::averagePool2D || op.kind == OpKind::maxPool2D) {
        const auto &o = op.as<Pool2DOptions>();
        return makeWindow(graph[op.input(0)], output, o.filterH, o.filterW, {o.padding, o.strideH, o.strideW});
    }
    const Tensor &filter = graph[op.input(1)];
    if (const Result<void> checked = checkShape(filter, 4, "filter"); !checked)
        return checked.error();
    if (op.kind == OpKind::transposeConv) {
        const auto &o = op.as<TransposeConvOptions>();
        return makeWindow(output, graph[op.input(2)], filter.shape[1], filter.shape[2],
                          {o.padding, o.strideH, o.strideW});
    }
    const auto make = [&](const auto &o) {
        return makeWindow(graph[op.input(0)], output, filter.shape[1], filter.shape[2],
                          {o.padding, o.strideH, o.strideW, o.dilationH, o.dilationW});
    };
    return op.kind == OpKind::conv2D ? make(op.as<Conv2DOptions>()) : make(op.as<DepthwiseConv2DOptions>());
}

} // namespace espalier
