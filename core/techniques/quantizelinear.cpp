// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/technique.h"
#include "core/techniques/valuegrids.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <map>

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};

std::vector<float> onGrid(std::span<const float> values, const ParameterValues &settings)
{
    const std::string &method = settings.text("method");
    const int bits = int(settings.integer("param_bits"));
    if (method == "linear")
        return onLinearGrid(values, bits, settings.real("overflow_rate"));
    if (method == "minmax")
        return onExtremesGrid(values, bits);
    return method == "log" ? onLogGrid(values, bits) : onTanhGrid(values, bits);
}

/// Weights and biases of the layers that are meant, with the settings that hold for them.
std::map<TensorId, ParameterValues> parametersOf(const Graph &graph, std::span<const std::string> layers,
                                                 const ParameterValues &settings)
{
    std::map<TensorId, ParameterValues> found;
    for (const Operator &op : graph.operators) {
        const std::optional<WeightLayout> layout = weightLayout(op.kind);
        if (!layout || !isMeant(graph, op, layers) || isSkipped(settings, graph, op))
            continue;
        for (const TensorId id : {op.input(layout->weights), op.input(layout->bias)})
            if (id.valid() && graph[id].isConstant() && graph[id].type == DType::float32)
                found.emplace(id, settingsOf(settings, graph, op));
    }
    return found;
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    auto result = std::make_shared<Model>(withFloat32Constants(*model));
    Graph &graph = result->main();
    if (const auto weights = floatWeights(graph, layerKinds); !weights)
        return weights.error();
    const Result<std::vector<std::string>> layers = layerNames(graph, settings.text("layers"));
    if (!layers)
        return layers.error();
    for (const auto &[id, own] : parametersOf(graph, *layers, settings)) {
        if (context.progress.cancelled())
            return cancelled();
        graph[id].data = sharedBytes(onGrid(values<float>(graph[id]), own));
    }
    return ModelPtr(result);
}

} // namespace

extern const Technique quantizeLinear;
const Technique quantizeLinear = {
    "quantize-linear",
    "Simulated few-bit weights",
    "Moves each layer's weights and biases to a grid of a few bits and keeps them as float32: what the accuracy would "
    "be, and a file that zips smaller, but neither a smaller file nor a faster run.",
    "PyTorch-playground, utee/quant.py",
    TechniqueFamily::quantization,
    TechniqueNeeds::nothing,
    {{.key = "method",
      .title = "Grid",
      .description = "Equal steps that are a power of two, equal steps between the extremes, or steps that grow with "
                     "the magnitude (log) or towards both ends (tanh).",
      .defaultValue = std::string("linear"),
      .choices = {"linear", "minmax", "log", "tanh"}},
     {.key = "param_bits",
      .title = "Bits",
      .description = "Bits of a weight or bias.",
      .defaultValue = std::int64_t(8),
      .minimum = 2,
      .maximum = 16,
      .scope = ParameterScope::either},
     {.key = "overflow_rate",
      .title = "Overflow",
      .description = "Share of the largest values of a tensor that may be clipped, with method=linear.",
      .defaultValue = 0.0,
      .minimum = 0,
      .maximum = 0.5},
     layersParameter(),
     skipParameter()},
    apply,
    [](const ParameterValues &settings) {
        return settings.text("method") + " grid, " + std::to_string(settings.integer("param_bits")) + " bits";
    },
};

} // namespace espalier
