// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/kernel.h"
#include "core/kernels/linear/windowkernel.h"

#include <algorithm>

namespace espalier {

namespace {

/// Outputs first, first + stride, … of one axis: they are the sums of taps tap0, tap0 + stride, … (ascending), the
/// j-th of which reads input base - j for the first output and one further for each next.
struct Phase
{
    int first = 0, outputs = 0;
    int tap0 = 0, taps = 0;
    int base = 0;
};

std::vector<Phase> phasesOf(const WindowAxis &axis)
{
    std::vector<Phase> phases;
    for (int first = 0; first < std::min(axis.stride, axis.in); ++first) {
        const int tap0 = (first + axis.padBefore) % axis.stride;
        const int taps = tap0 < axis.filter ? (axis.filter - tap0 - 1) / axis.stride + 1 : 0;
        phases.push_back(
            {first, (axis.in - first - 1) / axis.stride + 1, tap0, taps, (first + axis.padBefore) / axis.stride});
    }
    return phases;
}

/// The input of the transposed convolution with all the padding that any phase reads, as a window of single taps.
WindowAxis paddedAxis(const WindowAxis &axis, const std::vector<Phase> &phases)
{
    int before = 0, end = axis.out;
    for (const Phase &phase : phases) {
        before = std::max(before, phase.taps - 1 - phase.base);
        end = std::max(end, phase.base + phase.outputs);
    }
    return {axis.out, before + end, 1, 1, 1, before};
}

Result<std::unique_ptr<const Kernel>> makeTransposeConv(const Graph &graph, const Operator &op)
{
    const auto *options = std::get_if<TransposeConvOptions>(&op.options);
    if (!options || !op.input(1).valid() || !op.input(2).valid())
        return failed("its options, input or filter are absent");
    const Tensor &input = graph[op.input(2)], &filter = graph[op.input(1)], &output = graph[op.outputs[0]];
    const Result<Window> window = makeWindow(graph, op);
    if (!window)
        return window.error();
    if (filter.shape[3] != input.shape[3] || filter.shape[0] != output.shape[3])
        return failed("the channels of its input, filter and output do not fit together");
    Result<LinearLayer> made = makeLinearLayer({input, filter, output, biasOf(graph, op, 3)}, options->activation,
                                               filter.shape[0], 0, input.type == DType::uint8);
    if (!made)
        return made.error();
    const LinearLayer &layer = *made;
    if (layer.arithmetic == Arithmetic::hybrid)
        return failed("there is no kernel for float32 input and int8 filter");

    const std::vector<Phase> rows = phasesOf(window->y), columns = phasesOf(window->x);
    const Window reads{paddedAxis(window->y, rows), paddedAxis(window->x, columns), window->images, input.shape[3]};
    if (const Result<void> checked = checkPaddedSize(reads); !checked)
        return checked.error();
    const SimdFunctions &simd = simdFunctions(currentIsa(), filter.shape[0]);
    const UnitKind kind = layer.unitKind(simd);
    PreparedInput prepared(simd, kind, layer.arithmetic, reads, PreparedInput::Form::shared, 1, true);
    const std::ptrdiff_t outPixel = layer.outChannels * elementBytes(layer.arithmetic);
    const std::ptrdiff_t outRow = window->x.in * outPixel;

    std::vector<WindowKernel::Part> parts;
    for (const Phase &row : rows)
        for (const Phase &column : columns) {
            std::vector<std::int32_t> segments;
            for (int y = 0; y < row.taps; ++y)
                for (int x = 0; x < column.taps; ++x)
                    segments.push_back(std::int32_t((reads.y.padBefore + row.base - y) * prepared.rowBytes() +
                                                    (reads.x.padBefore + column.base - x) * prepared.pixelBytes()));
            const auto first = [&](int channel, int segment) {
                const int y = row.tap0 + segment / column.taps * window->y.stride;
                const int x = column.tap0 + segment % column.taps * window->x.stride;
                const auto tap = std::size_t((channel * filter.shape[1] + y) * filter.shape[2] + x);
                return tap * std::size_t(filter.shape[3]);
            };
            PackedFilter packed = packFilter(simd, kind, std::move(segments), {filter, layer, input.shape[3], first});
            const Grid grid{row.outputs,
                            column.outputs,
                            prepared.rowBytes(),
                            prepared.pixelBytes(),
                            window->y.stride * outRow,
                            window->x.stride * outPixel};
            parts.push_back({std::make_shared<LinearSums>(simd, layer, std::move(packed), false), grid, 0,
                             row.first * outRow + column.first * outPixel});
        }
    WindowKernel::Setup setup = WindowKernel::setupOf(reads, layer, window->y.in, window->x.in);
    setup.inputIndex = 2;
    return std::unique_ptr<const Kernel>(
        std::make_unique<WindowKernel>(std::move(setup), std::move(prepared), std::move(parts)));
}

} // namespace

extern const KernelKind transposeConvKernel;
const KernelKind transposeConvKernel{OpKind::transposeConv, makeTransposeConv};

} // namespace espalier
