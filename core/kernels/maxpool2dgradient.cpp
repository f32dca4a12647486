// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/linear/window.h"

#include <algorithm>
#include <cstdint>

namespace espalier {

namespace {

/// Each output's derivative goes to the first of the largest inputs under its window.
class MaxPool2DGradient final : public Gradient
{
public:
    MaxPool2DGradient(const Window &window, Activation activation) : m_window(window), m_activation(activation) {}

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
            const std::size_t first = image * std::size_t(y.in) * std::size_t(x.in) * channels;
            for (int oy = 0; oy < y.out; ++oy)
                for (int ox = 0; ox < x.out; ++ox, g += channels)
                    for (std::size_t c = 0; c < channels; ++c)
                        if (g[c] != 0)
                            input[largest(call.inputs[0], first + c, oy, ox)] += g[c];
        }
    }

private:
    /// Where the largest input of one channel lies under the window of an output pixel.
    std::size_t largest(const float *values, std::size_t first, int oy, int ox) const
    {
        const auto &[y, x, images, channels] = m_window;
        const int top = oy * y.stride - y.padBefore, left = ox * x.stride - x.padBefore;
        std::size_t best = SIZE_MAX;
        for (int iy = std::max(top, 0); iy < std::min(top + y.filter, y.in); ++iy)
            for (int ix = std::max(left, 0); ix < std::min(left + x.filter, x.in); ++ix) {
                const std::size_t at =
                    first + (std::size_t(iy) * std::size_t(x.in) + std::size_t(ix)) * std::size_t(channels);
                if (best == SIZE_MAX || values[at] > values[best])
                    best = at;
            }
        return best;
    }

    Window m_window;
    Activation m_activation;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<Pool2DOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Result<Window> window = makeWindow(graph[op.input(0)], graph[op.outputs[0]], options.padding, options.filterH,
                                             options.filterW, options.strideH, options.strideW, 1, 1);
    if (!window)
        return window.error();
    return makeGradient<MaxPool2DGradient>(*window, options.activation);
}

} // namespace

extern const GradientKind maxPool2DGradient;
const GradientKind maxPool2DGradient{OpKind::maxPool2D, make};

} // namespace espalier
