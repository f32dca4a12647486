// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcast.h"
#include "core/kernels/gradient.h"

namespace espalier {

namespace {

/// ADD, SUB and MUL. What is repeated to meet the other side collects the derivatives of all its copies, in memory
/// order.
template <OpKind kind>
class ArithmeticGradient final : public Gradient
{
public:
    ArithmeticGradient(const Tensor &a, const Tensor &b, Broadcast plan, Activation activation)
        : m_plan(std::move(plan)), m_activation(activation), m_strideA(a.isConstant() ? 0 : a.elements()),
          m_strideB(b.isConstant() ? 0 : b.elements())
    {
    }

    void run(const GradientCall &call) const override
    {
        const auto batch = std::size_t(call.batch);
        undoActivation(m_activation, call.outputs[0], call.outputGradients[0], m_plan.elements * batch);
        for (std::size_t image = 0; image < batch; ++image) {
            const std::size_t a = image * m_strideA, b = image * m_strideB;
            const auto at = [](float *gradients, std::size_t offset) {
                return gradients ? gradients + offset : nullptr;
            };
            walk(0, {call.inputs[0] + a, at(call.inputGradients[0], a)},
                 {call.inputs[1] + b, at(call.inputGradients[1], b)},
                 call.outputGradients[0] + image * m_plan.elements);
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
        const Broadcast::Dimension &d = m_plan.dimensions[dimension];
        if (dimension + 1 == m_plan.dimensions.size()) {
            addAlong(a.gradients, d.a, g, b.values, d.b, d.extent, false);
            addAlong(b.gradients, d.b, g, a.values, d.a, d.extent, kind == OpKind::sub);
            return g + d.extent;
        }
        for (std::size_t i = 0; i < d.extent; ++i)
            g = walk(dimension + 1, a.moved(std::ptrdiff_t(i) * d.a), b.moved(std::ptrdiff_t(i) * d.b), g);
        return g;
    }

    static void addAlong(float *to, std::ptrdiff_t step, const float *g, const float *other, std::ptrdiff_t otherStep,
                         std::size_t count, bool negative)
    {
        if (!to)
            return;
        if (kind != OpKind::mul && !negative && step == 1)
            return addTo(to, g, count);
        for (std::size_t i = 0; i < count; ++i) {
            const float factor = kind == OpKind::mul ? other[std::ptrdiff_t(i) * otherStep] : negative ? -1.0f : 1.0f;
            to[std::ptrdiff_t(i) * step] += g[i] * factor;
        }
    }

    Broadcast m_plan;
    Activation m_activation;
    std::size_t m_strideA, m_strideB; ///< elements from image to image
};

template <OpKind kind>
Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<ArithmeticOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Tensor &a = graph[op.inputs[0]], &b = graph[op.inputs[1]];
    std::optional<Broadcast> plan = broadcast(a.shape, b.shape, graph[op.outputs[0]].shape);
    if (!plan)
        return failed("its shapes do not fit");
    return makeGradient<ArithmeticGradient<kind>>(a, b, *std::move(plan), options.activation);
}

} // namespace

extern const GradientKind addGradient, subGradient, mulGradient;
const GradientKind addGradient{OpKind::add, make<OpKind::add>};
const GradientKind subGradient{OpKind::sub, make<OpKind::sub>};
const GradientKind mulGradient{OpKind::mul, make<OpKind::mul>};

} // namespace espalier
