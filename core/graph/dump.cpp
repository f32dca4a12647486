// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/graph/model.h"

namespace espalier {

namespace {

std::string idText(TensorId id)
{
    return id.valid() ? "%" + std::to_string(id.index) : "none";
}

std::string listText(const std::vector<TensorId> &ids)
{
    std::vector<std::string> words;
    for (const TensorId id : ids)
        words.push_back(idText(id));
    return joined(words, " ");
}

std::string quantizationText(const Quantization &quantization)
{
    if (quantization.empty())
        return {};
    if (quantization.perChannel())
        return ", " + std::to_string(quantization.scale.size()) + " scales along axis " +
               std::to_string(quantization.axis);
    return ", scale " + numberText(double(quantization.scale[0])) + " zero " +
           std::to_string(quantization.zeroPoint.empty() ? 0 : quantization.zeroPoint[0]);
}

} // namespace

std::string dump(const Graph &graph)
{
    std::string text =
        "graph '" + graph.name + "' (" + listText(graph.inputs) + ") -> (" + listText(graph.outputs) + ")\n";
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        const Tensor &tensor = graph.tensors[i];
        text += "  %" + std::to_string(i) + " " + std::string(name(tensor.type)) + " " +
                (tensor.hasRank ? shapeText(tensor.shape) : "of unknown rank") + quantizationText(tensor.quantization);
        if (!tensor.shapeSignature.empty())
            text += ", varies as " + shapeText(tensor.shapeSignature);
        if (tensor.isConstant())
            text += ", constant of " + std::to_string(tensor.data->size()) + " bytes";
        if (tensor.isVariable)
            text += ", variable";
        text += " '" + tensor.name + "'\n";
    }
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        const Operator &op = graph.operators[i];
        text += "  " + std::to_string(i) + ": " + listText(op.outputs) + " = " + op.typeName + " v" +
                std::to_string(op.version) + " (" + listText(op.inputs) + ")\n";
    }
    return text;
}

} // namespace espalier
