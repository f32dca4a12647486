// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/sparsehint.h"
#include "core/kernels/sparseproduct.h"
#include "core/techniques/percent.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/technique.h"
#include "core/techniques/weights.h"
#include "core/techniques/xnnpackrules.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    if (const Result<std::vector<Weights>> weights = floatWeights(model->main(), layerKinds); !weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    auto sparse = std::make_shared<Model>(*inFloat32(model));
    const Graph &graph = sparse->main();
    const double least = settings.real("from");
    int engaged = 0;
    for (const Weights &w : weightsOf(graph)) {
        // Where a mask stands behind the stored weights, the engine multiplies once, before it chooses kernels.
        Operator op = graph.operators[w.op];
        op.inputs[weightLayout(op.kind)->weights] = w.tensor;
        const std::vector<float> all = floatValues(graph[w.tensor]);
        const double zeros = double(std::ranges::count(all, 0.0f)) / double(all.size());
        if (zeros < least)
            continue;
        const bool runs = canRunSparsely(graph, op);
        engaged += runs ? 1 : 0;
        context.notes.push_back(operatorName(graph, op) + (runs ? " runs sparsely: " : " stays dense in spite of ") +
                                percentText(zeros) +
                                (runs ? " zeros" : " zeros: no dense layer or 1×1 convolution of stride 1"));
    }
    context.notes.push_back(xnnpackVerdict(graph));
    context.notes.push_back("boards take sparse kernels of their own wherever these pay, with or without this step; "
                            "forms=dense behind a board's name shows its figures without them");
    if (engaged == 0)
        return unusableInput("no dense layer or 1×1 convolution has at least " + percentText(least) +
                             " zeros: put a pruning step before this one, or lower from");
    setSparseHint(*sparse, least);
    return ModelPtr(sparse);
}

} // namespace

extern const Technique sparseRuntime;
const Technique sparseRuntime = {
    "sparse-runtime",
    "Sparse kernels",
    "Runs pruned dense layers and 1×1 convolutions by their non-zero weights alone on this computer, and tells what "
    "XNNPACK would do; compare the host time with the same recipe without this step.",
    "XNNPACK's sparse inference; Elsen et al., Fast sparse ConvNets (arXiv 1911.09723)",
    TechniqueFamily::pruning,
    TechniqueNeeds::nothing,
    {{"from", "From", "Share of zeros from which a layer runs sparsely.", 0.85, 0, 1}},
    apply,
    [](const ParameterValues &) { return std::string("sparse kernels"); },
    nullptr,
    true,
};

} // namespace espalier
