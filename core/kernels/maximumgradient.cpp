// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcast.h"
#include "core/kernels/gradient.h"

namespace espalier {

namespace {

/// MAXIMUM and MINIMUM: the side that was taken gets the derivative; of equal ones the second, which the kernel takes.
template <bool isMaximum>
class ChoiceGradient final : public Gradient
{
public:
    ChoiceGradient(const Tensor &a, const Tensor &b, Broadcast plan)
        : m_plan(std::move(plan)), m_strideA(a.isConstant() ? 0 : a.elements()),
          m_strideB(b.isConstant() ? 0 : b.elements())
    {
    }

    void run(const GradientCall &call) const override
    {
        const float *g = call.outputGradients[0];
        for (std::size_t image = 0; image < std::size_t(call.batch); ++image) {
            const auto side = [&](std::size_t input, std::size_t offset) {
                float *const gradients = call.inputGradients[input];
                return Side{call.inputs[input] + offset, gradients ? gradients + offset : nullptr};
            };
            g = walk(0, side(0, image * m_strideA), side(1, image * m_strideB), g);
        }
    }

private:
    struct Side
    {
        const float *values;
        float *gradients; ///< null where nobody asks
        Side moved(std::ptrdiff_t by) const { return {values + by, gradients ? gradients + by : nullptr}; }
    };

    const float *walk(std::size_t dimension, Side a, Side b, const float *g) const
    {
        if (dimension == m_plan.dimensions.size()) {
            const bool isFirst = isMaximum ? *a.values > *b.values : *a.values < *b.values;
            if (float *const to = isFirst ? a.gradients : b.gradients)
                *to += *g;
            return g + 1;
        }
        const Broadcast::Dimension &d = m_plan.dimensions[dimension];
        for (std::size_t i = 0; i < d.extent; ++i)
            g = walk(dimension + 1, a.moved(std::ptrdiff_t(i) * d.a), b.moved(std::ptrdiff_t(i) * d.b), g);
        return g;
    }

    Broadcast m_plan;
    std::size_t m_strideA, m_strideB; ///< elements from image to image
};

template <bool isMaximum>
Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const Tensor &a = graph[op.inputs[0]], &b = graph[op.inputs[1]];
    std::optional<Broadcast> plan = broadcast(a.shape, b.shape, graph[op.outputs[0]].shape);
    if (!plan)
        return failed("its shapes do not fit");
    return makeGradient<ChoiceGradient<isMaximum>>(a, b, *std::move(plan));
}

} // namespace

extern const GradientKind maximumGradient, minimumGradient;
const GradientKind maximumGradient{OpKind::maximum, make<true>};
const GradientKind minimumGradient{OpKind::minimum, make<false>};

} // namespace espalier
