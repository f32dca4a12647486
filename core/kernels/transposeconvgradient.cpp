// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/linear/window.h"

namespace espalier {

namespace {

/// The convolution that is transposed goes from this output to this input: the derivative by the input is that
/// convolution of the derivative by the output.
class TransposeConvGradient final : public Gradient
{
public:
    TransposeConvGradient(const Window &window, int outChannels, int inChannels, Activation activation)
        : m_window(window), m_outChannels(std::size_t(outChannels)), m_inChannels(std::size_t(inChannels)),
          m_activation(activation)
    {
    }

    void run(const GradientCall &call) const override
    {
        const auto &[y, x, windowImages, channels] = m_window;
        const std::size_t images = std::size_t(call.batch) * std::size_t(windowImages);
        const std::size_t pixels = std::size_t(y.in) * std::size_t(x.in);
        float *const gradient = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], gradient, images * pixels * m_outChannels);
        std::size_t in = 0;
        for (std::size_t image = 0; image < images; ++image)
            for (int iy = 0; iy < y.out; ++iy)
                for (int ix = 0; ix < x.out; ++ix, in += m_inChannels)
                    addPixel(call, gradient + image * pixels * m_outChannels, in, iy, ix);
        if (call.inputGradients.size() > 3 && call.inputGradients[3])
            for (std::size_t p = 0; p < images * pixels; ++p)
                for (std::size_t o = 0; o < m_outChannels; ++o)
                    call.inputGradients[3][o] += gradient[p * m_outChannels + o];
    }

private:
    /// One pixel of the input, under all taps that lie in the output.
    void addPixel(const GradientCall &call, const float *image, std::size_t in, int iy, int ix) const
    {
        const auto &[y, x, images, channels] = m_window;
        for (int ky = 0; ky < y.filter; ++ky)
            for (int kx = 0; kx < x.filter; ++kx) {
                const int oy = iy * y.stride + ky - y.padBefore, ox = ix * x.stride + kx - x.padBefore;
                if (oy < 0 || oy >= y.in || ox < 0 || ox >= x.in)
                    continue;
                const float *const g = image + (std::size_t(oy) * std::size_t(x.in) + std::size_t(ox)) * m_outChannels;
                for (std::size_t o = 0; o < m_outChannels; ++o) {
                    const std::size_t tap =
                        ((o * std::size_t(y.filter) + std::size_t(ky)) * std::size_t(x.filter) + std::size_t(kx)) *
                        m_inChannels;
                    if (float *const input = call.inputGradients[2])
                        for (std::size_t c = 0; c < m_inChannels; ++c)
                            input[in + c] += call.inputs[1][tap + c] * g[o];
                    if (float *const filter = call.inputGradients[1])
                        for (std::size_t c = 0; c < m_inChannels; ++c)
                            filter[tap + c] += call.inputs[2][in + c] * g[o];
                }
            }
    }

    Window m_window;
    std::size_t m_outChannels, m_inChannels;
    Activation m_activation;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<TransposeConvOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Tensor &filter = graph[op.input(1)];
    const Result<Window> window = makeWindow(graph, op);
    if (!window)
        return window.error();
    return makeGradient<TransposeConvGradient>(*window, filter.shape[0], filter.shape[3], options.activation);
}

} // namespace

extern const GradientKind transposeConvGradient;
const GradientKind transposeConvGradient{OpKind::transposeConv, make};

} // namespace espalier
