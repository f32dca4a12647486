// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

namespace espalier {

namespace {

/// The derivative passes to both sides as it is.
class AddGradient final : public Gradient
{
public:
    AddGradient(std::size_t elements, Activation activation) : m_elements(elements), m_activation(activation) {}

    void run(const GradientCall &call) const override
    {
        const std::size_t count = m_elements * std::size_t(call.batch);
        float *const g = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], g, count);
        for (float *const input : call.inputGradients)
            for (std::size_t i = 0; input && i < count; ++i)
                input[i] += g[i];
    }

private:
    std::size_t m_elements;
    Activation m_activation;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<ArithmeticOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Tensor &output = graph[op.outputs[0]];
    for (const TensorId id : op.inputs)
        if (graph[id].isConstant() || graph[id].shape != output.shape)
            return failed("one side is a constant or of another shape");
    return makeGradient<AddGradient>(output.elements(), options.activation);
}

} // namespace

extern const GradientKind addGradient;
const GradientKind addGradient{OpKind::add, make};

} // namespace espalier
