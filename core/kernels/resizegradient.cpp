// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

#include <espalier/resampling.h>

#include <vector>

namespace espalier {

namespace {

/// Each pixel of the output gives its derivative back to the pixels that it was mixed from.
class ResizeGradient final : public Gradient
{
public:
    struct Share
    {
        std::size_t from, to; ///< pixels of one image
        float weight;
    };
    ResizeGradient(std::vector<Share> shares, std::size_t inPixels, std::size_t outPixels, std::size_t channels)
        : m_shares(std::move(shares)), m_inPixels(inPixels), m_outPixels(outPixels), m_channels(channels)
    {
    }

    void run(const GradientCall &call) const override
    {
        for (std::size_t image = 0; call.inputGradients[0] && image < std::size_t(call.batch); ++image) {
            const float *const out = call.outputGradients[0] + image * m_outPixels * m_channels;
            float *const in = call.inputGradients[0] + image * m_inPixels * m_channels;
            for (const Share &share : m_shares)
                for (std::size_t c = 0; c < m_channels; ++c)
                    in[share.to * m_channels + c] += out[share.from * m_channels + c] * share.weight;
        }
    }

private:
    std::vector<Share> m_shares;
    std::size_t m_inPixels, m_outPixels, m_channels;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const Shape &in = graph[op.inputs[0]].shape, &out = graph[op.outputs[0]].shape;
    const auto &options = op.as<ResizeOptions>();
    std::vector<ResizeGradient::Share> shares;
    for (std::int32_t image = 0; image < out[0]; ++image)
        for (std::int32_t y = 0; y < out[1]; ++y)
            for (std::int32_t x = 0; x < out[2]; ++x) {
                const auto from = std::size_t((image * out[1] + y) * out[2] + x);
                const auto share = [&](std::int32_t line, std::int32_t column, float weight) {
                    if (weight != 0)
                        shares.push_back({from, std::size_t((image * in[1] + line) * in[2] + column), weight});
                };
                const bool align = options.alignCorners, centres = options.halfPixelCenters;
                if (op.kind == OpKind::resizeNearestNeighbor) {
                    share(rt::nearestSource(y, in[1], out[1], align, centres),
                          rt::nearestSource(x, in[2], out[2], align, centres), 1);
                    continue;
                }
                const rt::FloatSource row = rt::FloatSource::of(y, in[1], out[1], align, centres),
                                      column = rt::FloatSource::of(x, in[2], out[2], align, centres);
                share(row.low, column.low, rt::bilinear(1, 0, 0, 0, row, column));
                share(row.high, column.low, rt::bilinear(0, 1, 0, 0, row, column));
                share(row.low, column.high, rt::bilinear(0, 0, 1, 0, row, column));
                share(row.high, column.high, rt::bilinear(0, 0, 0, 1, row, column));
            }
    const auto pixels = [](const Shape &shape) { return elementCount({shape[0], shape[1], shape[2]}); };
    return makeGradient<ResizeGradient>(std::move(shares), pixels(in), pixels(out), std::size_t(in[3]));
}

} // namespace

extern const GradientKind resizeBilinearGradient, resizeNearestNeighborGradient;
const GradientKind resizeBilinearGradient{OpKind::resizeBilinear, make};
const GradientKind resizeNearestNeighborGradient{OpKind::resizeNearestNeighbor, make};

} // namespace espalier
