// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/conv2d.h"

#include "core/kernels/linear/windowkernel.h"

namespace espalier {

std::unique_ptr<const Kernel> makeConvolution(const Window &window, LinearLayer layer, const Tensor &filter,
                                              const FilterIndex &index)
{
    const SimdFunctions &simd = simdFunctions(currentIsa(), layer.outChannels);
    const UnitKind kind = layer.unitKind(simd);
    PreparedInput input(simd, kind, layer.arithmetic, window, PreparedInput::Form::shared, 1, true);

    // Taps side by side in memory make one segment: a whole filter row unless it is dilated.
    const bool isDense = window.x.dilation == 1;
    const int segmentsPerRow = isDense ? 1 : window.x.filter;
    const int tapsPerSegment = isDense ? window.x.filter : 1;
    std::vector<std::int32_t> segments;
    for (int y = 0; y < window.y.filter; ++y)
        for (int s = 0; s < segmentsPerRow; ++s)
            segments.push_back(
                std::int32_t(y * window.y.dilation * input.rowBytes() + s * window.x.dilation * input.pixelBytes()));
    const auto value = [&](int channel, int segment, int i) {
        const int y = segment / segmentsPerRow, x = segment % segmentsPerRow + i / window.channels;
        const std::size_t at = index(channel, y, x, i % window.channels);
        return filterValue(filter, layer, at);
    };
    PackedFilter packed =
        packFilter(simd, kind, layer.outChannels, std::move(segments), tapsPerSegment * window.channels, value);

    const Grid grid = WindowKernel::gridOf(window, layer, input);
    WindowKernel::Setup setup = WindowKernel::setupOf(window, layer, window.y.out, window.x.out);
    std::vector<WindowKernel::Part> parts;
    parts.push_back({LinearSums(simd, std::move(layer), std::move(packed), false), grid, 0});
    return std::make_unique<WindowKernel>(std::move(setup), std::move(input), std::move(parts));
}

namespace {

Result<std::unique_ptr<const Kernel>> makeConv2D(const Graph &graph, const Operator &op)
{
    const auto *options = std::get_if<Conv2DOptions>(&op.options);
    if (!options || !op.input(0).valid() || !op.input(1).valid())
        return failed("its options, input or filter are absent");
    const Tensor &input = graph[op.input(0)], &filter = graph[op.input(1)], &output = graph[op.outputs[0]];
    if (const Result<void> checked = checkShape(filter, 4, "filter"); !checked)
        return checked.error();
    const Result<Window> window =
        makeWindow(input, output, options->padding, filter.shape[1], filter.shape[2], options->strideH,
                   options->strideW, options->dilationH, options->dilationW);
    if (!window)
        return window.error();
    if (filter.shape[3] != window->channels)
        return failed(filter.shape[3] > 0 && window->channels % filter.shape[3] == 0
                          ? "it is a grouped convolution"
                          : "its filter has another number of channels than its input");
    if (output.shape[3] != filter.shape[0])
        return failed("its output has another number of channels than its filter");
    Result<LinearLayer> layer = makeLinearLayer({input, filter, output, biasOf(graph, op, 2)}, options->activation,
                                                filter.shape[0], 0, input.type == DType::uint8);
    if (!layer)
        return layer.error();
    layer->quantizeAsymmetrically = layer->filterPerChannel; // as TFLite's two hybrid convolutions do
    const auto index = [&](int outChannel, int y, int x, int inChannel) {
        const std::size_t row = std::size_t(outChannel) * std::size_t(filter.shape[1]) + std::size_t(y);
        return (row * std::size_t(filter.shape[2]) + std::size_t(x)) * std::size_t(filter.shape[3]) +
               std::size_t(inChannel);
    };
    return makeConvolution(*window, std::move(*layer), filter, index);
}

} // namespace

extern const KernelKind conv2DKernel;
const KernelKind conv2DKernel{OpKind::conv2D, makeConv2D};

} // namespace espalier
