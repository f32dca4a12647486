// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/linear/window.h"
#include "core/kernels/product/matrixproduct.h"

#include <algorithm>

namespace espalier {

namespace {

/// By way of the matrix of patches: a row for each output pixel, a column for each tap and input channel.
class Conv2DGradient final : public Gradient
{
public:
    Conv2DGradient(const Window &window, int outChannels, Activation activation)
        : m_window(window), m_outChannels(std::size_t(outChannels)), m_activation(activation),
          m_pixels(std::size_t(window.y.out) * std::size_t(window.x.out)),
          m_patch(std::size_t(window.y.filter) * std::size_t(window.x.filter) * std::size_t(window.channels))
    {
    }

    std::size_t scratchFloats() const override { return m_pixels * m_patch + m_patch * m_outChannels; }

    void run(const GradientCall &call) const override
    {
        const std::size_t images = std::size_t(call.batch) * std::size_t(m_window.images);
        const std::size_t imageIn =
            std::size_t(m_window.y.in) * std::size_t(m_window.x.in) * std::size_t(m_window.channels);
        const std::size_t imageOut = m_pixels * m_outChannels;
        float *const gradient = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], gradient, images * imageOut);
        float *const patches = call.scratch, *const filterGradient = patches + m_pixels * m_patch;

        if (call.inputGradients[1]) {
            std::fill_n(filterGradient, m_patch * m_outChannels, 0.0f);
            for (std::size_t i = 0; i < images; ++i) {
                gather(call.inputs[0] + i * imageIn, patches);
                // Transposed, since outputs are neighbours in the gradient: [patch][out channel].
                multiply({m_patch, m_outChannels, m_pixels, patches, 1, m_patch, gradient + i * imageOut, m_outChannels,
                          filterGradient, m_outChannels});
            }
            for (std::size_t o = 0; o < m_outChannels; ++o)
                for (std::size_t k = 0; k < m_patch; ++k)
                    call.inputGradients[1][o * m_patch + k] += filterGradient[k * m_outChannels + o];
        }
        if (call.inputGradients.size() > 2 && call.inputGradients[2])
            for (std::size_t p = 0; p < images * m_pixels; ++p)
                for (std::size_t o = 0; o < m_outChannels; ++o)
                    call.inputGradients[2][o] += gradient[p * m_outChannels + o];
        if (call.inputGradients[0])
            for (std::size_t i = 0; i < images; ++i) {
                multiply({m_pixels, m_patch, m_outChannels, gradient + i * imageOut, m_outChannels, 1, call.inputs[1],
                          m_patch, patches, m_patch, false});
                scatter(patches, call.inputGradients[0] + i * imageIn);
            }
    }

private:
    /// Calls visit(offset in the patches, offset in the image) for every tap of every pixel that lies in the image.
    template <class Visit>
    void forEachTap(const Visit &visit) const
    {
        const auto &[y, x, images, channels] = m_window;
        std::size_t at = 0;
        for (int oy = 0; oy < y.out; ++oy)
            for (int ox = 0; ox < x.out; ++ox)
                for (int ky = 0; ky < y.filter; ++ky) {
                    const int iy = oy * y.stride + ky * y.dilation - y.padBefore;
                    for (int kx = 0; kx < x.filter; ++kx, at += std::size_t(channels)) {
                        const int ix = ox * x.stride + kx * x.dilation - x.padBefore;
                        if (iy >= 0 && iy < y.in && ix >= 0 && ix < x.in)
                            visit(at, (std::size_t(iy) * std::size_t(x.in) + std::size_t(ix)) * std::size_t(channels));
                    }
                }
    }

    void gather(const float *image, float *patches) const
    {
        if (m_window.hasPadding())
            std::fill_n(patches, m_pixels * m_patch, 0.0f);
        const auto channels = std::size_t(m_window.channels);
        forEachTap([&](std::size_t to, std::size_t from) {
            for (std::size_t c = 0; c < channels; ++c)
                patches[to + c] = image[from + c];
        });
    }

    void scatter(const float *patches, float *image) const
    {
        const auto channels = std::size_t(m_window.channels);
        forEachTap([&](std::size_t from, std::size_t to) {
            for (std::size_t c = 0; c < channels; ++c)
                image[to + c] += patches[from + c];
        });
    }

    Window m_window;
    std::size_t m_outChannels;
    Activation m_activation;
    std::size_t m_pixels, m_patch;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<Conv2DOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Tensor &filter = graph[op.input(1)];
    const Result<Window> window =
        makeWindow(graph[op.input(0)], graph[op.outputs[0]], options.padding, filter.shape[1], filter.shape[2],
                   options.strideH, options.strideW, options.dilationH, options.dilationW);
    if (!window)
        return window.error();
    return makeGradient<Conv2DGradient>(*window, filter.shape[0], options.activation);
}

} // namespace

extern const GradientKind conv2DGradient;
const GradientKind conv2DGradient{OpKind::conv2D, make};

} // namespace espalier
