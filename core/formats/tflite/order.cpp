// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/tflite/order.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace espalier::tflite {

namespace {

constexpr std::size_t nobody = std::size_t(-1);

/// For each tensor the first operator that writes it.
std::vector<std::size_t> writers(const Graph &graph)
{
    std::vector<std::size_t> result(graph.tensors.size(), nobody);
    for (std::size_t i = graph.operators.size(); i-- > 0;)
        for (const TensorId id : graph.operators[i].outputs)
            if (id.valid())
                result[std::size_t(id.index)] = i;
    return result;
}

} // namespace

Result<void> orderOperators(Graph &graph)
{
    const std::vector<std::size_t> writer = writers(graph);
    const std::size_t count = graph.operators.size();
    std::vector<std::vector<std::size_t>> readers(count);
    std::vector<std::size_t> waitsFor(count, 0);
    bool works = true;
    for (std::size_t i = 0; i < count; ++i) {
        for (const TensorId id : graph.operators[i].inputs) {
            // A variable keeps a value from the run before, so it may be read first.
            if (!id.valid() || writer[std::size_t(id.index)] == nobody || graph[id].isVariable)
                continue;
            readers[writer[std::size_t(id.index)]].push_back(i);
            ++waitsFor[i];
            works = works && writer[std::size_t(id.index)] < i;
        }
    }
    if (works)
        return {};
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < count; ++i)
        if (waitsFor[i] == 0)
            ready.push(i);
    std::vector<Operator> ordered;
    ordered.reserve(count);
    while (!ready.empty()) {
        const std::size_t next = ready.top();
        ready.pop();
        ordered.push_back(std::move(graph.operators[next]));
        for (const std::size_t reader : readers[next])
            if (--waitsFor[reader] == 0)
                ready.push(reader);
    }
    if (ordered.size() < count)
        return unusableInput("operators wait for each other's results in a circle");
    graph.operators = std::move(ordered);
    return {};
}

void markEmptyConstants(Graph &graph)
{
    const std::vector<std::size_t> writer = writers(graph);
    std::vector<bool> isInput(graph.tensors.size());
    for (const TensorId id : graph.inputs)
        isInput[std::size_t(id.index)] = true;
    const auto mark = [&](TensorId id) {
        if (!id.valid())
            return;
        Tensor &tensor = graph[id];
        const bool isEmpty = std::ranges::find(tensor.shape, 0) != tensor.shape.end();
        if (isEmpty && !tensor.isConstant() && !tensor.isVariable && writer[std::size_t(id.index)] == nobody &&
            !isInput[std::size_t(id.index)])
            tensor.data = std::make_shared<const Bytes>();
    };
    for (const Operator &op : graph.operators)
        std::ranges::for_each(op.inputs, mark);
    std::ranges::for_each(graph.outputs, mark);
}

} // namespace espalier::tflite
