// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/linear/window.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
#include <limits>

namespace espalier {

namespace {

/// Where seen is larger than best, it becomes that and `owner` the tap.
ESPALIER_VECTORIZE void keepLarger(const float *seen, float tap, float *best, float *owner, std::size_t count)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        owner[i] = seen[i] > best[i] ? tap : owner[i];
        best[i] = seen[i] > best[i] ? seen[i] : best[i];
    }
}

ESPALIER_VECTORIZE void takeOwn(const float *gradient, const float *owner, float tap, float *own, std::size_t count)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        own[i] = owner[i] == tap ? gradient[i] : 0;
}

/// Each output's derivative goes to the first of the largest inputs under its window. Works on rows of pixels, tap
/// after tap.
class MaxPool2DGradient final : public Gradient
{
public:
    MaxPool2DGradient(const Window &window, Activation activation)
        : m_window(window), m_activation(activation), m_channels(std::size_t(window.channels)),
          m_row(std::size_t(window.x.out) * m_channels)
    {
    }

    std::size_t scratchFloats() const override { return 3 * m_row; }

    void run(const GradientCall &call) const override
    {
        if (!call.inputGradients[0])
            return;
        const auto &[y, x, windowImages, windowChannels] = m_window;
        const std::size_t images = std::size_t(call.batch) * std::size_t(windowImages);
        float *const gradient = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], gradient, images * std::size_t(y.out) * m_row);
        float *const best = call.scratch, *const owner = best + m_row, *const pixels = owner + m_row;
        for (std::size_t image = 0; image < images; ++image)
            for (int oy = 0; oy < y.out; ++oy) {
                std::fill_n(best, m_row, -std::numeric_limits<float>::infinity());
                std::fill_n(owner, m_row, -1.0f);
                forEachTap(image, oy, [&](float tap, const Reach &reach) {
                    for (std::size_t column = 0; column < reach.columns; ++column)
                        std::copy_n(call.inputs[0] + reach.in + column * reach.step, m_channels,
                                    pixels + column * m_channels);
                    keepLarger(pixels, tap, best + reach.out, owner + reach.out, reach.columns * m_channels);
                });
                const float *const g = gradient + (image * std::size_t(y.out) + std::size_t(oy)) * m_row;
                forEachTap(image, oy, [&](float tap, const Reach &reach) {
                    takeOwn(g + reach.out, owner + reach.out, tap, pixels, reach.columns * m_channels);
                    for (std::size_t column = 0; column < reach.columns; ++column) {
                        float *const to = call.inputGradients[0] + reach.in + column * reach.step;
                        for (std::size_t c = 0; c < m_channels; ++c)
                            to[c] += pixels[column * m_channels + c];
                    }
                });
            }
    }

private:
    /// The pixels of an output row whose tap lies in the image.
    struct Reach
    {
        std::size_t columns;
        std::size_t out;      ///< first value in the row
        std::size_t in, step; ///< first value that is read, and from there to the next pixel's
    };

    template <class Visit>
    void forEachTap(std::size_t image, int oy, const Visit &visit) const
    {
        const WindowAxis &y = m_window.y, &x = m_window.x;
        for (int ky = 0; ky < y.filter; ++ky) {
            const int iy = oy * y.stride + ky - y.padBefore;
            if (iy < 0 || iy >= y.in)
                continue;
            const std::size_t row = (image * std::size_t(y.in) + std::size_t(iy)) * std::size_t(x.in);
            for (int kx = 0; kx < x.filter; ++kx) {
                const int left = kx - x.padBefore;
                const int first = left < 0 ? (-left + x.stride - 1) / x.stride : 0;
                const int end = left >= x.in ? 0 : std::min(x.out, (x.in - 1 - left) / x.stride + 1);
                if (first < end)
                    visit(float(ky * x.filter + kx), Reach{std::size_t(end - first), std::size_t(first) * m_channels,
                                                           (row + std::size_t(first * x.stride + left)) * m_channels,
                                                           std::size_t(x.stride) * m_channels});
            }
        }
    }

    Window m_window;
    Activation m_activation;
    std::size_t m_channels, m_row; ///< floats of a row of the output
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const Activation activation = op.as<Pool2DOptions>().activation;
    if (const Result<void> trainable = checkTrainable(activation); !trainable)
        return trainable.error();
    const Result<Window> window = makeWindow(graph, op);
    if (!window)
        return window.error();
    return makeGradient<MaxPool2DGradient>(*window, activation);
}

} // namespace

extern const GradientKind maxPool2DGradient;
const GradientKind maxPool2DGradient{OpKind::maxPool2D, make};

} // namespace espalier
