// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/rewrite.h"

#include "core/techniques/weights.h"

#include <algorithm>
#include <utility>

namespace espalier {

namespace {

/// Calls visit(TensorId &) for every place of the model that names a tensor of the first graph.
template <class Visit>
void forEachReference(Model &model, const Visit &visit)
{
    Graph &graph = model.main();
    for (Operator &op : graph.operators)
        for (std::vector<TensorId> *ids : {&op.inputs, &op.outputs, &op.intermediates})
            std::ranges::for_each(*ids, visit);
    std::ranges::for_each(graph.inputs, visit);
    std::ranges::for_each(graph.outputs, visit);
    for (Signature &signature : model.signatures)
        if (signature.graph == 0)
            for (std::vector<Signature::Entry> *entries : {&signature.inputs, &signature.outputs})
                std::ranges::for_each(*entries, visit, &Signature::Entry::tensor);
}

bool unpacksFloat16(const Graph &graph, const Operator &op)
{
    if (op.kind != OpKind::dequantize || !op.input(0).valid() || op.outputs.size() != 1)
        return false;
    const Tensor &from = graph[op.inputs[0]];
    return from.isConstant() && from.type == DType::float16 && graph[op.outputs[0]].type == DType::float32;
}

} // namespace

Operator plainOperator(OpKind kind, std::int32_t version, TensorId input, TensorId output)
{
    Operator op;
    op.kind = kind;
    op.typeName = typeName(kind);
    op.builtinCode = builtinCode(kind);
    op.version = version;
    op.inputs = {input};
    op.outputs = {output};
    return op;
}

TensorId appendWithoutActivation(Graph &graph, std::vector<Operator> &operators, Operator op)
{
    Activation *const fused = fusedActivation(op);
    if (!fused || (*fused != Activation::relu && *fused != Activation::relu6)) {
        operators.push_back(std::move(op));
        return operators.back().outputs[0];
    }
    const OpKind kind = std::exchange(*fused, Activation::none) == Activation::relu ? OpKind::relu : OpKind::relu6;
    Tensor tensor = graph[op.outputs[0]];
    tensor.name += "_before_activation";
    const TensorId before = graph.addTensor(std::move(tensor));
    const TensorId after = std::exchange(op.outputs[0], before);
    operators.push_back(std::move(op));
    operators.push_back(plainOperator(kind, 1, before, after));
    return before;
}

std::vector<int> useCounts(const Graph &graph)
{
    std::vector<int> counts(graph.tensors.size(), 0);
    const auto count = [&](TensorId id) {
        if (id.valid())
            ++counts[std::size_t(id.index)];
    };
    for (const Operator &op : graph.operators)
        std::ranges::for_each(op.inputs, count);
    std::ranges::for_each(graph.outputs, count);
    return counts;
}

void removeUnusedTensors(Model &model)
{
    Graph &graph = model.main();
    std::vector<bool> used(graph.tensors.size(), false);
    forEachReference(model, [&](TensorId &id) {
        if (id.valid())
            used[std::size_t(id.index)] = true;
    });
    std::vector<TensorId> renumbered(graph.tensors.size());
    std::vector<Tensor> left;
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        if (!used[i])
            continue;
        renumbered[i] = {std::int32_t(left.size())};
        left.push_back(std::move(graph.tensors[i]));
    }
    graph.tensors = std::move(left);
    forEachReference(model, [&](TensorId &id) {
        if (id.valid())
            id = renumbered[std::size_t(id.index)];
    });
}

Model partOf(const Model &model, std::size_t first, std::size_t last, TensorId input, TensorId output)
{
    Model result;
    result.graphs.push_back(model.main());
    Graph &graph = result.main();
    const auto begin = model.main().operators.begin();
    graph.operators.assign(begin + std::ptrdiff_t(first), begin + std::ptrdiff_t(last) + 1);
    graph.inputs = {input};
    graph.outputs = {output};
    removeUnusedTensors(result);
    return result;
}

const Tensor *quantizedTensor(const Graph &graph)
{
    const auto found = std::ranges::find_if(graph.tensors, [](const Tensor &tensor) {
        const bool isInteger = tensor.type == DType::int8 || tensor.type == DType::uint8 ||
                               tensor.type == DType::int16 || tensor.type == DType::int4;
        return isInteger && !tensor.quantization.empty();
    });
    return found == graph.tensors.end() ? nullptr : &*found;
}

bool holdsFloat16Constants(const Graph &graph)
{
    return std::ranges::any_of(graph.operators, [&](const Operator &op) { return unpacksFloat16(graph, op); });
}

Model withFloat32Constants(const Model &model)
{
    Model result = model;
    Graph &graph = result.main();
    std::erase_if(graph.operators, [&](const Operator &op) {
        if (!unpacksFloat16(graph, op))
            return false;
        graph[op.outputs[0]].data = sharedBytes(floatValues(graph[op.inputs[0]]));
        return true;
    });
    removeUnusedTensors(result);
    return result;
}

ModelPtr inFloat32(const ModelPtr &model)
{
    return holdsFloat16Constants(model->main()) ? std::make_shared<const Model>(withFloat32Constants(*model)) : model;
}

Result<ModelPtr> floatModel(const ModelPtr &model, std::vector<std::string> &notes)
{
    if (const Tensor *tensor = quantizedTensor(model->main()))
        return unusableInput("the model is quantized already (\"" + tensor->name + "\" is " +
                             std::string(name(tensor->type)) + "): start from the float model");
    if (!holdsFloat16Constants(model->main()))
        return model;
    notes.emplace_back("The float16 weights were taken as they are; quantizing the float32 model is a little more "
                       "exact.");
    return std::make_shared<const Model>(withFloat32Constants(*model));
}

} // namespace espalier
