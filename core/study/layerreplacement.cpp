// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/layerreplacement.h"

#include "core/graph/ownname.h"
#include "core/techniques/integerrewrite.h"

#include <algorithm>
#include <utility>

namespace espalier {

namespace {

Operator converter(OpKind kind, TensorId from, TensorId to)
{
    Operator op;
    op.kind = kind;
    op.typeName = typeName(kind);
    op.builtinCode = builtinCode(kind);
    op.inputs = {from};
    op.outputs = {to};
    return op;
}

/// A float32 value beside a quantized one.
Tensor realForm(const Tensor &tensor)
{
    Tensor real;
    real.name = tensor.name + "/real";
    real.shape = tensor.shape;
    return real;
}

bool isReal(const Tensor &tensor)
{
    return tensor.type == DType::float32;
}

bool isInt8(const Tensor &tensor)
{
    return tensor.type == DType::int8 && tensor.quantization.scale.size() == 1;
}

/// The int16 parameters for all that an int8 tensor can hold.
AffineParameters widened(const Tensor &tensor)
{
    const float scale = tensor.quantization.scale[0];
    const auto zero = float(tensor.quantization.zeroPoint[0]);
    return wideActivationParameters((-128 - zero) * scale, (127 - zero) * scale);
}

/// The tensors and operators of one graph behind those of another.
std::vector<Operator> grafted(const Graph &from, Graph &to)
{
    const auto offset = std::int32_t(to.tensors.size());
    for (const Tensor &tensor : from.tensors)
        to.addTensor(tensor);
    std::vector<Operator> operators = from.operators;
    for (Operator &op : operators)
        for (std::vector<TensorId> *const ids : {&op.inputs, &op.outputs, &op.intermediates})
            for (TensorId &id : *ids)
                if (id.valid())
                    id.index += offset;
    return operators;
}

} // namespace

std::vector<std::size_t> runtimeInputs(const Graph &graph, const Operator &op)
{
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < op.inputs.size(); ++i)
        if (op.inputs[i].valid() && !graph[op.inputs[i]].isConstant())
            places.push_back(i);
    return places;
}

Result<ModelPtr> withLayerOf(const Model &variant, std::size_t op, const Graph &reference, std::size_t referenceOp)
{
    auto result = std::make_shared<Model>(variant);
    Graph &graph = result->main();
    const Operator old = graph.operators[op];
    Operator kept = reference.operators[referenceOp];
    const Error differs = unusableInput("layer '" + ownName(reference[kept.outputs.front()].name) +
                                        "' takes other inputs in the two models");
    if (old.kind != kept.kind || old.outputs.size() != kept.outputs.size())
        return differs;
    std::vector<Operator> before, behind;
    for (std::size_t i = 0; i < kept.inputs.size(); ++i) {
        if (!kept.inputs[i].valid())
            continue;
        const Tensor &wanted = reference[kept.inputs[i]];
        if (wanted.isConstant()) {
            kept.inputs[i] = graph.addTensor(wanted);
            continue;
        }
        const TensorId given = old.input(i);
        if (!given.valid() || graph[given].isConstant() || graph[given].shape != wanted.shape || !isReal(wanted))
            return differs;
        kept.inputs[i] = given;
        if (!isReal(graph[given])) {
            kept.inputs[i] = graph.addTensor(realForm(graph[given]));
            before.push_back(converter(OpKind::dequantize, given, kept.inputs[i]));
        }
    }
    for (std::size_t i = 0; i < kept.outputs.size(); ++i) {
        const TensorId made = old.outputs[i];
        if (graph[made].shape != reference[kept.outputs[i]].shape || !isReal(reference[kept.outputs[i]]))
            return differs;
        kept.outputs[i] = made;
        if (!isReal(graph[made])) {
            kept.outputs[i] = graph.addTensor(realForm(graph[made]));
            behind.push_back(converter(OpKind::quantize, kept.outputs[i], made));
        }
    }
    before.push_back(std::move(kept));
    before.insert(before.end(), behind.begin(), behind.end());
    const auto place = graph.operators.begin() + std::ptrdiff_t(op);
    graph.operators.insert(graph.operators.erase(place), before.begin(), before.end());
    return ModelPtr(result);
}

Result<ModelPtr> withWideLayer(const Model &variant, std::size_t op, const Graph &reference, std::size_t referenceOp)
{
    auto result = std::make_shared<Model>(variant);
    Graph &graph = result->main();
    const Operator old = graph.operators[op];
    const Operator &exact = reference.operators[referenceOp];
    const auto unfit = [&](const std::string &why) {
        return unusableInput("layer '" + ownName(reference[exact.outputs.front()].name) + "' " + why);
    };
    const std::vector<std::size_t> places = runtimeInputs(reference, exact);
    if (old.kind != exact.kind || old.outputs.size() != 1 || exact.outputs.size() != 1 ||
        places != runtimeInputs(graph, old))
        return unfit("takes other inputs in the two models");
    const ModelPtr alone = layerAlone(reference, referenceOp);
    IntegerPlan plan;
    plan.activationType = plan.inputType = plan.outputType = DType::int16;
    plan.activations.resize(alone->main().tensors.size());
    std::vector<TensorId> given;
    for (const std::size_t place : places)
        given.push_back(old.inputs[place]);
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (!isInt8(graph[given[i]]))
            return unfit("is not int8");
        plan.activations[std::size_t(alone->main().inputs[i].index)] = widened(graph[given[i]]);
    }
    if (!isInt8(graph[old.outputs[0]]))
        return unfit("is not int8");
    plan.activations[std::size_t(alone->main().outputs[0].index)] = widened(graph[old.outputs[0]]);
    std::vector<std::string> notes;
    const Result<Model> wide = integerModel(*alone, std::move(plan), notes);
    if (!wide)
        return wide.error();

    const auto offset = std::int32_t(graph.tensors.size());
    std::vector<Operator> operators;
    for (std::size_t i = 0; i < given.size(); ++i)
        operators.push_back(converter(OpKind::quantize, given[i], TensorId{wide->main().inputs[i].index + offset}));
    std::ranges::move(grafted(wide->main(), graph), std::back_inserter(operators));
    operators.push_back(converter(OpKind::quantize, TensorId{wide->main().outputs[0].index + offset}, old.outputs[0]));
    const auto place = graph.operators.begin() + std::ptrdiff_t(op);
    graph.operators.insert(graph.operators.erase(place), operators.begin(), operators.end());
    return ModelPtr(result);
}

ModelPtr layerAlone(const Graph &graph, std::size_t op)
{
    auto model = std::make_shared<Model>();
    Graph &alone = model->graphs.emplace_back();
    Operator layer = graph.operators[op];
    const std::vector<std::size_t> atRuntime = runtimeInputs(graph, layer);
    for (TensorId &id : layer.inputs)
        if (id.valid())
            id = alone.addTensor(graph[id]);
    for (TensorId &id : layer.outputs)
        id = alone.addTensor(graph[id]);
    for (const std::size_t place : atRuntime) {
        const TensorId id = layer.inputs[place];
        if (isReal(alone[id])) {
            alone.inputs.push_back(id);
            continue;
        }
        alone.inputs.push_back(alone.addTensor(realForm(alone[id])));
        alone.operators.push_back(converter(OpKind::quantize, alone.inputs.back(), id));
    }
    alone.outputs = {layer.outputs.front()};
    alone.operators.push_back(std::move(layer));
    return model;
}

} // namespace espalier
