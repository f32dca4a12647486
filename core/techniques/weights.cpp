// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/weights.h"

#include "core/base/text.h"
#include "core/graph/ownname.h"
#include "core/techniques/float16.h"

#include <algorithm>
#include <cmath>

namespace espalier {

bool holdsFloats(const Tensor &tensor)
{
    return tensor.type == DType::float32 || tensor.type == DType::float16;
}

std::vector<Weights> weightsOf(const Graph &graph)
{
    std::vector<Weights> found;
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        const Operator &op = graph.operators[i];
        const std::optional<WeightLayout> layout = weightLayout(op.kind);
        if (!layout)
            continue;
        const TensorId id = storedConstant(graph, op.input(layout->weights));
        if (id.valid() && std::ranges::find(found, id, &Weights::tensor) == found.end())
            found.push_back({id, i, op.kind, layout->channelAxis});
    }
    return found;
}

Result<std::vector<Weights>> floatWeights(const Graph &graph, std::span<const OpKind> kinds)
{
    std::vector<Weights> found = weightsOf(graph);
    const bool any = !found.empty();
    std::erase_if(found, [&](const Weights &w) { return !holdsFloats(graph[w.tensor]); });
    if (found.empty())
        return unusableInput(any ? "the weights are already quantized to integers: take the float model, or put this "
                                   "step before the quantization"
                                 : "the model has no weights: no convolution or dense layer with a constant kernel");
    std::erase_if(found, [&](const Weights &w) { return std::ranges::find(kinds, w.kind) == kinds.end(); });
    if (found.empty())
        return unusableInput("the model has no layer of a kind that this technique changes");
    for (const Weights &w : found)
        if (!std::ranges::all_of(floatValues(graph[w.tensor]), [](float v) { return std::isfinite(v); }))
            return unusableInput("the weights \"" + graph[w.tensor].name +
                                 "\" hold values that are not finite numbers: train the model anew");
    return found;
}

std::vector<float> floatValues(const Tensor &tensor)
{
    if (tensor.type == DType::float32) {
        const std::span<const float> all = values<float>(tensor);
        return {all.begin(), all.end()};
    }
    std::vector<float> all;
    all.reserve(tensor.elements());
    for (const std::uint16_t half : values<std::uint16_t>(tensor))
        all.push_back(fromFloat16(half));
    return all;
}

SharedBytes masked(const Tensor &tensor, const std::vector<bool> &kept)
{
    const std::size_t size = byteCount(tensor.type, 1);
    auto bytes = std::make_shared<Bytes>(*tensor.data);
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (!kept[i])
            std::fill_n(bytes->begin() + std::ptrdiff_t(i * size), size, std::uint8_t(0));
    return bytes;
}

std::string operatorName(const Graph &graph, const Operator &op)
{
    const bool named = !op.outputs.empty() && op.outputs[0].valid() && !graph[op.outputs[0]].name.empty();
    if (!named)
        return op.typeName;
    return ownName(graph[op.outputs[0]].name);
}

ParameterSpec layersParameter()
{
    return {.key = "layers",
            .title = "Layers",
            .description = "Names of the layers that are changed, separated by commas; empty means all.",
            .defaultValue = std::string()};
}

Result<std::vector<std::string>> layerNames(const Graph &graph, const std::string &text)
{
    std::vector<std::string> known, names;
    for (const Weights &w : weightsOf(graph))
        known.push_back(operatorName(graph, graph.operators[w.op]));
    for (std::size_t first = 0; first < text.size();) {
        const std::size_t end = std::min(text.find(',', first), text.size());
        names.push_back(text.substr(first, end - first));
        first = end + 1;
        if (std::ranges::find(known, names.back()) == known.end())
            return invalidArgument("the model has no layer '" + names.back() + "' with weights; it has " +
                                   joined(known, ", ") + "." + didYouMean(names.back(), known));
    }
    return names;
}

bool isMeant(const Graph &graph, const Operator &op, std::span<const std::string> names)
{
    return names.empty() || std::ranges::find(names, operatorName(graph, op)) != names.end();
}

} // namespace espalier
