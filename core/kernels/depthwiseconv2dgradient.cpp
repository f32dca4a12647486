// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/linear/window.h"
#include "core/kernels/vectorize.h"

#include <algorithm>

namespace espalier {

namespace {

/// byFilter[i] += gradient[i] * input[i] and byInput[i] += gradient[i] * filter[i]
ESPALIER_VECTORIZE void addBoth(const float *gradient, const float *input, const float *filter, float *byFilter,
                                float *byInput, std::size_t count)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        byFilter[i] += gradient[i] * input[i];
        byInput[i] += gradient[i] * filter[i];
    }
}

/// Works on whole rows of pixels, in which a tap's weights stand once for each pixel. The derivatives by them are first
/// summed up for each column, then over the columns.
class DepthwiseConv2DGradient final : public Gradient
{
public:
    DepthwiseConv2DGradient(const Window &window, int multiplier, Activation activation)
        : m_window(window), m_multiplier(std::size_t(multiplier)), m_activation(activation),
          m_channels(std::size_t(window.channels) * m_multiplier), m_row(std::size_t(window.x.out) * m_channels),
          m_taps(std::size_t(window.y.filter) * std::size_t(window.x.filter)),
          m_isDirect(window.x.stride == 1 && m_multiplier == 1)
    {
    }

    std::size_t scratchFloats() const override { return (2 * m_taps + 2) * m_row; }

    void run(const GradientCall &call) const override
    {
        const auto &[y, x, windowImages, windowChannels] = m_window;
        const std::size_t images = std::size_t(call.batch) * std::size_t(windowImages);
        const std::size_t pixels = std::size_t(y.out) * std::size_t(x.out);
        const std::size_t imageIn = std::size_t(y.in) * std::size_t(x.in) * std::size_t(windowChannels);
        undoActivation(m_activation, call.outputs[0], call.outputGradients[0], images * pixels * m_channels);
        if (call.inputGradients.size() > 2 && call.inputGradients[2])
            addChannelSums(call.outputGradients[0], images * pixels, m_channels, call.inputGradients[2]);

        float *const filter = call.scratch, *const sums = filter + m_taps * m_row;
        for (std::size_t tap = 0; tap < m_taps; ++tap)
            for (std::size_t column = 0; column < std::size_t(x.out); ++column)
                std::copy_n(call.inputs[1] + tap * m_channels, m_channels, filter + tap * m_row + column * m_channels);
        std::fill_n(sums, m_taps * m_row, 0.0f);
        for (std::size_t image = 0; image < images; ++image)
            for (int oy = 0; oy < y.out; ++oy)
                for (int ky = 0; ky < y.filter; ++ky) {
                    const int iy = oy * y.stride + ky * y.dilation - y.padBefore;
                    if (iy < 0 || iy >= y.in)
                        continue;
                    const float *const g =
                        call.outputGradients[0] + (image * std::size_t(y.out) + std::size_t(oy)) * m_row;
                    const std::size_t in =
                        image * imageIn + std::size_t(iy) * std::size_t(x.in) * std::size_t(windowChannels);
                    float *const byInput = call.inputGradients[0] ? call.inputGradients[0] + in : nullptr;
                    for (int kx = 0; kx < x.filter; ++kx)
                        addTap(kx, std::size_t(ky * x.filter + kx) * m_row, g, call.inputs[0] + in, byInput,
                               call.scratch);
                }
        for (std::size_t tap = 0; call.inputGradients[1] && tap < m_taps; ++tap)
            addChannelSums(sums + tap * m_row, std::size_t(x.out), m_channels,
                           call.inputGradients[1] + tap * m_channels);
    }

private:
    /// One row of pixels and one tap; rows of the image begin at its first column.
    void addTap(int kx, std::size_t tap, const float *g, const float *input, float *byInput, float *scratch) const
    {
        const WindowAxis &x = m_window.x;
        const int left = kx * x.dilation - x.padBefore;
        const int first = left < 0 ? (-left + x.stride - 1) / x.stride : 0;
        const int end = left >= x.in ? 0 : std::min(x.out, (x.in - 1 - left) / x.stride + 1);
        if (first >= end)
            return;
        const std::size_t count = std::size_t(end - first) * m_channels, at = std::size_t(first) * m_channels;
        const float *const filter = scratch + tap + at;
        float *const sums = scratch + m_taps * m_row + tap + at;
        const auto inChannels = std::size_t(m_window.channels);
        const std::size_t from = std::size_t(first * x.stride + left) * inChannels;
        const std::size_t step = std::size_t(x.stride) * inChannels;
        if (m_isDirect && byInput)
            return addBoth(g + at, input + from, filter, sums, byInput + from, count);
        if (m_isDirect)
            return addProducts(sums, g + at, input + from, count);

        // The pixels that it reads, laid side by side, each channel as often as it is read.
        float *const seen = scratch + 2 * m_taps * m_row, *const back = seen + m_row;
        const auto columns = std::size_t(end - first);
        for (std::size_t column = 0; column < columns; ++column)
            for (std::size_t c = 0; c < inChannels; ++c)
                for (std::size_t copy = 0; copy < m_multiplier; ++copy)
                    seen[column * m_channels + c * m_multiplier + copy] = input[from + column * step + c];
        if (!byInput)
            return addProducts(sums, g + at, seen, count);
        std::fill_n(back, count, 0.0f);
        addBoth(g + at, seen, filter, sums, back, count);
        for (std::size_t column = 0; column < columns; ++column)
            for (std::size_t c = 0; c < inChannels; ++c)
                for (std::size_t copy = 0; copy < m_multiplier; ++copy)
                    byInput[from + column * step + c] += back[column * m_channels + c * m_multiplier + copy];
    }

    Window m_window;
    std::size_t m_multiplier;
    Activation m_activation;
    std::size_t m_channels, m_row, m_taps; ///< of the output; floats of a row of it
    bool m_isDirect;                       ///< neighbours in a row of pixels read neighbours
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<DepthwiseConv2DOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Tensor &filter = graph[op.input(1)];
    const Result<Window> window = makeWindow(graph, op);
    if (!window)
        return window.error();
    return makeGradient<DepthwiseConv2DGradient>(*window, filter.shape[3] / window->channels, options.activation);
}

} // namespace

extern const GradientKind depthwiseConv2DGradient;
const GradientKind depthwiseConv2DGradient{OpKind::depthwiseConv2D, make};

} // namespace espalier
