// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"

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

} // namespace

ParameterSpec scopeParameter()
{
    return {.key = "scope",
            .title = "Scope",
            .description = "Whether each layer reaches the sparsity by itself, or all layers together.",
            .defaultValue = std::string("layer"),
            .choices = {"layer", "global"}};
}

Result<ModelPtr> applyMasks(const ModelPtr &model, std::span<const OpKind> kinds, const std::string &scope,
                            const MaskMaker &maker, TechniqueContext &context)
{
    const Result<std::vector<Weights>> weights = floatWeights(model->main(), kinds);
    if (!weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    noteIntegerLayers(model->main(), kinds, context);

    auto pruned = std::make_shared<Model>(*model);
    Graph &graph = pruned->main();
    if (scope == "global") {
        std::vector<float> all;
        for (const Weights &w : *weights) {
            const std::vector<float> layer = floatValues(graph[w.tensor]);
            all.insert(all.end(), layer.begin(), layer.end());
        }
        const Mask mask = maker(all, 0);
        auto first = mask.begin();
        for (const Weights &w : *weights) {
            Tensor &tensor = graph[w.tensor];
            const auto last = first + std::ptrdiff_t(tensor.elements());
            tensor.data = masked(tensor, Mask(first, last));
            first = last;
        }
        return ModelPtr(pruned);
    }
    for (std::size_t i = 0; i < weights->size(); ++i) {
        if (context.progress.cancelled())
            return cancelled();
        Tensor &tensor = graph[(*weights)[i].tensor];
        tensor.data = masked(tensor, maker(floatValues(tensor), i));
        context.progress.report("pruning", std::int64_t(i + 1), std::int64_t(weights->size()));
    }
    return ModelPtr(pruned);
}

} // namespace espalier
