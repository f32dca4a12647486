// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

namespace espalier {

namespace {

class ReluGradient final : public Gradient
{
public:
    ReluGradient(std::size_t elements, Activation activation) : m_elements(elements), m_activation(activation) {}

    void run(const GradientCall &call) const override
    {
        const std::size_t count = m_elements * std::size_t(call.batch);
        float *const g = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], g, count);
        for (std::size_t i = 0; call.inputGradients[0] && i < count; ++i)
            call.inputGradients[0][i] += g[i];
    }

private:
    std::size_t m_elements;
    Activation m_activation;
};

template <Activation activation>
Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    return makeGradient<ReluGradient>(graph[op.outputs[0]].elements(), activation);
}

} // namespace

extern const GradientKind reluGradient, relu6Gradient;
const GradientKind reluGradient{OpKind::relu, make<Activation::relu>};
const GradientKind relu6Gradient{OpKind::relu6, make<Activation::relu6>};

} // namespace espalier
