// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/weightlayout.h"

namespace espalier {

std::optional<WeightLayout> weightLayout(OpKind kind)
{
    switch (kind) {
    case OpKind::conv2D:
    case OpKind::fullyConnected:
        return WeightLayout{0, 1, 2, 0};
    case OpKind::depthwiseConv2D:
        return WeightLayout{0, 1, 2, 3};
    case OpKind::transposeConv:
        return WeightLayout{2, 1, 3, 0};
    default:
        return std::nullopt;
    }
}

TensorId storedConstant(const Graph &graph, TensorId id)
{
    if (!id.valid() || graph[id].isConstant())
        return id;
    const auto isConstant = [&](TensorId input) { return input.valid() && graph[input].isConstant(); };
    for (const Operator &op : graph.operators) {
        const bool unpacks = op.kind == OpKind::dequantize && isConstant(op.input(0));
        const bool masks = op.kind == OpKind::mul && isConstant(op.input(0)) && isConstant(op.input(1));
        if ((unpacks || masks) && op.outputs.size() == 1 && op.outputs[0] == id)
            return op.input(0);
    }
    return TensorId::none;
}

} // namespace espalier
