// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/weightlayout.h"
#include "core/metrics/modelmetrics.h"

namespace espalier {

std::int64_t channelCount(const Graph &graph)
{
    std::int64_t channels = 0;
    for (const Operator &op : graph.operators)
        if (weightLayout(op.kind) && op.kind != OpKind::depthwiseConv2D && !graph[op.outputs[0]].shape.empty())
            channels += graph[op.outputs[0]].shape.back();
    return channels;
}

double structuredSparsity(const Graph &graph, const Graph &original)
{
    const std::int64_t before = channelCount(original), left = channelCount(graph);
    return left >= before ? 0 : double(before - left) / double(before);
}

} // namespace espalier
