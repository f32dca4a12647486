// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/hostprobe.h"

#include "device/plan/hostkernel.h"

#include <cstring>
#include <numeric>

namespace espalier::device {

Result<std::vector<std::vector<std::int32_t>>> sourceIndices(const PlanBuilder &builder, const Operator &op,
                                                             std::size_t dataInput)
{
    const std::size_t elements = builder.tensor(op.input(dataInput)).elements();
    if (elements >= std::size_t(1) << 24) // a float counts no further
        return failed("its input is too large");
    Graph graph = builder.graph();
    const auto asFloat = [&](TensorId id) {
        graph[id].type = DType::float32;
        graph[id].quantization = {};
    };
    asFloat(op.input(dataInput));
    for (const TensorId id : op.outputs)
        asFloat(id);
    std::vector<float> count(elements);
    std::iota(count.begin(), count.end(), 0.0f);
    std::vector<Bytes> inputs(op.inputs.size());
    for (std::size_t i = 0; i < op.inputs.size(); ++i) {
        if (i == dataInput)
            inputs[i] = *sharedBytes(count);
        else if (op.inputs[i].valid() && builder.isConstant(op.inputs[i]))
            inputs[i] = *builder.stored(op.inputs[i]).data;
    }
    const auto outputs = runHostKernel(graph, op, inputs);
    if (!outputs)
        return outputs.error();
    std::vector<std::vector<std::int32_t>> indices;
    for (const Bytes &output : *outputs) {
        std::vector<float> values(output.size() / sizeof(float));
        std::memcpy(values.data(), output.data(), output.size());
        indices.emplace_back(values.begin(), values.end());
    }
    return indices;
}

Result<Bytes> resultsForAllBytes(const PlanBuilder &builder, const Operator &op, std::size_t dataInput)
{
    Graph graph;
    Tensor input = builder.tensor(op.input(dataInput)), output = builder.tensor(op.outputs[0]);
    input.shape = output.shape = {1, 256};
    Operator alone = op;
    if (auto *options = std::get_if<ConcatenationOptions>(&alone.options))
        options->axis = 1;
    alone.inputs = {graph.addTensor(input)};
    alone.outputs = {graph.addTensor(output)};
    Bytes all(256);
    std::iota(all.begin(), all.end(), std::uint8_t(0));
    auto outputs = runHostKernel(graph, alone, {all});
    if (!outputs)
        return outputs.error();
    return std::move(outputs->front());
}

} // namespace espalier::device
