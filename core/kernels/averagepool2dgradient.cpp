// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/linear/window.h"

#include <algorithm>

namespace espalier {

namespace {

/// Each output's derivative is shared by the inputs under its window; padding takes no share.
class AveragePool2DGradient final : public Gradient
{
public:
    AveragePool2DGradient(const Window &window, Activation activation) : m_window(window), m_activation(activation) {}

    void run(const GradientCall &call) const override
    {
        float *const input = call.inputGradients[0];
        if (!input)
            return;
        const auto &[y, x, windowImages, windowChannels] = m_window;
        const auto channels = std::size_t(windowChannels);
        const std::size_t images = std::size_t(call.batch) * std::size_t(windowImages);
        float *g = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], g, images * std::size_t(y.out) * std::size_t(x.out) * channels);
        for (std::size_t image = 0; image < images; ++image) {
            float *const pixels = input + image * std::size_t(y.in) * std::size_t(x.in) * channels;
            for (int oy = 0; oy < y.out; ++oy)
                for (int ox = 0; ox < x.out; ++ox, g += channels) {
                    const int top = oy * y.stride - y.padBefore, left = ox * x.stride - x.padBefore;
                    const int y0 = std::max(top, 0), y1 = std::min(top + y.filter, y.in);
                    const int x0 = std::max(left, 0), x1 = std::min(left + x.filter, x.in);
                    const float share = 1.0f / float((y1 - y0) * (x1 - x0));
                    for (int iy = y0; iy < y1; ++iy)
                        for (int ix = x0; ix < x1; ++ix)
                            for (std::size_t c = 0; c < channels; ++c)
                                pixels[(std::size_t(iy) * std::size_t(x.in) + std::size_t(ix)) * channels + c] +=
                                    g[c] * share;
                }
        }
    }

private:
    Window m_window;
    Activation m_activation;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const Activation activation = op.as<Pool2DOptions>().activation;
    if (const Result<void> trainable = checkTrainable(activation); !trainable)
        return trainable.error();
    const Result<Window> window = makeWindow(graph, op);
    if (!window)
        return window.error();
    return makeGradient<AveragePool2DGradient>(*window, activation);
}

} // namespace

extern const GradientKind averagePool2DGradient;
const GradientKind averagePool2DGradient{OpKind::averagePool2D, make};

} // namespace espalier
