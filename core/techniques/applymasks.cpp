// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"

#include "core/techniques/rewrite.h"

#include <algorithm>

namespace espalier {

namespace {

/// A sentence about every layer of these kinds whose weights are integers already.
void noteIntegerLayers(const Graph &graph, std::span<const OpKind> kinds, TechniqueContext &context)
{
    for (const Weights &w : weightsOf(graph)) {
        const Tensor &tensor = graph[w.tensor];
        if (std::ranges::find(kinds, w.kind) == kinds.end() || tensor.type == DType::float32 ||
            tensor.type == DType::float16)
            continue;
        context.notes.push_back(operatorName(graph, graph.operators[w.op]) + " keeps its weights: they are " +
                                std::string(name(tensor.type)) + " already");
    }
}

/// Puts a product with its mask behind each float32 weight constant.
void keepMasks(Graph &graph, std::span<const Weights> weights, std::span<const Mask> masks)
{
    std::vector<Operator> products;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const TensorId stored = weights[i].tensor;
        if (graph[stored].type != DType::float32)
            continue;
        Tensor mask;
        mask.name = graph[stored].name + "/mask";
        mask.shape = graph[stored].shape;
        mask.data = sharedBytes(std::vector<float>(masks[i].begin(), masks[i].end()));
        Tensor product;
        product.name = graph[stored].name + "/masked";
        product.shape = mask.shape;
        const TensorId factor = graph.addTensor(std::move(mask)), result = graph.addTensor(std::move(product));
        for (Operator &op : graph.operators)
            std::ranges::replace(op.inputs, stored, result);
        Operator op = plainOperator(OpKind::mul, 1, stored, result);
        op.inputs.push_back(factor);
        op.options = ArithmeticOptions();
        products.push_back(std::move(op));
    }
    graph.operators.insert(graph.operators.begin(), products.begin(), products.end());
}

} // namespace

ParameterSpec stripParameter()
{
    return {.key = "strip",
            .title = "Strip masks",
            .description = "Whether the masks are left out of the model; kept, the file grows as literature reports.",
            .defaultValue = true};
}

MaskStorage maskStorage(const ParameterValues &settings)
{
    return settings.flag("strip") ? MaskStorage::stripped : MaskStorage::kept;
}

ParameterSpec scopeParameter()
{
    return {.key = "scope",
            .title = "Scope",
            .description = "Whether each layer reaches the sparsity by itself, or all layers together.",
            .defaultValue = std::string("layer"),
            .choices = {"layer", "global"}};
}

MaskRule layerByLayer(std::function<Mask(const LayerValues &, std::size_t, double)> maker)
{
    return [maker = std::move(maker)](std::span<const LayerValues> layers, double sparsity) {
        std::vector<Mask> masks;
        for (const LayerValues &layer : layers)
            masks.push_back(maker(layer, masks.size(), sparsity));
        return masks;
    };
}

MaskRule allTogether(std::function<Mask(std::span<const float>, double)> maker)
{
    return [maker = std::move(maker)](std::span<const LayerValues> layers, double sparsity) {
        std::vector<float> all;
        for (const LayerValues &layer : layers)
            all.insert(all.end(), layer.values.begin(), layer.values.end());
        const Mask mask = maker(all, sparsity);
        std::vector<Mask> masks;
        auto first = mask.begin();
        for (const LayerValues &layer : layers) {
            const auto last = first + std::ptrdiff_t(layer.values.size());
            masks.emplace_back(first, last);
            first = last;
        }
        return masks;
    };
}

Result<ModelPtr> applyMasks(const ModelPtr &model, std::span<const OpKind> kinds, const MaskRule &rule, double sparsity,
                            MaskStorage storage, TechniqueContext &context)
{
    const Result<std::vector<Weights>> weights = floatWeights(model->main(), kinds);
    if (!weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    noteIntegerLayers(model->main(), kinds, context);

    auto pruned = std::make_shared<Model>(*model);
    Graph &graph = pruned->main();
    std::vector<std::vector<float>> values;
    std::vector<LayerValues> layers;
    for (const Weights &w : *weights)
        values.push_back(floatValues(graph[w.tensor]));
    for (std::size_t i = 0; i < values.size(); ++i)
        layers.push_back({graph[(*weights)[i].tensor].shape, (*weights)[i].channelAxis, values[i]});
    const std::vector<Mask> masks = rule(layers, sparsity);
    if (context.progress.cancelled())
        return cancelled();
    for (std::size_t i = 0; i < masks.size(); ++i) {
        Tensor &tensor = graph[(*weights)[i].tensor];
        tensor.data = masked(tensor, masks[i]);
        context.progress.report("pruning", std::int64_t(i + 1), std::int64_t(masks.size()));
    }
    if (storage == MaskStorage::kept)
        keepMasks(graph, *weights, masks);
    return ModelPtr(pruned);
}

} // namespace espalier
