// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/channelremoval.h"

#include "core/graph/weightlayout.h"
#include "core/techniques/rewrite.h"

#include <algorithm>
#include <map>
#include <optional>

namespace espalier {

namespace {

using Positions = std::vector<std::size_t>;

class Removal
{
public:
    Removal(const Model &model, const ChannelGroups &groups, const std::vector<bool> &removed)
        : m_model(model), m_before(model.main()), m_graph(m_model.main()), m_groups(groups), m_removed(removed)
    {
    }

    Model run()
    {
        for (std::size_t i = 0; i < m_before.tensors.size(); ++i)
            if (const auto kept = keptOf({std::int32_t(i)})) {
                Tensor &tensor = m_graph.tensors[i];
                const std::size_t axis = axisOf({std::int32_t(i)});
                tensor.shape[axis] = std::int32_t(kept->size());
                if (axis < tensor.shapeSignature.size() && tensor.shapeSignature[axis] >= 0)
                    tensor.shapeSignature[axis] = tensor.shape[axis];
            }
        for (std::size_t i = 0; i < m_before.operators.size(); ++i)
            cutOperator(m_before.operators[i], m_graph.operators[i]);
        removeUnusedTensors(m_model);
        return std::move(m_model);
    }

private:
    std::size_t axisOf(TensorId id) const { return std::size_t(m_groups.cut(id).axis); }

    /// The positions that stay, or nothing where all do.
    std::optional<Positions> kept(const std::vector<int> &sets) const
    {
        Positions positions;
        for (std::size_t i = 0; i < sets.size(); ++i)
            if (sets[i] == ChannelGroups::fixed || !m_removed[std::size_t(sets[i])])
                positions.push_back(i);
        return positions.size() == sets.size() ? std::nullopt : std::optional(std::move(positions));
    }
    std::optional<Positions> keptOf(TensorId id) const
    {
        return id.valid() && m_groups.cut(id).axis >= 0 ? kept(m_groups.cut(id).sets) : std::nullopt;
    }

    /// Lets the operator read a copy of its constant that holds these positions of an axis alone.
    void slice(Operator &op, std::size_t input, std::size_t axis, const std::optional<Positions> &positions)
    {
        const TensorId id = op.input(input);
        if (!positions || !id.valid())
            return;
        Tensor cut = m_graph[id];
        std::size_t inner = byteCount(cut.type, 1);
        for (std::size_t d = axis + 1; d < cut.shape.size(); ++d)
            inner *= std::size_t(cut.shape[d]);
        const std::size_t extent = std::size_t(cut.shape[axis]);
        auto bytes = std::make_shared<Bytes>();
        for (std::size_t outer = 0; outer < cut.data->size(); outer += extent * inner)
            for (const std::size_t position : *positions) {
                const auto first = cut.data->begin() + std::ptrdiff_t(outer + position * inner);
                bytes->insert(bytes->end(), first, first + std::ptrdiff_t(inner));
            }
        cut.data = std::move(bytes);
        cut.shape[axis] = std::int32_t(positions->size());
        op.inputs[input] = m_graph.addTensor(std::move(cut));
    }

    /// Lets the operator read other whole numbers in the place of its constant.
    void replace(Operator &op, std::size_t input, const std::vector<std::int32_t> &numbers)
    {
        Tensor changed = m_graph[op.inputs[input]];
        if (changed.type == DType::int64)
            changed.data = sharedBytes(std::vector<std::int64_t>(numbers.begin(), numbers.end()));
        else
            changed.data = sharedBytes(numbers);
        op.inputs[input] = m_graph.addTensor(std::move(changed));
    }
    std::vector<std::int32_t> numbers(TensorId id) const
    {
        const Tensor &tensor = m_before[id];
        std::vector<std::int32_t> all;
        if (tensor.type == DType::int64)
            for (const std::int64_t number : values<std::int64_t>(tensor))
                all.push_back(std::int32_t(number));
        else
            all.assign(values<std::int32_t>(tensor).begin(), values<std::int32_t>(tensor).end());
        return all;
    }

    void cutWeights(const Operator &before, Operator &op);
    void cutFactors(const Operator &before, Operator &op);
    void cutShape(const Operator &before, Operator &op);
    void cutOperator(const Operator &before, Operator &op);

    Model m_model;
    const Graph &m_before;
    Graph &m_graph;
    const ChannelGroups &m_groups;
    const std::vector<bool> &m_removed;
};

void Removal::cutWeights(const Operator &before, Operator &op)
{
    const WeightLayout layout = *weightLayout(before.kind);
    const TensorId out = before.outputs[0], data = before.inputs[layout.data];
    const auto outputs = keptOf(out);
    slice(op, layout.weights, std::size_t(layout.channelAxis), outputs);
    slice(op, layout.bias, 0, outputs);
    if (before.kind == OpKind::fullyConnected) {
        if (const std::vector<int> sets = m_groups.denseInput(before); !sets.empty())
            slice(op, layout.weights, 1, kept(sets));
    } else if (before.kind == OpKind::depthwiseConv2D) {
        // Weights and bias went with the outputs; one input channel has fewer filters now.
        if (outputs && m_before[data].shape[3] == 1)
            std::get<DepthwiseConv2DOptions>(op.options).depthMultiplier = std::int32_t(outputs->size());
    } else {
        slice(op, layout.weights, 3, keptOf(data));
    }
    if (before.kind == OpKind::transposeConv && outputs) {
        std::vector<std::int32_t> shape = numbers(before.inputs[0]);
        shape[3] = std::int32_t(outputs->size());
        replace(op, 0, shape);
    }
}

void Removal::cutFactors(const Operator &before, Operator &op)
{
    const TensorId out = before.outputs[0];
    const auto positions = keptOf(out);
    for (std::size_t i = 0; positions && i < before.inputs.size(); ++i) {
        const Tensor &tensor = m_before[before.inputs[i]];
        const std::size_t rank = m_before[out].shape.size(), own = tensor.shape.size();
        const std::size_t axis = axisOf(out);
        if (tensor.isConstant() && axis + own >= rank && tensor.shape[axis + own - rank] > 1)
            slice(op, i, axis + own - rank, positions);
    }
}

void Removal::cutShape(const Operator &before, Operator &op)
{
    const Tensor &out = m_graph[before.outputs[0]];
    if (out.shape == m_before[before.outputs[0]].shape)
        return;
    const std::size_t axis = axisOf(before.outputs[0]);
    const auto adapt = [&](std::vector<std::int32_t> extents) {
        if (axis < extents.size() && extents[axis] > 0)
            extents[axis] = out.shape[axis];
        return extents;
    };
    if (before.kind == OpKind::reshape) {
        if (before.input(1).valid())
            replace(op, 1, adapt(numbers(before.inputs[1])));
        if (auto *options = std::get_if<ReshapeOptions>(&op.options))
            options->newShape = adapt(options->newShape);
    } else {
        // SLICE's extents and STRIDED_SLICE's ends, of an axis that is taken whole.
        replace(op, 2, adapt(numbers(before.inputs[2])));
    }
}

void Removal::cutOperator(const Operator &before, Operator &op)
{
    switch (before.kind) {
    case OpKind::conv2D:
    case OpKind::depthwiseConv2D:
    case OpKind::fullyConnected:
    case OpKind::transposeConv:
        return cutWeights(before, op);
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::maximum:
    case OpKind::minimum:
    case OpKind::prelu:
        return cutFactors(before, op);
    case OpKind::reshape:
    case OpKind::slice:
    case OpKind::stridedSlice:
        return cutShape(before, op);
    default:
        return;
    }
}

} // namespace

Model withoutChannels(const Model &model, const ChannelGroups &groups, const std::vector<bool> &removed)
{
    return Removal(model, groups, removed).run();
}

} // namespace espalier
