// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/modelmetric.h"
#include "core/metrics/modelmetrics.h"

namespace espalier {

namespace {

/// True where every constant beside the operator's data says how to move values, not what they are.
bool onlyArranges(OpKind kind)
{
    switch (kind) {
    case OpKind::pad:
    case OpKind::padV2:
    case OpKind::slice:
    case OpKind::stridedSlice:
    case OpKind::split:
    case OpKind::transpose:
    case OpKind::reshape:
    case OpKind::squeeze:
    case OpKind::expandDims:
    case OpKind::mean:
    case OpKind::resizeBilinear:
    case OpKind::resizeNearestNeighbor:
        return true;
    default:
        return false;
    }
}

bool isArithmetic(OpKind kind)
{
    return kind == OpKind::add || kind == OpKind::sub || kind == OpKind::mul || kind == OpKind::maximum ||
           kind == OpKind::minimum;
}

bool hasBiasAt(OpKind kind, std::size_t input)
{
    switch (kind) {
    case OpKind::conv2D:
    case OpKind::depthwiseConv2D:
    case OpKind::fullyConnected:
        return input == 2;
    case OpKind::transposeConv:
        return input == 3;
    default:
        return false;
    }
}

/// Types that weights are stored in. Wide integers are shapes and axes, except where they are quantized or a bias.
bool holdsNumbers(const Tensor &tensor)
{
    switch (tensor.type) {
    case DType::float32:
    case DType::float16:
    case DType::bfloat16:
    case DType::float64:
    case DType::int8:
    case DType::uint8:
    case DType::int16:
    case DType::int4:
    case DType::int2:
    case DType::uint4:
        return true;
    case DType::int32:
    case DType::int64:
        return !tensor.quantization.empty();
    default:
        return false;
    }
}

bool isParameter(const Operator &op, std::size_t input, const Tensor &tensor)
{
    if (!tensor.isConstant())
        return false;
    if (hasBiasAt(op.kind, input))
        return true;
    if (!holdsNumbers(tensor) || (onlyArranges(op.kind) && input > 0))
        return false;
    return !isArithmetic(op.kind) || tensor.elements() > 1;
}

} // namespace

std::int64_t parameterCount(const Graph &graph)
{
    std::vector<bool> counted(graph.tensors.size(), false);
    std::int64_t count = 0;
    for (const Operator &op : graph.operators) {
        for (std::size_t i = 0; i < op.inputs.size(); ++i) {
            const TensorId id = op.inputs[i];
            if (!id.valid() || counted[std::size_t(id.index)] || !isParameter(op, i, graph[id]))
                continue;
            counted[std::size_t(id.index)] = true;
            count += std::int64_t(graph[id].elements());
        }
    }
    return count;
}

extern const ModelMetric parametersMetric;
const ModelMetric parametersMetric = {Column::parameters, [](const Model &model, std::span<const std::uint8_t>) {
                                          return Row::Cell(parameterCount(model.main()));
                                      }};

} // namespace espalier
