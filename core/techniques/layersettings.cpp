// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/layersettings.h"

#include "core/base/text.h"
#include "core/techniques/weights.h"

#include <algorithm>

namespace espalier {

ParameterSpec eachLayer(ParameterSpec spec)
{
    spec.scope = ParameterScope::either;
    return spec;
}

ParameterSpec skipParameter()
{
    return {.key = "skip",
            .title = "Skip",
            .description = "Whether the layer is left as it is.",
            .defaultValue = false,
            .scope = ParameterScope::layer};
}

ParameterValues settingsOf(const ParameterValues &settings, const Graph &graph, const Operator &op)
{
    return settings.layerSettings().empty() ? settings : settings.forLayer(operatorName(graph, op));
}

bool isSkipped(const ParameterValues &settings, const Graph &graph, const Operator &op)
{
    return !settings.layerSettings().empty() && settingsOf(settings, graph, op).flag("skip");
}

Result<void> checkLayerSettings(const Graph &graph, const ParameterValues &settings)
{
    for (const LayerSetting &setting : settings.layerSettings()) {
        if (std::ranges::any_of(graph.operators,
                                [&](const Operator &op) { return setting.isFor(operatorName(graph, op)); }))
            continue;
        std::vector<std::string> known;
        for (const Weights &w : weightsOf(graph))
            known.push_back(operatorName(graph, graph.operators[w.op]));
        return invalidArgument("the model has no layer '" + setting.layer + "'; those with weights are " +
                               joined(known, ", ") + "." + didYouMean(setting.layer, known));
    }
    return {};
}

} // namespace espalier
