// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/labelkind.h"

#include <algorithm>

namespace espalier {

LabelKind labelKindFor(const Graph &graph, const Dataset &dataset)
{
    if (graph.inputs.size() != 1 || graph.outputs.size() != 1)
        return dataset.labelKind;
    const std::size_t in = graph[graph.inputs[0]].elements(), out = graph[graph.outputs[0]].elements();
    const bool flags = std::ranges::all_of(dataset.test.labels, [](std::int32_t label) { return label <= 1; });
    return in == out && in > 2 && flags ? LabelKind::anomaly : dataset.labelKind;
}

} // namespace espalier
