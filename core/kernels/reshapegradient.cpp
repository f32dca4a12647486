// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

namespace espalier {

namespace {

class ReshapeGradient final : public Gradient
{
public:
    explicit ReshapeGradient(std::size_t elements) : m_elements(elements) {}

    void run(const GradientCall &call) const override
    {
        if (call.inputGradients[0])
            addTo(call.inputGradients[0], call.outputGradients[0], m_elements * std::size_t(call.batch));
    }

private:
    std::size_t m_elements;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    return makeGradient<ReshapeGradient>(graph[op.outputs[0]].elements());
}

} // namespace

extern const GradientKind reshapeGradient, squeezeGradient, expandDimsGradient;
const GradientKind reshapeGradient{OpKind::reshape, make};
const GradientKind squeezeGradient{OpKind::squeeze, make};
const GradientKind expandDimsGradient{OpKind::expandDims, make};

} // namespace espalier
