// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/summarize.h"

#include "core/engine/engine.h"
#include "core/metrics/modelmetrics.h"

namespace espalier::ui {

namespace {

QString typeText(const Tensor &tensor)
{
    return QString::fromUtf8(name(tensor.type).data());
}

QString tensorText(const Graph &graph, const std::vector<TensorId> &ids)
{
    QStringList texts;
    for (const TensorId id : ids)
        texts += typeText(graph[id]) + QLatin1Char(' ') + QString::fromStdString(shapeText(graph[id].shape));
    return texts.join(QStringLiteral(", "));
}

/// Of a graph with this operator alone, so that core says what counts as a parameter.
std::int64_t parametersOf(const Graph &graph, const Operator &op)
{
    Graph alone;
    Operator copy = op;
    copy.inputs.clear();
    for (const TensorId id : op.inputs)
        copy.inputs.push_back(id.valid() ? alone.addTensor(graph[id]) : TensorId::none);
    copy.outputs.clear();
    for (const TensorId id : op.outputs)
        copy.outputs.push_back(alone.addTensor(graph[id]));
    alone.operators.push_back(std::move(copy));
    return parameterCount(alone);
}

} // namespace

ModelSummaryPtr summarize(const Model &model, std::int64_t fileBytes)
{
    const Graph &graph = model.main();
    auto summary = std::make_shared<ModelSummary>();
    summary->input = tensorText(graph, graph.inputs);
    summary->output = tensorText(graph, graph.outputs);
    summary->fileBytes = fileBytes;
    summary->parameters = parameterCount(graph);
    summary->macs = macs(graph);
    summary->sparsity = sparsity(graph);
    for (const Operator &op : graph.operators) {
        OperatorLine line;
        line.typeName = QString::fromStdString(op.typeName);
        if (!op.outputs.empty() && op.outputs.front().valid()) {
            const Tensor &output = graph[op.outputs.front()];
            line.name = QString::fromStdString(output.name);
            line.outputType = typeText(output);
            line.outputShape = QString::fromStdString(shapeText(output.shape));
        }
        line.macs = macs(graph, op);
        line.parameters = parametersOf(graph, op);
        summary->operators.push_back(std::move(line));
    }
    for (const UnsupportedOperator &unsupported : unsupportedOperators(model)) {
        ++summary->unsupported;
        if (unsupported.index < summary->operators.size())
            summary->operators[unsupported.index].unsupportedWhy = QString::fromStdString(unsupported.why);
    }
    return summary;
}

} // namespace espalier::ui
