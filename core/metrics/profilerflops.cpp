// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/modelmetrics.h"
#include "core/metrics/work.h"

namespace espalier {

// The statistics that TensorFlow registers for its operators (python/profiler/internal/flops_registry.py and
// python/ops/nn_ops.py), on the operators that TFLite makes of them.
namespace {

constexpr std::int32_t div = 42, sum = 74; // TFLite's numbers of operators that the graph does not understand

std::int64_t biasFlops(const Graph &graph, const Operator &op, std::size_t input)
{
    return op.input(input).valid() ? outputElements(graph, op) : 0;
}

} // namespace

std::int64_t profilerFlops(const Graph &graph, const Operator &op)
{
    const std::int64_t outputs = outputElements(graph, op);
    switch (op.kind) {
    case OpKind::conv2D:
    case OpKind::depthwiseConv2D:
    case OpKind::fullyConnected:
        return boundedSum(boundedProduct({2, macs(graph, op)}), biasFlops(graph, op, 2));
    case OpKind::transposeConv:
        return boundedSum(boundedProduct({2, macs(graph, op)}), biasFlops(graph, op, 3));
    case OpKind::averagePool2D:
    case OpKind::maxPool2D: {
        const auto *pool = std::get_if<Pool2DOptions>(&op.options);
        return pool ? boundedProduct({outputs, pool->filterH, pool->filterW}) : 0;
    }
    case OpKind::mean:
        return inputElements(graph, op, 0); // one less to add up, one to divide
    case OpKind::softmax:
        return boundedProduct({5, outputs});
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::maximum:
    case OpKind::minimum:
        return outputs;
    case OpKind::other:
        if (op.builtinCode == sum)
            return inputElements(graph, op, 0) - outputs;
        return op.builtinCode == div ? outputs : boundedProduct({2, macs(graph, op)});
    default:
        return 0;
    }
}

std::int64_t profilerFlops(const Graph &graph)
{
    std::int64_t total = 0;
    for (const Operator &op : graph.operators)
        total = boundedSum(total, profilerFlops(graph, op));
    return total;
}

} // namespace espalier
