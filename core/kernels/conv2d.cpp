// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/conv2d.h"

#include "core/kernels/linear/windowkernel.h"

namespace espalier {

namespace {

/// Positions of the filter along an axis that use the same of its elements, because the others lie on the padding.
struct Run
{
    int first, count; ///< positions
    int begin, end;   ///< elements of the filter
};

std::vector<Run> runsOf(const WindowAxis &axis)
{
    std::vector<Run> runs;
    for (int position = 0; position < axis.out; ++position) {
        const auto isPadding = [&](int element) {
            const int at = position * axis.stride - axis.padBefore + element * axis.dilation;
            return at < 0 || at >= axis.in;
        };
        int begin = 0, end = axis.filter;
        while (begin < end && isPadding(begin))
            ++begin;
        while (begin < end && isPadding(end - 1))
            --end;
        if (!runs.empty() && runs.back().begin == begin && runs.back().end == end)
            ++runs.back().count;
        else
            runs.push_back({position, 1, begin, end});
    }
    return runs;
}

/// A float convolution's grid in parts that multiply nothing by padding: rows that use the same rows of the filter, and
/// of these, where there are enough to fill tiles, the columns that use the same columns.
std::vector<WindowKernel::Part> cutAtPadding(const std::shared_ptr<const LinearSums> &sums, const Grid &grid,
                                             const Window &window, int segmentsPerRow)
{
    constexpr int enoughRows = 4;
    const std::vector<Run> all{{0, window.x.out, 0, window.x.filter}};
    std::vector<WindowKernel::Part> parts;
    for (const Run &rows : runsOf(window.y)) {
        const bool cutsColumns = segmentsPerRow == 1 && rows.count >= enoughRows;
        for (const Run &columns : cutsColumns ? runsOf(window.x) : all) {
            Grid part = grid;
            part.rows = rows.count;
            part.columns = columns.count;
            part.firstSegment = rows.begin * segmentsPerRow;
            part.endSegment = rows.end * segmentsPerRow;
            if (cutsColumns) {
                part.firstUnit = columns.begin * window.channels;
                part.endUnit = columns.end * window.channels;
            }
            parts.push_back({sums, part, rows.first * grid.rowIn + columns.first * grid.columnIn,
                             rows.first * grid.rowOut + columns.first * grid.columnOut});
        }
    }
    return parts;
}

} // namespace

std::unique_ptr<const Kernel> makeConvolution(const Window &window, LinearLayer layer, const Tensor &filter,
                                              const FilterLayout &layout)
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
    const auto first = [&](int channel, int segment) {
        return layout.first(channel, segment / segmentsPerRow, segment % segmentsPerRow);
    };
    PackedFilter packed = packFilter(simd, kind, std::move(segments),
                                     {filter, layer, tapsPerSegment * window.channels, first, layout.step});

    const Grid grid = WindowKernel::gridOf(window, layer, input);
    WindowKernel::Setup setup = WindowKernel::setupOf(window, layer, window.y.out, window.x.out);
    const auto sums = std::make_shared<LinearSums>(simd, std::move(layer), std::move(packed), false);
    std::vector<WindowKernel::Part> parts;
    if (kind == UnitKind::floats)
        parts = cutAtPadding(sums, grid, window, segmentsPerRow);
    else
        parts.push_back({sums, grid}); // the padding of integers is their zero point, which has to be summed
    return std::make_unique<WindowKernel>(std::move(setup), std::move(input), std::move(parts));
}

namespace {

template <Rounding rounding>
Result<std::unique_ptr<const Kernel>> makeConv2D(const Graph &graph, const Operator &op)
{
    const auto *options = std::get_if<Conv2DOptions>(&op.options);
    if (!options || !op.input(0).valid() || !op.input(1).valid())
        return failed("its options, input or filter are absent");
    const Tensor &input = graph[op.input(0)], &filter = graph[op.input(1)], &output = graph[op.outputs[0]];
    const Result<Window> window = makeWindow(graph, op);
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
    layer->rounding = rounding;
    layer->quantizeAsymmetrically = layer->filterPerChannel; // as TFLite's two hybrid convolutions do
    const auto first = [&](int outChannel, int y, int x) {
        const std::size_t row = std::size_t(outChannel) * std::size_t(filter.shape[1]) + std::size_t(y);
        return (row * std::size_t(filter.shape[2]) + std::size_t(x)) * std::size_t(filter.shape[3]);
    };
    return makeConvolution(*window, std::move(*layer), filter, {first});
}

} // namespace

extern const KernelKind conv2DKernel;
const KernelKind conv2DKernel{OpKind::conv2D, makeConv2D<Rounding::micro>, makeConv2D<Rounding::tflite>};

} // namespace espalier
