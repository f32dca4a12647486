// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/linear/window.h"
#include "core/kernels/vectorize.h"

namespace espalier {

namespace {

ESPALIER_VECTORIZE void addProducts(float *to, const float *a, const float *b, std::size_t count)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        to[i] += a[i] * b[i];
}

class DepthwiseConv2DGradient final : public Gradient
{
public:
    DepthwiseConv2DGradient(const Window &window, int multiplier, Activation activation)
        : m_window(window), m_multiplier(std::size_t(multiplier)), m_activation(activation)
    {
    }

    void run(const GradientCall &call) const override
    {
        const auto &[y, x, windowImages, windowChannels] = m_window;
        const auto channels = std::size_t(windowChannels), outChannels = channels * m_multiplier;
        const std::size_t images = std::size_t(call.batch) * std::size_t(windowImages);
        const std::size_t pixels = std::size_t(y.out) * std::size_t(x.out);
        float *const gradient = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], gradient, images * pixels * outChannels);

        const float *g = gradient;
        for (std::size_t image = 0; image < images; ++image) {
            const std::size_t first = image * std::size_t(y.in) * std::size_t(x.in) * channels;
            for (int oy = 0; oy < y.out; ++oy)
                for (int ox = 0; ox < x.out; ++ox, g += outChannels) {
                    for (int ky = 0; ky < y.filter; ++ky)
                        for (int kx = 0; kx < x.filter; ++kx) {
                            const int iy = oy * y.stride + ky * y.dilation - y.padBefore;
                            const int ix = ox * x.stride + kx * x.dilation - x.padBefore;
                            if (iy < 0 || iy >= y.in || ix < 0 || ix >= x.in)
                                continue;
                            const std::size_t in =
                                first + (std::size_t(iy) * std::size_t(x.in) + std::size_t(ix)) * channels;
                            addTap(call, g, in, std::size_t(ky * x.filter + kx) * outChannels, channels);
                        }
                    if (call.inputGradients.size() > 2 && call.inputGradients[2])
                        for (std::size_t o = 0; o < outChannels; ++o)
                            call.inputGradients[2][o] += g[o];
                }
        }
    }

private:
    /// One pixel of the output, one tap of the filter, all channels.
    void addTap(const GradientCall &call, const float *g, std::size_t in, std::size_t tap, std::size_t channels) const
    {
        float *const filter = call.inputGradients[1] ? call.inputGradients[1] + tap : nullptr;
        float *const input = call.inputGradients[0] ? call.inputGradients[0] + in : nullptr;
        const float *const x = call.inputs[0] + in, *const w = call.inputs[1] + tap;
        if (m_multiplier == 1) {
            if (filter)
                addProducts(filter, x, g, channels);
            if (input)
                addProducts(input, w, g, channels);
            return;
        }
        for (std::size_t c = 0; c < channels; ++c)
            for (std::size_t o = c * m_multiplier; o < (c + 1) * m_multiplier; ++o) {
                if (filter)
                    filter[o] += x[c] * g[o];
                if (input)
                    input[c] += w[o] * g[o];
            }
    }

    Window m_window;
    std::size_t m_multiplier;
    Activation m_activation;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<DepthwiseConv2DOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Tensor &filter = graph[op.input(1)];
    const Result<Window> window =
        makeWindow(graph[op.input(0)], graph[op.outputs[0]], options.padding, filter.shape[1], filter.shape[2],
                   options.strideH, options.strideW, options.dilationH, options.dilationW);
    if (!window)
        return window.error();
    return makeGradient<DepthwiseConv2DGradient>(*window, filter.shape[3] / window->channels, options.activation);
}

} // namespace

extern const GradientKind depthwiseConv2DGradient;
const GradientKind depthwiseConv2DGradient{OpKind::depthwiseConv2D, make};

} // namespace espalier
