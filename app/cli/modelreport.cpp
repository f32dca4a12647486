// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/modelreport.h"

#include "core/base/text.h"
#include "core/engine/engine.h"
#include "core/exporters/plaintable.h"
#include "core/graph/ownname.h"
#include "core/metrics/modelmetric.h"
#include "core/metrics/modelmetrics.h"
#include "core/study/figureformat.h"

#include <charconv>

namespace espalier::cli {

namespace {

std::string quantizationText(const Quantization &q)
{
    if (q.empty())
        return {};
    if (q.perChannel())
        return std::to_string(q.scale.size()) + " scales along axis " + std::to_string(q.axis);
    char scale[32];
    const auto end = std::to_chars(scale, scale + sizeof scale, q.scale[0]).ptr;
    return "scale " + std::string(scale, end) + ", zero point " +
           std::to_string(q.zeroPoint.empty() ? 0 : q.zeroPoint[0]);
}

std::string tensorRole(const Tensor &tensor)
{
    return tensor.isConstant() ? "constant" : tensor.isVariable ? "variable" : "";
}

std::string numbers(const std::vector<TensorId> &ids)
{
    std::vector<std::string> words;
    for (const TensorId id : ids)
        words.push_back(id.valid() ? std::to_string(id.index) : "-");
    return joined(words, " ");
}

std::string tensorTable(const Graph &graph)
{
    TextTable table;
    table.heads = {{"Tensor", "", true}, {"Name", "", false}, {"Type", "", false},        {"Shape", "", false},
                   {"Bytes", "", true},  {"Role", "", false}, {"Quantization", "", false}};
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        const Tensor &tensor = graph.tensors[i];
        table.rows.push_back({std::to_string(i), ownName(tensor.name), std::string(name(tensor.type)),
                              tensor.hasRank ? shapeText(tensor.shape) : "any", std::to_string(tensor.bytes()),
                              tensorRole(tensor), quantizationText(tensor.quantization)});
    }
    return plainText(table);
}

std::string operatorTable(const Graph &graph)
{
    TextTable table;
    table.heads = {{"Operator", "", true}, {"Type", "", false},         {"Version", "", true}, {"Inputs", "", false},
                   {"Outputs", "", false}, {"Output shape", "", false}, {"MACs", "", true}};
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        const Operator &op = graph.operators[i];
        const bool shaped = !op.outputs.empty() && op.outputs[0].valid();
        table.rows.push_back({std::to_string(i), op.typeName + (op.isCustom() ? " (custom)" : ""),
                              std::to_string(op.version), numbers(op.inputs), numbers(op.outputs),
                              shaped ? shapeText(graph[op.outputs[0]].shape) : "",
                              macs(graph, op) == 0 ? "" : std::to_string(macs(graph, op))});
    }
    return plainText(table);
}

std::string valueLines(const char *title, const Graph &graph, const std::vector<TensorId> &ids)
{
    std::string text;
    for (const TensorId id : ids) {
        if (!id.valid())
            continue;
        const Tensor &tensor = graph[id];
        const std::string quantization = quantizationText(tensor.quantization);
        text += std::string("  ") + title + tensor.name + ", " + std::string(name(tensor.type)) + " " +
                shapeText(tensor.shape) + (quantization.empty() ? "" : ", " + quantization) + "\n";
    }
    return text;
}

std::string boardLines(const BoardsReport &boards)
{
    std::string text;
    for (const BoardFit &fit : boards.fits) {
        text += text.empty() ? "  Boards      " : "              ";
        text += fit.board + ": ";
        if (fit.fits)
            text += "fits, activations " + figureText(Column::ramBytes, double(*fit.arenaBytes)) + " of " +
                    figureText(Column::ramBytes, double(fit.ramBytes)) + ", constants " +
                    figureText(Column::flashBytes, double(*fit.constantBytes)) + " of " +
                    figureText(Column::flashBytes, double(fit.flashBytes)) + (fit.note.empty() ? "" : "; " + fit.note) +
                    "\n";
        else
            text += "does not fit: " + fit.why + (fit.remedy.empty() ? "" : "; " + fit.remedy) + "\n";
    }
    if (boards.arena.empty())
        return text;
    TextTable table;
    table.heads = {
        {"In the arena", "", false}, {"From", "B", true}, {"To", "B", true}, {"Needed in layers", "", false}};
    for (const ArenaBlock &block : boards.arena) {
        const std::string first = block.first < 0 ? "input" : std::to_string(block.first);
        table.rows.push_back({ownName(block.name), std::to_string(block.offset),
                              std::to_string(block.offset + block.bytes), first + "…" + std::to_string(block.last)});
    }
    return text + "\n" + plainText(table);
}

/// A control character in a name of the file must not reach the terminal.
std::string printable(std::string text)
{
    for (char &c : text)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f)
            c = '?';
    return text;
}

} // namespace

std::string modelText(const ModelFile &file, const BoardsReport &boards)
{
    const Model &model = *file.model;
    Row row;
    fillModelMetrics(row, model, *file.bytes);
    std::string text = file.name() + (model.description.empty() ? "" : ": " + model.description) + "\n\n";
    for (const ColumnInfo &column : columns())
        if (const auto value = row.number(column.column)) {
            std::string title(column.title);
            title.resize(12, ' ');
            text += "  " + title + figureText(column.column, *value) + "\n";
        }
    text += valueLines("Input       ", model.main(), model.main().inputs);
    text += valueLines("Output      ", model.main(), model.main().outputs);
    for (const Signature &signature : model.signatures) {
        std::vector<std::string> inputs, outputs;
        for (const Signature::Entry &entry : signature.inputs)
            inputs.push_back(entry.name);
        for (const Signature::Entry &entry : signature.outputs)
            outputs.push_back(entry.name);
        text += "  Signature   " + signature.key + "(" + joined(inputs, ", ") + ") → " + joined(outputs, ", ") + "\n";
    }
    for (const MetadataEntry &entry : model.metadata)
        text += "  Metadata    " + entry.name + ", " + std::to_string(entry.data ? entry.data->size() : 0) + " B\n";
    if (model.trailer)
        text += "  Attached    " + std::to_string(model.trailer->size()) + " B after the model (packed files)\n";
    const std::vector<UnsupportedOperator> unsupported = unsupportedOperators(model);
    text += unsupported.empty() ? "  Runs here   yes\n" : "  Runs here   no\n";
    for (const UnsupportedOperator &op : unsupported)
        text += "              operator " + std::to_string(op.index) + ", " + op.typeName + ": " + op.why + "\n";
    text += boardLines(boards);
    for (std::size_t i = 0; i < model.graphs.size(); ++i) {
        const Graph &graph = model.graphs[i];
        text += "\n";
        if (model.graphs.size() > 1)
            text += "Graph " + std::to_string(i) + (graph.name.empty() ? "" : ", " + graph.name) + "\n\n";
        text += operatorTable(graph) + "\n" + tensorTable(graph);
    }
    return printable(text);
}

} // namespace espalier::cli
