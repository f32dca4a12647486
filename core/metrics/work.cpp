// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/work.h"

#include <limits>

namespace espalier {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::int64_t elements(const Tensor &tensor)
{
    std::int64_t count = 1;
    for (const std::int32_t extent : tensor.shape)
        count = boundedProduct({count, extent});
    return count;
}

} // namespace

std::int64_t boundedProduct(std::initializer_list<std::int64_t> factors)
{
    std::int64_t product = 1;
    bool overflow = false;
    for (const std::int64_t factor : factors) {
        if (factor <= 0)
            return 0;
        overflow = overflow || product > most / factor;
        product = overflow ? most : product * factor;
    }
    return product;
}

std::int64_t boundedSum(std::int64_t a, std::int64_t b)
{
    return a > most - b ? most : a + b;
}

std::int64_t inputExtent(const Graph &graph, const Operator &op, std::size_t i, std::size_t axis)
{
    const TensorId id = op.input(i);
    return id.valid() && axis < graph[id].shape.size() ? graph[id].shape[axis] : 1;
}

std::int64_t inputElements(const Graph &graph, const Operator &op, std::size_t i)
{
    const TensorId id = op.input(i);
    return id.valid() ? elements(graph[id]) : 0;
}

std::int64_t outputElements(const Graph &graph, const Operator &op)
{
    return op.outputs.empty() || !op.outputs[0].valid() ? 0 : elements(graph[op.outputs[0]]);
}

} // namespace espalier
