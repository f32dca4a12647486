// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/weightlayout.h"
#include "core/metrics/modelmetric.h"
#include "core/metrics/modelmetrics.h"

#include <algorithm>

namespace espalier {

namespace {

/// The input that holds an operator's weights.
TensorId weightInput(const Operator &op)
{
    switch (op.kind) {
    case OpKind::conv2D:
    case OpKind::depthwiseConv2D:
    case OpKind::fullyConnected:
    case OpKind::transposeConv:
        return op.input(1);
    default:
        return TensorId::none;
    }
}

std::size_t extent(const Tensor &tensor, std::int32_t axis)
{
    return axis >= 0 && std::size_t(axis) < tensor.shape.size() ? std::size_t(tensor.shape[std::size_t(axis)]) : 1;
}

/// The integer that stands for zero in the slice that element `i` lies in.
std::int64_t zeroOf(const Tensor &tensor, std::size_t i)
{
    const Quantization &q = tensor.quantization;
    if (q.zeroPoint.empty())
        return 0;
    if (q.zeroPoint.size() == 1)
        return q.zeroPoint[0];
    std::size_t inner = 1;
    for (std::size_t d = std::size_t(q.axis) + 1; d < tensor.shape.size(); ++d)
        inner *= std::size_t(tensor.shape[d]);
    return q.zeroPoint[std::min(i / inner % extent(tensor, q.axis), q.zeroPoint.size() - 1)];
}

template <class T, class IsZero>
std::int64_t countZeros(const Tensor &tensor, IsZero isZero)
{
    const std::span<const T> all = values<T>(tensor);
    std::int64_t zeros = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
        zeros += isZero(all[i], i) ? 1 : 0;
    return zeros;
}

template <class T>
std::int64_t countIntegerZeros(const Tensor &tensor)
{
    const std::vector<std::int64_t> &zero = tensor.quantization.zeroPoint;
    const std::int64_t first = zero.empty() ? 0 : zero[0];
    if (std::ranges::all_of(zero, [&](std::int64_t z) { return z == first; }))
        return countZeros<T>(tensor, [first](T value, std::size_t) { return value == first; });
    return countZeros<T>(tensor, [&](T value, std::size_t i) { return value == zeroOf(tensor, i); });
}

std::int64_t countNibbleZeros(const Tensor &tensor, bool isSigned)
{
    std::int64_t zeros = 0;
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
        const int nibble = ((*tensor.data)[i / 2] >> (i % 2 * 4)) & 15;
        zeros += zeroOf(tensor, i) == (isSigned && nibble > 7 ? nibble - 16 : nibble) ? 1 : 0;
    }
    return zeros;
}

/// Zeros of a constant; -1 for types that weights do not have.
std::int64_t zeroCount(const Tensor &tensor)
{
    switch (tensor.type) {
    case DType::float32:
        return countZeros<float>(tensor, [](float value, std::size_t) { return value == 0; });
    case DType::float64:
        return countZeros<double>(tensor, [](double value, std::size_t) { return value == 0; });
    case DType::float16:
    case DType::bfloat16: // but for the sign a zero has no bits set
        return countZeros<std::uint16_t>(tensor, [](std::uint16_t bits, std::size_t) { return (bits & 0x7fff) == 0; });
    case DType::int8:
        return countIntegerZeros<std::int8_t>(tensor);
    case DType::uint8:
        return countIntegerZeros<std::uint8_t>(tensor);
    case DType::int16:
        return countIntegerZeros<std::int16_t>(tensor);
    case DType::int32:
        return countIntegerZeros<std::int32_t>(tensor);
    case DType::int4:
        return countNibbleZeros(tensor, true);
    case DType::uint4:
        return countNibbleZeros(tensor, false);
    default:
        return -1;
    }
}

} // namespace

std::vector<TensorId> weightTensors(const Graph &graph)
{
    std::vector<TensorId> weights;
    for (const Operator &op : graph.operators) {
        const TensorId id = storedConstant(graph, weightInput(op));
        if (id.valid() && std::ranges::find(weights, id) == weights.end())
            weights.push_back(id);
    }
    return weights;
}

double sparsity(const Tensor &weights)
{
    const std::int64_t zeros = weights.isConstant() ? zeroCount(weights) : -1;
    return zeros <= 0 ? 0 : double(zeros) / double(weights.elements());
}

double sparsity(const Graph &graph)
{
    std::int64_t zeros = 0, elements = 0;
    for (const TensorId id : weightTensors(graph)) {
        const std::int64_t found = zeroCount(graph[id]);
        if (found < 0)
            continue;
        zeros += found;
        elements += std::int64_t(graph[id].elements());
    }
    return elements == 0 ? 0 : double(zeros) / double(elements);
}

extern const ModelMetric sparsityMetric;
const ModelMetric sparsityMetric = {Column::sparsity, [](const Model &model, std::span<const std::uint8_t>) {
                                        return weightTensors(model.main()).empty() ? Row::Cell()
                                                                                   : Row::Cell(sparsity(model.main()));
                                    }};

} // namespace espalier
