// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arenajson.h"
#include "app/cli/modelreport.h"

#include "core/engine/engine.h"
#include "core/exporters/rowjson.h"
#include "core/metrics/modelmetric.h"
#include "core/metrics/modelmetrics.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

/// Per-channel scales of a large model would drown the rest.
Json quantizationJson(const Quantization &q)
{
    if (q.empty())
        return nullptr;
    Json json = {{"scales", q.scale.size()}, {"scale", q.scale[0]}};
    json["zero_point"] = q.zeroPoint.empty() ? 0 : q.zeroPoint[0];
    json["axis"] = q.perChannel() ? Json(q.axis) : Json(nullptr);
    return json;
}

Json tensorJson(const Tensor &tensor, std::size_t index)
{
    return {{"index", index},
            {"name", tensor.name},
            {"type", name(tensor.type)},
            {"shape", tensor.hasRank ? Json(tensor.shape) : Json(nullptr)},
            {"shape_signature", tensor.shapeSignature},
            {"bytes", tensor.bytes()},
            {"constant", tensor.isConstant()},
            {"variable", tensor.isVariable},
            {"quantization", quantizationJson(tensor.quantization)}};
}

Json indices(const std::vector<TensorId> &ids)
{
    Json list = Json::array();
    for (const TensorId id : ids)
        list.push_back(id.index);
    return list;
}

Json tensorsJson(const Graph &graph, const std::vector<TensorId> &ids)
{
    Json list = Json::array();
    for (const TensorId id : ids)
        if (id.valid())
            list.push_back(tensorJson(graph[id], std::size_t(id.index)));
    return list;
}

Json operatorsJson(const Graph &graph)
{
    Json list = Json::array();
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        const Operator &op = graph.operators[i];
        list.push_back({{"index", i},
                        {"type", op.typeName},
                        {"custom", op.isCustom()},
                        {"version", op.version},
                        {"inputs", indices(op.inputs)},
                        {"outputs", indices(op.outputs)},
                        {"macs", macs(graph, op)}});
    }
    return list;
}

Json allTensorsJson(const Graph &graph)
{
    Json list = Json::array();
    for (std::size_t i = 0; i < graph.tensors.size(); ++i)
        list.push_back(tensorJson(graph.tensors[i], i));
    return list;
}

Json fitsJson(const std::vector<BoardFit> &fits)
{
    const auto known = [](const std::optional<std::int64_t> &bytes) { return bytes ? Json(*bytes) : Json(nullptr); };
    Json list = Json::array();
    for (const BoardFit &fit : fits)
        list.push_back({{"id", fit.board},
                        {"fits", fit.fits},
                        {"why", fit.why},
                        {"remedy", fit.remedy},
                        {"note", fit.note},
                        {"arena_bytes", known(fit.arenaBytes)},
                        {"constant_bytes", known(fit.constantBytes)},
                        {"ram_bytes", fit.ramBytes},
                        {"flash_bytes", fit.flashBytes}});
    return list;
}

Json entriesJson(const std::vector<Signature::Entry> &entries)
{
    Json list = Json::array();
    for (const Signature::Entry &entry : entries)
        list.push_back({{"name", entry.name}, {"tensor", entry.tensor.index}});
    return list;
}

} // namespace

std::string modelJsonText(const ModelFile &file, const BoardsReport &boards)
{
    const Model &model = *file.model;
    const Graph &main = model.main();
    Row row;
    fillModelMetrics(row, model, *file.bytes);
    const Json figures = toJson(row);
    Json document = {{"model", file.name()}, {"description", model.description}};
    for (const char *key : {"size_bytes", "zipped_bytes", "sparsity", "parameters", "macs"})
        document[key] = figures[key];
    document["inputs"] = tensorsJson(main, main.inputs);
    document["outputs"] = tensorsJson(main, main.outputs);
    document["operators"] = operatorsJson(main);
    Json &unsupported = document["unsupported"] = Json::array();
    for (const UnsupportedOperator &op : unsupportedOperators(model))
        unsupported.push_back({{"index", op.index}, {"type", op.typeName}, {"why", op.why}});
    document["boards"] = fitsJson(boards.fits);
    if (!boards.arena.empty())
        document["arena"] = arenaJson(boards.arena);
    document["tensors"] = allTensorsJson(main);
    Json &others = document["other_graphs"] = Json::array();
    for (std::size_t i = 1; i < model.graphs.size(); ++i) {
        const Graph &graph = model.graphs[i];
        others.push_back({{"name", graph.name},
                          {"inputs", indices(graph.inputs)},
                          {"outputs", indices(graph.outputs)},
                          {"operators", operatorsJson(graph)},
                          {"tensors", allTensorsJson(graph)}});
    }
    Json &signatures = document["signatures"] = Json::array();
    for (const Signature &signature : model.signatures)
        signatures.push_back({{"key", signature.key},
                              {"graph", signature.graph},
                              {"inputs", entriesJson(signature.inputs)},
                              {"outputs", entriesJson(signature.outputs)}});
    Json &metadata = document["metadata"] = Json::array();
    for (const MetadataEntry &entry : model.metadata)
        metadata.push_back({{"name", entry.name}, {"bytes", entry.data ? entry.data->size() : 0}});
    return jsonText(document);
}

} // namespace espalier::cli
