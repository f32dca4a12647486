// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

#include <algorithm>
#include <vector>

namespace espalier {

namespace {

/// Every input that a mean runs over gets an equal share of its derivative.
class MeanGradient final : public Gradient
{
public:
    /// `outputOf`: for each element of one image's input, the element of the output that it is part of.
    MeanGradient(std::vector<std::size_t> outputOf, std::size_t outputs)
        : m_outputOf(std::move(outputOf)), m_outputs(outputs)
    {
        for (std::size_t i = 0; i < m_outputOf.size(); ++i)
            m_repeats = m_repeats && m_outputOf[i] == i % m_outputs;
    }

    std::size_t scratchFloats() const override { return m_outputs; }

    void run(const GradientCall &call) const override
    {
        if (!call.inputGradients[0])
            return;
        const float share = float(m_outputs) / float(m_outputOf.size());
        for (std::size_t image = 0; image < std::size_t(call.batch); ++image) {
            const float *const g = call.outputGradients[0] + image * m_outputs;
            float *const input = call.inputGradients[0] + image * m_outputOf.size();
            if (!m_repeats) {
                for (std::size_t i = 0; i < m_outputOf.size(); ++i)
                    input[i] += g[m_outputOf[i]] * share;
                continue;
            }
            for (std::size_t o = 0; o < m_outputs; ++o)
                call.scratch[o] = g[o] * share;
            for (std::size_t i = 0; i < m_outputOf.size(); i += m_outputs)
                addTo(input + i, call.scratch, m_outputs);
        }
    }

private:
    std::vector<std::size_t> m_outputOf;
    std::size_t m_outputs;
    bool m_repeats = true; ///< the outputs in their order, again and again, as where a mean runs over pixels
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const Tensor &input = graph[op.input(0)], &axes = graph[op.input(1)];
    if (!axes.isConstant() || axes.type != DType::int32)
        return failed("its axes are not a constant");
    const std::size_t rank = input.shape.size();
    std::vector<bool> isReduced(rank, false);
    for (const std::int32_t axis : values<std::int32_t>(axes))
        isReduced[std::size_t(axis < 0 ? axis + std::int32_t(rank) : axis)] = true;
    // Steps of the output along the input's axes; none along those that are averaged away.
    std::vector<std::size_t> step(rank, 0);
    std::size_t outputs = 1;
    for (std::size_t d = rank; d-- > 0;)
        if (!isReduced[d]) {
            step[d] = outputs;
            outputs *= std::size_t(input.shape[d]);
        }
    std::vector<std::size_t> outputOf(input.elements());
    for (std::size_t i = 0; i < outputOf.size(); ++i) {
        std::size_t rest = i;
        for (std::size_t d = rank; d-- > 0;) {
            outputOf[i] += rest % std::size_t(input.shape[d]) * step[d];
            rest /= std::size_t(input.shape[d]);
        }
    }
    return makeGradient<MeanGradient>(std::move(outputOf), outputs);
}

} // namespace

extern const GradientKind meanGradient;
const GradientKind meanGradient{OpKind::mean, make};

} // namespace espalier
