// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/product/matrixproduct.h"

namespace espalier {

namespace {

class FullyConnectedGradient final : public Gradient
{
public:
    FullyConnectedGradient(std::size_t rows, std::size_t in, std::size_t out, Activation activation)
        : m_rows(rows), m_in(in), m_out(out), m_activation(activation)
    {
    }

    void run(const GradientCall &call) const override
    {
        const std::size_t rows = m_rows * std::size_t(call.batch);
        float *const gradient = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], gradient, rows * m_out);
        if (call.inputGradients[1])
            multiply({m_out, m_in, rows, gradient, 1, m_out, call.inputs[0], m_in, call.inputGradients[1], m_in});
        if (call.inputGradients[0])
            multiply({rows, m_in, m_out, gradient, m_out, 1, call.inputs[1], m_in, call.inputGradients[0], m_in});
        if (call.inputGradients.size() > 2 && call.inputGradients[2])
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t o = 0; o < m_out; ++o)
                    call.inputGradients[2][o] += gradient[r * m_out + o];
    }

private:
    std::size_t m_rows, m_in, m_out; ///< rows of one image
    Activation m_activation;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<FullyConnectedOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Tensor &weights = graph[op.input(1)];
    const auto out = std::size_t(weights.shape[0]), in = std::size_t(weights.shape[1]);
    return makeGradient<FullyConnectedGradient>(graph[op.input(0)].elements() / in, in, out, options.activation);
}

} // namespace

extern const GradientKind fullyConnectedGradient;
const GradientKind fullyConnectedGradient{OpKind::fullyConnected, make};

} // namespace espalier
