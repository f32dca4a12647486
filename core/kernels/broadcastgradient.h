// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/broadcast.h"
#include "core/kernels/gradient.h"

#include <utility>

namespace espalier {

/// Where one input stands in a walk.
struct BroadcastSide
{
    const float *values;
    float *gradients; ///< null where nobody asks
    BroadcastSide moved(std::ptrdiff_t by) const { return {values + by, gradients ? gradients + by : nullptr}; }
};

/// Of an operator of two inputs, element by element with broadcasting: what is repeated to meet the other side collects
/// the derivatives of all its copies, in memory order. Row is a small value; called with (a, b, g, dimension) it adds
/// what the derivatives `g` of one innermost row give to both sides.
template <class Row>
class BroadcastGradient final : public Gradient
{
public:
    BroadcastGradient(const Tensor &a, const Tensor &b, Broadcast plan, Row row, Activation activation)
        : m_plan(std::move(plan)), m_row(row), m_activation(activation), m_strideA(a.isConstant() ? 0 : a.elements()),
          m_strideB(b.isConstant() ? 0 : b.elements())
    {
    }

    void run(const GradientCall &call) const override
    {
        const auto batch = std::size_t(call.batch);
        undoActivation(m_activation, call.outputs[0], call.outputGradients[0], m_plan.elements * batch);
        const float *g = call.outputGradients[0];
        for (std::size_t image = 0; image < batch; ++image) {
            const auto side = [&](std::size_t input, std::size_t offset) {
                float *const gradients = call.inputGradients[input];
                return BroadcastSide{call.inputs[input] + offset, gradients ? gradients + offset : nullptr};
            };
            g = walk(0, side(0, image * m_strideA), side(1, image * m_strideB), g);
        }
    }

private:
    const float *walk(std::size_t dimension, BroadcastSide a, BroadcastSide b, const float *g) const
    {
        const Broadcast::Dimension &d = m_plan.dimensions[dimension];
        if (dimension + 1 == m_plan.dimensions.size()) {
            m_row(a, b, g, d);
            return g + d.extent;
        }
        for (std::size_t i = 0; i < d.extent; ++i)
            g = walk(dimension + 1, a.moved(std::ptrdiff_t(i) * d.a), b.moved(std::ptrdiff_t(i) * d.b), g);
        return g;
    }

    Broadcast m_plan;
    Row m_row;
    Activation m_activation;
    std::size_t m_strideA, m_strideB; ///< elements from image to image
};

template <class Row>
Result<std::unique_ptr<const Gradient>> makeBroadcastGradient(const Graph &graph, const Operator &op, Row row,
                                                              Activation activation = Activation::none)
{
    const Tensor &a = graph[op.inputs[0]], &b = graph[op.inputs[1]];
    std::optional<Broadcast> plan = broadcast(a.shape, b.shape, graph[op.outputs[0]].shape);
    if (!plan)
        return failed("its shapes do not fit");
    return makeGradient<BroadcastGradient<Row>>(a, b, *std::move(plan), row, activation);
}

} // namespace espalier
