// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

#include <vector>

namespace espalier {

namespace {

/// Each input gets its part of the derivative back.
class ConcatenationGradient final : public Gradient
{
public:
    /// `rows` of each image's output, each made of `parts` elements of the inputs, one after another.
    ConcatenationGradient(std::size_t rows, std::vector<std::size_t> parts) : m_rows(rows), m_parts(std::move(parts)) {}

    void run(const GradientCall &call) const override
    {
        const std::size_t rows = m_rows * std::size_t(call.batch);
        const float *g = call.outputGradients[0];
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t input = 0; input < m_parts.size(); g += m_parts[input++])
                if (float *const to = call.inputGradients[input])
                    for (std::size_t i = 0; i < m_parts[input]; ++i)
                        to[row * m_parts[input] + i] += g[i];
    }

private:
    std::size_t m_rows;
    std::vector<std::size_t> m_parts;
};

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<ConcatenationOptions>();
    const Shape &shape = graph[op.outputs[0]].shape;
    const std::size_t axis = std::size_t(options.axis < 0 ? options.axis + int(shape.size()) : options.axis);
    const auto begin = shape.begin(), at = begin + std::ptrdiff_t(axis);
    const std::size_t rows = elementCount(Shape(begin, at)), inner = elementCount(Shape(at + 1, shape.end()));
    std::vector<std::size_t> parts;
    for (const TensorId id : op.inputs) {
        if (graph[id].isConstant())
            return failed("one of its inputs is a constant");
        parts.push_back(std::size_t(graph[id].shape[axis]) * inner);
    }
    return makeGradient<ConcatenationGradient>(rows, std::move(parts));
}

} // namespace

extern const GradientKind concatenationGradient;
const GradientKind concatenationGradient{OpKind::concatenation, make};

} // namespace espalier
