// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/conv2d.h"
#include "core/kernels/linear/windowkernel.h"

namespace espalier {

namespace {

std::unique_ptr<const Kernel> makeDepthwise(const Window &window, LinearLayer layer, const Tensor &filter)
{
    const SimdFunctions &simd = simdFunctions(currentIsa(), layer.outChannels);
    const UnitKind kind = layer.unitKind(simd);
    const int multiplier = layer.outChannels / window.channels;
    // Loops read whole vectors, which must not reach beyond an input that is read in place.
    const bool canReadInPlace = layer.outChannels % simd.lanes == 0;
    PreparedInput input(simd, kind, layer.arithmetic, window, PreparedInput::Form::apart, multiplier, canReadInPlace);

    const int products = productsOfUnit[int(kind)];
    const int tapsPerRow = (window.x.filter + products - 1) / products;
    std::vector<std::int32_t> taps;
    for (int y = 0; y < window.y.filter; ++y)
        for (int t = 0; t < tapsPerRow; ++t)
            taps.push_back(std::int32_t(y * window.y.dilation * input.rowBytes() +
                                        t * products * window.x.dilation * input.pixelBytes()));
    const auto value = [&](int channel, int tap, int i) {
        const int y = tap / tapsPerRow, x = tap % tapsPerRow * products + i;
        if (x >= window.x.filter)
            return 0.0f;
        const std::size_t at =
            std::size_t(y * window.x.filter + x) * std::size_t(layer.outChannels) + std::size_t(channel);
        return filterValue(filter, layer, at);
    };
    PackedFilter packed = packChannelFilter(simd, kind, layer.outChannels, std::move(taps), value);

    const Grid grid = WindowKernel::gridOf(window, layer, input);
    WindowKernel::Setup setup = WindowKernel::setupOf(window, layer, window.y.out, window.x.out);
    std::vector<WindowKernel::Part> parts;
    parts.push_back({std::make_shared<LinearSums>(simd, std::move(layer), std::move(packed), true), grid});
    return std::make_unique<WindowKernel>(std::move(setup), std::move(input), std::move(parts));
}

template <Rounding rounding>
Result<std::unique_ptr<const Kernel>> makeDepthwiseConv2D(const Graph &graph, const Operator &op)
{
    const auto *options = std::get_if<DepthwiseConv2DOptions>(&op.options);
    if (!options || !op.input(0).valid() || !op.input(1).valid())
        return failed("its options, input or filter are absent");
    const Tensor &input = graph[op.input(0)], &filter = graph[op.input(1)], &output = graph[op.outputs[0]];
    const Result<Window> window = makeWindow(graph, op);
    if (!window)
        return window.error();
    const int outChannels = filter.shape[3];
    if (filter.shape[0] != 1 || outChannels % window->channels != 0 || output.shape[3] != outChannels)
        return failed("the channels of its input, filter and output do not fit together");
    Result<LinearLayer> layer = makeLinearLayer({input, filter, output, biasOf(graph, op, 2)}, options->activation,
                                                outChannels, 3, input.type == DType::uint8);
    if (!layer)
        return layer.error();
    layer->rounding = rounding;
    layer->quantizeAsymmetrically = true;
    if (window->channels > 1)
        return makeDepthwise(*window, std::move(*layer), filter);
    // With one input channel all output channels read it, as in a convolution.
    const auto first = [&](int outChannel, int y, int x) {
        return std::size_t(y * filter.shape[2] + x) * std::size_t(outChannels) + std::size_t(outChannel);
    };
    return makeConvolution(*window, std::move(*layer), filter, {first, std::size_t(outChannels)});
}

} // namespace

extern const KernelKind depthwiseConv2DKernel;
const KernelKind depthwiseConv2DKernel{OpKind::depthwiseConv2D, makeDepthwiseConv2D<Rounding::micro>,
                                       makeDepthwiseConv2D<Rounding::tflite>};

} // namespace espalier
