// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

#include <vector>

namespace espalier {

namespace {

/// What was moved into the padded box gets its derivatives back; the padding has none.
class PadGradient final : public Gradient
{
public:
    PadGradient(Shape in, const Shape &out, const std::vector<std::size_t> &before)
        : m_in(std::move(in)), m_elements(elementCount(m_in)), m_padded(elementCount(out)), m_steps(out.size(), 1)
    {
        for (std::size_t d = out.size(); d-- > 1;)
            m_steps[d - 1] = m_steps[d] * std::size_t(out[d]);
        for (std::size_t d = 0; d < out.size(); ++d)
            m_first += before[d] * m_steps[d];
    }

    void run(const GradientCall &call) const override
    {
        for (std::size_t image = 0; call.inputGradients[0] && image < std::size_t(call.batch); ++image)
            add(0, call.outputGradients[0] + image * m_padded + m_first, call.inputGradients[0] + image * m_elements);
    }

private:
    float *add(std::size_t dimension, const float *from, float *to) const
    {
        if (dimension == m_in.size()) {
            *to += *from;
            return to + 1;
        }
        const auto extent = std::size_t(m_in[dimension]);
        if (dimension + 1 == m_in.size()) {
            for (std::size_t i = 0; i < extent; ++i)
                to[i] += from[i];
            return to + extent;
        }
        for (std::size_t i = 0; i < extent; ++i)
            to = add(dimension + 1, from + i * m_steps[dimension], to);
        return to;
    }

    Shape m_in;
    std::size_t m_elements, m_padded, m_first = 0;
    std::vector<std::size_t> m_steps; ///< of the padded box
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const Tensor &in = graph[op.input(0)], &padding = graph[op.input(1)];
    if (!padding.isConstant() || padding.type != DType::int32)
        return failed("its padding is not an int32 constant");
    if (const TensorId value = op.input(2); value.valid() && !graph[value].isConstant())
        return failed("the value that it pads with is not a constant");
    std::vector<std::size_t> before;
    for (std::size_t d = 0; d < in.shape.size(); ++d)
        before.push_back(std::size_t(values<std::int32_t>(padding)[2 * d]));
    return makeGradient<PadGradient>(in.shape, graph[op.outputs[0]].shape, before);
}

} // namespace

extern const GradientKind padGradient, padV2Gradient;
const GradientKind padGradient{OpKind::pad, make};
const GradientKind padV2Gradient{OpKind::padV2, make};

} // namespace espalier
