// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

namespace espalier {

namespace {

/// Inside a network, as attention uses it; at the end it is part of the loss.
class SoftmaxGradient final : public Gradient
{
public:
    SoftmaxGradient(std::size_t rows, std::size_t depth, float beta) : m_rows(rows), m_depth(depth), m_beta(beta) {}

    void run(const GradientCall &call) const override
    {
        if (!call.inputGradients[0])
            return;
        for (std::size_t row = 0; row < m_rows * std::size_t(call.batch); ++row) {
            const float *const y = call.outputs[0] + row * m_depth, *const g = call.outputGradients[0] + row * m_depth;
            float *const to = call.inputGradients[0] + row * m_depth;
            float mean = 0; // of the derivatives, weighted by the probabilities
            for (std::size_t i = 0; i < m_depth; ++i)
                mean += y[i] * g[i];
            for (std::size_t i = 0; i < m_depth; ++i)
                to[i] += m_beta * y[i] * (g[i] - mean);
        }
    }

private:
    std::size_t m_rows, m_depth;
    float m_beta;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const Tensor &out = graph[op.outputs[0]];
    const auto depth = std::size_t(out.shape.back());
    return makeGradient<SoftmaxGradient>(out.elements() / depth, depth, op.as<SoftmaxOptions>().beta);
}

} // namespace

extern const GradientKind softmaxGradient;
const GradientKind softmaxGradient{OpKind::softmax, make};

} // namespace espalier
