// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/product/matrixproduct.h"
#include "core/kernels/quantizedparameters.h"

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
            multiply({rows, m_in, m_out, gradient, m_out, 1, call.inputs[1], m_in, call.inputGradients[0], m_in,
                      !call.isUnset(0)});
        if (call.inputGradients.size() > 2 && call.inputGradients[2])
            addChannelSums(gradient, rows, m_out, call.inputGradients[2]);
    }
    bool writesWhole(std::size_t input) const override { return input == 0; }

private:
    std::size_t m_rows, m_in, m_out; ///< rows of one image
    Activation m_activation;
};

/// The weights as they stand times the inputs, which are turned so that vectors run over the rows of the batch.
class LiveFullyConnected final : public Kernel
{
public:
    LiveFullyConnected(std::size_t rows, std::size_t in, std::size_t out, FloatRange range)
        : m_rows(rows), m_in(in), m_out(out), m_range(range)
    {
    }

    std::size_t scratchBytes(int batch) const override
    {
        return (m_in + m_out) * m_rows * std::size_t(batch) * sizeof(float);
    }

    void run(const KernelCall &call) const override
    {
        const auto floats = [](const std::byte *bytes) { return reinterpret_cast<const float *>(bytes); };
        const float *const in = floats(call.inputs[0]);
        const float *const bias = call.inputs.size() > 2 ? floats(call.inputs[2]) : nullptr;
        auto *const out = reinterpret_cast<float *>(call.outputs[0]);
        auto *const turned = reinterpret_cast<float *>(call.scratch);
        const std::size_t rows = m_rows * std::size_t(call.batch);
        float *const sums = turned + m_in * rows;
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t i = 0; i < m_in; ++i)
                turned[i * rows + r] = in[r * m_in + i];
        multiply({m_out, rows, m_in, floats(call.inputs[1]), m_in, 1, turned, rows, sums, rows, false});
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t o = 0; o < m_out; ++o) {
                const float sum = sums[o * rows + r] + (bias ? bias[o] : 0);
                const float raised = sum < m_range.low ? m_range.low : sum;
                out[r * m_out + o] = raised > m_range.high ? m_range.high : raised;
            }
    }

private:
    std::size_t m_rows, m_in, m_out; ///< rows of one image
    FloatRange m_range;
};

Result<std::unique_ptr<const Kernel>> makeForward(const Graph &graph, const Operator &op)
{
    // Whatever the engine's own kernel does not take is refused in its words.
    if (const auto usual = kernelKind(OpKind::fullyConnected)->make(graph, op); !usual)
        return usual.error();
    const Result<FloatRange> range = floatRange(op.as<FullyConnectedOptions>().activation);
    if (!range)
        return range.error();
    const Tensor &weights = graph[op.input(1)];
    const auto out = std::size_t(weights.shape[0]), in = std::size_t(weights.shape[1]);
    return std::unique_ptr<const Kernel>(
        std::make_unique<LiveFullyConnected>(graph[op.input(0)].elements() / in, in, out, *range));
}

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
const GradientKind fullyConnectedGradient{OpKind::fullyConnected, make, makeForward};

} // namespace espalier
