// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcast.h"
#include "core/kernels/gradient.h"

namespace espalier {

namespace {

/// Slopes that many elements share collect the derivatives of all, in memory order.
class PreluGradient final : public Gradient
{
public:
    PreluGradient(const Tensor &slope, Broadcast plan)
        : m_plan(std::move(plan)), m_slopeStride(slope.isConstant() ? 0 : slope.elements())
    {
    }

    void run(const GradientCall &call) const override
    {
        for (std::size_t image = 0; image < std::size_t(call.batch); ++image) {
            const std::size_t first = image * m_plan.elements, slope = image * m_slopeStride;
            const auto at = [](float *gradients, std::size_t offset) {
                return gradients ? gradients + offset : nullptr;
            };
            Place place{call.inputs[0] + first, call.outputGradients[0] + first, at(call.inputGradients[0], first)};
            walk(0, place, call.inputs[1] + slope, at(call.inputGradients[1], slope));
        }
    }

private:
    /// One element of the input, which is walked in memory order.
    struct Place
    {
        const float *x, *g;
        float *gradient; ///< null where nobody asks
    };

    void walk(std::size_t dimension, Place &place, const float *slope, float *slopeGradient) const
    {
        const Broadcast::Dimension &d = m_plan.dimensions[dimension];
        for (std::size_t i = 0; i < d.extent; ++i) {
            const std::ptrdiff_t step = std::ptrdiff_t(i) * d.b;
            float *const to = slopeGradient ? slopeGradient + step : nullptr;
            if (dimension + 1 < m_plan.dimensions.size()) {
                walk(dimension + 1, place, slope + step, to);
                continue;
            }
            const bool isPositive = *place.x >= 0;
            if (place.gradient)
                *place.gradient++ += *place.g * (isPositive ? 1 : slope[step]);
            if (to && !isPositive)
                *to += *place.g * *place.x;
            ++place.x, ++place.g;
        }
    }

    Broadcast m_plan;
    std::size_t m_slopeStride; ///< elements from image to image
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const Tensor &in = graph[op.inputs[0]], &slope = graph[op.inputs[1]];
    std::optional<Broadcast> plan = broadcast(in.shape, slope.shape, graph[op.outputs[0]].shape);
    if (!plan)
        return failed("its shapes do not fit");
    return makeGradient<PreluGradient>(slope, *std::move(plan));
}

} // namespace

extern const GradientKind preluGradient;
const GradientKind preluGradient{OpKind::prelu, make};

} // namespace espalier
