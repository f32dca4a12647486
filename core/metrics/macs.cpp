// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/modelmetric.h"
#include "core/metrics/modelmetrics.h"
#include "core/metrics/work.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr std::int32_t batchMatMul = 126; // TFLite's number

std::int64_t batchMatMulMacs(const Graph &graph, const Operator &op)
{
    // [.., M, K] x [.., K, N], or [.., N, K] with the second one transposed: K is what both share with the output's
    // size.
    const TensorId a = op.input(0);
    if (!a.valid() || graph[a].shape.size() < 2 || op.outputs.empty() || !op.outputs[0].valid())
        return 0;
    const Shape &left = graph[a].shape, &out = graph[op.outputs[0]].shape;
    if (out.size() < 2)
        return 0;
    const std::int32_t rows = out[out.size() - 2];
    const std::int32_t inner = left[left.size() - 2] == rows ? left.back() : left[left.size() - 2];
    return boundedProduct({outputElements(graph, op), inner});
}

/// True where the operator is known to multiply no matrices, or its multiply-accumulates are counted.
bool isCounted(const Graph &graph, const Operator &op)
{
    if (op.kind != OpKind::other || op.builtinCode == batchMatMul)
        return true;
    // An operator outside of the graph's knowledge that brings no numbers of its own is pooling, arithmetic or the
    // like; one that does (an LSTM, a custom layer) works with them in a way that is not known here.
    return std::ranges::none_of(op.inputs, [&](TensorId id) {
        return id.valid() && graph[id].isConstant() && graph[id].shape.size() >= 2 && graph[id].type != DType::int32 &&
               graph[id].type != DType::int64;
    });
}

} // namespace

std::int64_t macs(const Graph &graph, const Operator &op)
{
    const auto filter = [&](std::size_t axis) { return inputExtent(graph, op, 1, axis); };
    switch (op.kind) {
    case OpKind::conv2D:
        return boundedProduct({outputElements(graph, op), filter(1), filter(2), filter(3)});
    case OpKind::depthwiseConv2D:
        return boundedProduct({outputElements(graph, op), filter(1), filter(2)});
    // Every input value is multiplied into kh x kw places of every output channel.
    case OpKind::transposeConv:
        return boundedProduct({inputElements(graph, op, 2), filter(1), filter(2), filter(0)});
    case OpKind::fullyConnected:
        return boundedProduct({outputElements(graph, op), filter(1)});
    case OpKind::other:
        return op.builtinCode == batchMatMul ? batchMatMulMacs(graph, op) : 0;
    default:
        return 0;
    }
}

std::int64_t macs(const Graph &graph)
{
    std::int64_t sum = 0;
    for (const Operator &op : graph.operators)
        sum = boundedSum(sum, macs(graph, op));
    return sum;
}

extern const ModelMetric macsMetric;
const ModelMetric macsMetric = {Column::macs, [](const Model &model, std::span<const std::uint8_t>) {
                                    const Graph &graph = model.main();
                                    const bool known = std::ranges::all_of(
                                        graph.operators, [&](const Operator &op) { return isCounted(graph, op); });
                                    return known ? Row::Cell(macs(graph)) : Row::Cell();
                                }};

} // namespace espalier
