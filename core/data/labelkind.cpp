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
    const bool classifies = std::ranges::any_of(graph.operators, [&](const Operator &op) {
        return op.kind == OpKind::softmax && !op.outputs.empty() && op.outputs[0] == graph.outputs[0];
    });
    if (in != out || in <= 2 || classifies)
        return dataset.labelKind;
    std::size_t classes = dataset.classes;
    bool areFlags = true;
    const Samples &labelled = dataset.test.labels.empty() ? dataset.train : dataset.test;
    for (const std::int32_t label : labelled.labels) {
        areFlags = areFlags && label <= 1;
        classes = std::max(classes, std::size_t(std::max(label, 0)) + 1);
    }
    if (areFlags)
        return LabelKind::anomaly;
    return out > classes ? LabelKind::unrelated : dataset.labelKind;
}

} // namespace espalier
