// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/relevance.h"

#include "core/techniques/rewrite.h"

#include <cmath>

namespace espalier {

namespace {

class RatioGradient final : public Gradient
{
public:
    explicit RatioGradient(std::size_t elements) : m_elements(elements) {}

    void run(const GradientCall &call) const override
    {
        constexpr float least = 1e-30f; // below it the ratio may be infinite
        const float *const x = call.inputs[0], *const y = call.outputs[0], *const from = call.outputGradients[0];
        float *const to = call.inputGradients[0];
        for (std::size_t i = 0; to && i < m_elements * std::size_t(call.batch); ++i)
            if (std::abs(x[i]) > least)
                to[i] += from[i] * (y[i] / x[i]);
    }

private:
    std::size_t m_elements;
};

bool addsUp(OpKind kind)
{
    switch (kind) {
    case OpKind::conv2D:
    case OpKind::depthwiseConv2D:
    case OpKind::transposeConv:
    case OpKind::fullyConnected:
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mean:
    case OpKind::averagePool2D:
        return true;
    default:
        return false;
    }
}

} // namespace

Model forRelevance(const Model &model)
{
    Model separated = model;
    Graph &graph = separated.main();
    std::vector<Operator> operators;
    for (const Operator &op : model.main().operators)
        appendWithoutActivation(graph, operators, op);
    graph.operators = std::move(operators);
    return separated;
}

Result<std::unique_ptr<const Gradient>> relevanceGradient(const Graph &graph, const Operator &op)
{
    switch (op.kind) {
    case OpKind::relu6:
    case OpKind::hardSwish:
    case OpKind::logistic:
    case OpKind::tanh:
        return makeGradient<RatioGradient>(graph[op.outputs[0]].elements());
    default:
        return std::unique_ptr<const Gradient>();
    }
}

void shareRelevance(const Graph &graph, const Operator &op, std::span<const float> output, std::span<float> relevance)
{
    constexpr float epsilon = 1e-6f;
    if (addsUp(op.kind))
        for (std::size_t i = 0; i < output.size(); ++i)
            relevance[i] *= std::abs(output[i]) / (std::abs(output[i]) + epsilon);
    if (op.kind == OpKind::mul && !graph[op.inputs[0]].isConstant() && !graph[op.inputs[1]].isConstant())
        for (float &value : relevance)
            value /= 2;
}

} // namespace espalier
