// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/channelgroups.h"

#include "core/base/alignedbuffer.h"
#include "core/graph/weightlayout.h"
#include "core/kernels/kernel.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

namespace espalier {

namespace {

using Cut = ChannelGroups::Cut;

constexpr int blank = -1; ///< in the place of a unit: padding, which goes with what it surrounds

/// Sets of numbers that are joined now and then.
class Joined
{
public:
    int add()
    {
        m_parents.push_back(int(m_parents.size()));
        return int(m_parents.size()) - 1;
    }
    int root(int item) const
    {
        while (m_parents[std::size_t(item)] != item)
            item = m_parents[std::size_t(item)];
        return item;
    }
    /// The smaller root stands for both.
    void join(int a, int b)
    {
        a = root(a);
        b = root(b);
        m_parents[std::size_t(std::max(a, b))] = std::min(a, b);
    }
    int size() const { return int(m_parents.size()); }

private:
    std::vector<int> m_parents;
};

std::size_t innerExtent(const Shape &shape, int axis)
{
    std::size_t inner = 1;
    for (std::size_t d = std::size_t(axis) + 1; d < shape.size(); ++d)
        inner *= std::size_t(shape[d]);
    return inner;
}

/// The unit of every element of a value; 0 is the unit that stays.
std::vector<int> elementUnits(const Shape &shape, const Cut &cut)
{
    std::vector<int> units(elementCount(shape), 0);
    if (cut.axis < 0)
        return units;
    const std::size_t inner = innerExtent(shape, cut.axis);
    for (std::size_t i = 0; i < units.size(); ++i)
        units[i] = cut.sets[i / inner % cut.sets.size()];
    return units;
}

} // namespace

/// One pass over the operators. While it runs the cuts hold units; at the end these become sets.
class ChannelGroups::Walk
{
public:
    Walk(ChannelGroups &groups) : m_groups(groups), m_graph(groups.m_graph)
    {
        m_joined.add(); // unit 0 stays
        m_groups.m_cuts.resize(m_graph.tensors.size());
    }

    void run()
    {
        for (std::size_t i = 0; i < m_graph.operators.size(); ++i)
            follow(i);
        for (const TensorId id : m_graph.outputs)
            fix(id);
        number();
    }

private:
    const Tensor &tensor(TensorId id) const { return m_graph[id]; }
    Cut &cut(TensorId id) { return m_groups.m_cuts[std::size_t(id.index)]; }
    void fix(const std::vector<int> &units)
    {
        for (const int unit : units)
            m_joined.join(unit, 0);
    }
    void fix(TensorId id)
    {
        if (id.valid())
            fix(cut(id).sets);
    }
    void fixInputs(const Operator &op)
    {
        for (const TensorId id : op.inputs)
            fix(id);
    }

    void follow(std::size_t index);
    void followWeights(std::size_t index);
    void followSum(const Operator &op);
    void followMean(const Operator &op);
    void move(const Operator &op);
    bool keepsMeaning(const Operator &op);
    Cut cutOf(const Shape &shape, const std::vector<int> &units);
    std::vector<int> newUnits(std::size_t op, std::size_t count);
    void number();

    ChannelGroups &m_groups;
    const Graph &m_graph;
    Joined m_joined;
};

std::vector<int> ChannelGroups::Walk::newUnits(std::size_t op, std::size_t count)
{
    std::vector<int> units(count);
    std::ranges::generate(units, [&] { return m_joined.add(); });
    m_groups.m_layers.push_back({op, units});
    return units;
}

void ChannelGroups::Walk::followWeights(std::size_t index)
{
    const Operator &op = m_graph.operators[index];
    const WeightLayout layout = *weightLayout(op.kind);
    const TensorId data = op.input(layout.data), weights = op.input(layout.weights), bias = op.input(layout.bias);
    const bool known = data.valid() && weights.valid() && tensor(weights).isConstant() &&
                       tensor(weights).type == DType::float32 && (!bias.valid() || tensor(bias).isConstant()) &&
                       op.outputs.size() == 1 && !tensor(data).shape.empty() && !tensor(op.outputs[0]).shape.empty();
    if (!known)
        return fixInputs(op);
    const Shape &shape = tensor(weights).shape;
    const TensorId out = op.outputs[0];
    const int last = int(tensor(out).shape.size()) - 1;
    const Cut &in = cut(data);
    if (op.kind == OpKind::fullyConnected) {
        if (m_groups.denseInput(op).empty())
            fix(data);
        cut(out) = {last, newUnits(index, std::size_t(shape[0]))};
        return;
    }
    if (in.axis >= 0 && in.axis != 3)
        fix(data);
    const std::size_t channels = std::size_t(tensor(data).shape.back());
    if (op.kind == OpKind::depthwiseConv2D && channels > 1) {
        if (in.axis != 3)
            return;
        Cut &handed = cut(out);
        handed.axis = last;
        const std::size_t multiplier = std::size_t(shape[3]) / channels;
        for (const int unit : in.sets)
            handed.sets.insert(handed.sets.end(), multiplier, unit);
        return;
    }
    // A convolution in groups needs as many channels in each; it keeps all of them.
    const bool grouped = op.kind == OpKind::conv2D && std::size_t(shape[3]) != channels;
    if (grouped)
        return fix(data);
    cut(out) = {last, newUnits(index, std::size_t(shape[std::size_t(layout.channelAxis)]))};
}

/// ADD, SUB, MUL, MAXIMUM, MINIMUM, PRELU: positions that meet are one unit. A constant is cut with what it meets.
void ChannelGroups::Walk::followSum(const Operator &op)
{
    const TensorId out = op.outputs[0];
    const int rank = int(tensor(out).shape.size());
    Cut result;
    for (const TensorId id : op.inputs) {
        const Cut &in = cut(id);
        if (in.axis < 0)
            continue;
        const int axis = in.axis + rank - int(tensor(id).shape.size());
        const bool fits = in.sets.size() == std::size_t(tensor(out).shape[std::size_t(axis)]);
        if (!fits || (result.axis >= 0 && result.axis != axis)) {
            fixInputs(op);
            return;
        }
        if (result.axis < 0)
            result = {axis, in.sets};
        else
            for (std::size_t i = 0; i < in.sets.size(); ++i)
                m_joined.join(result.sets[i], in.sets[i]);
    }
    if (result.axis < 0)
        return;
    for (const TensorId id : op.inputs) {
        const Shape &shape = tensor(id).shape;
        const int axis = result.axis - rank + int(shape.size());
        const bool spread = axis < 0 || shape[std::size_t(axis)] == 1;
        if (!tensor(id).isConstant() && cut(id).axis < 0 && !spread)
            fix(result.sets); // the other side cannot follow
    }
    cut(out) = std::move(result);
}

void ChannelGroups::Walk::followMean(const Operator &op)
{
    const TensorId data = op.inputs[0], axes = op.input(1);
    const Cut &in = cut(data);
    if (in.axis < 0)
        return;
    if (!axes.valid() || !tensor(axes).isConstant() || tensor(axes).type != DType::int32)
        return fix(data);
    const int rank = int(tensor(data).shape.size());
    std::vector<bool> reduced(std::size_t(rank), false);
    for (const std::int32_t axis : values<std::int32_t>(tensor(axes)))
        reduced[std::size_t(axis < 0 ? axis + rank : axis)] = true;
    if (reduced[std::size_t(in.axis)])
        return fix(data);
    const auto *options = std::get_if<ReduceOptions>(&op.options);
    const bool keeps = options && options->keepDims;
    const auto gone = std::count(reduced.begin(), reduced.begin() + in.axis, true);
    cut(op.outputs[0]) = {in.axis - (keeps ? 0 : int(gone)), in.sets};
}

/// The cut of a value whose elements have these units, or `blank` where they are padding: along the last axis on which
/// they differ; what lies side by side on the others becomes one.
Cut ChannelGroups::Walk::cutOf(const Shape &shape, const std::vector<int> &units)
{
    for (int axis = int(shape.size()) - 1; axis >= 0; --axis) {
        const std::size_t inner = innerExtent(shape, axis);
        std::vector<int> firsts(std::size_t(shape[std::size_t(axis)]), blank);
        const auto first = [&](std::size_t i) -> int & { return firsts[i / inner % firsts.size()]; };
        for (std::size_t i = 0; i < units.size(); ++i)
            if (first(i) == blank)
                first(i) = units[i];
        std::ranges::replace(firsts, blank, 0); // padding alone stays
        if (std::ranges::adjacent_find(firsts, std::not_equal_to()) == firsts.end())
            continue;
        for (std::size_t i = 0; i < units.size(); ++i)
            if (units[i] != blank && units[i] != first(i))
                m_joined.join(units[i], first(i));
        return {axis, std::move(firsts)};
    }
    for (const int unit : units)
        if (unit != blank)
            m_joined.join(unit, 0);
    return {};
}

/// Whether an operator that moves values does the same with fewer of them, its constants adapted.
bool ChannelGroups::Walk::keepsMeaning(const Operator &op)
{
    const auto sameExtent = [&](TensorId in, TensorId out) {
        const int axis = cut(in).axis;
        return axis < 0 || (std::size_t(axis) < tensor(out).shape.size() &&
                            tensor(out).shape[std::size_t(axis)] == tensor(in).shape[std::size_t(axis)]);
    };
    switch (op.kind) {
    case OpKind::reshape:
        return !op.input(1).valid() || tensor(op.input(1)).isConstant();
    case OpKind::slice:
    case OpKind::stridedSlice:
        return sameExtent(op.inputs[0], op.outputs[0]) &&
               std::ranges::all_of(op.inputs.begin() + 1, op.inputs.end(),
                                   [&](TensorId id) { return tensor(id).isConstant(); }) &&
               tensor(op.inputs[0]).shape.size() == tensor(op.outputs[0]).shape.size();
    case OpKind::split:
        return sameExtent(op.inputs.back(), op.outputs[0]);
    case OpKind::pack:
    case OpKind::unpack:
        return false;
    default:
        return true;
    }
}

/// Runs the operator on the units of its inputs.
void ChannelGroups::Walk::move(const Operator &op)
{
    const bool any = std::ranges::any_of(op.inputs, [&](TensorId id) { return id.valid() && cut(id).axis >= 0; });
    const bool floats = std::ranges::all_of(op.outputs, [&](TensorId id) { return tensor(id).type == DType::float32; });
    if (!any)
        return;
    if (!floats || !keepsMeaning(op))
        return fixInputs(op);
    // As floats units count from 1, since padding is 0. Constants between the values stay.
    Graph graph = m_graph;
    const bool pads = op.kind == OpKind::padV2;
    for (const TensorId id : op.inputs)
        if (id.valid() && tensor(id).isConstant() && tensor(id).type == DType::float32)
            graph[id].data = sharedBytes(std::vector<float>(tensor(id).elements(), pads ? 0.0f : 1.0f));
    const KernelKind *kind = kernelKind(op.kind);
    const auto kernel = kind ? kind->make(graph, op) : Result<std::unique_ptr<const Kernel>>(failed("none"));
    if (!kernel || m_joined.size() >= 1 << 24)
        return fixInputs(op);

    std::vector<AlignedBuffer> buffers;
    std::vector<const std::byte *> inputs;
    std::vector<std::byte *> outputs;
    for (const TensorId id : op.inputs) {
        if (!id.valid() || tensor(id).isConstant()) {
            inputs.push_back(id.valid() ? reinterpret_cast<const std::byte *>(graph[id].data->data()) : nullptr);
            continue;
        }
        const std::vector<int> units = elementUnits(tensor(id).shape, cut(id));
        buffers.emplace_back(units.size() * sizeof(float));
        std::ranges::transform(units, reinterpret_cast<float *>(buffers.back().data()),
                               [](int unit) { return float(unit + 1); });
        inputs.push_back(buffers.back().data());
    }
    for (const TensorId id : op.outputs)
        outputs.push_back(buffers.emplace_back(tensor(id).elements() * sizeof(float)).data());
    const AlignedBuffer scratch((*kernel)->scratchBytes(1));
    (*kernel)->run({inputs, outputs, scratch.data(), 1});
    for (std::size_t i = 0; i < op.outputs.size(); ++i) {
        const auto *first = reinterpret_cast<const float *>(outputs[i]);
        const Shape &shape = tensor(op.outputs[i]).shape;
        std::vector<int> units(first, first + elementCount(shape));
        for (int &unit : units)
            --unit;
        cut(op.outputs[i]) = cutOf(shape, units);
    }
}

void ChannelGroups::Walk::follow(std::size_t index)
{
    const Operator &op = m_graph.operators[index];
    if (op.inputs.empty() || op.outputs.empty())
        return fixInputs(op);
    switch (op.kind) {
    case OpKind::conv2D:
    case OpKind::depthwiseConv2D:
    case OpKind::fullyConnected:
    case OpKind::transposeConv:
        return followWeights(index);
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::maximum:
    case OpKind::minimum:
    case OpKind::prelu:
        return followSum(op);
    case OpKind::relu:
    case OpKind::relu6:
    case OpKind::leakyRelu:
    case OpKind::hardSwish:
    case OpKind::logistic:
    case OpKind::tanh:
        cut(op.outputs[0]) = cut(op.inputs[0]);
        return;
    case OpKind::averagePool2D:
    case OpKind::maxPool2D:
    case OpKind::resizeBilinear:
    case OpKind::resizeNearestNeighbor:
        if (cut(op.inputs[0]).axis == 3)
            cut(op.outputs[0]) = cut(op.inputs[0]);
        else
            fix(op.inputs[0]);
        return;
    case OpKind::mean:
        return followMean(op);
    case OpKind::concatenation:
    case OpKind::reshape:
    case OpKind::squeeze:
    case OpKind::expandDims:
    case OpKind::transpose:
    case OpKind::pad:
    case OpKind::padV2:
    case OpKind::slice:
    case OpKind::stridedSlice:
    case OpKind::split:
    case OpKind::pack:
    case OpKind::unpack:
        return move(op);
    default:
        return fixInputs(op);
    }
}

/// Turns units into sets, sets into classes and classes into families.
void ChannelGroups::Walk::number()
{
    // A value of which nothing differs, or all would go, cannot be cut.
    for (Cut &cut : m_groups.m_cuts)
        if (cut.axis >= 0 &&
            std::ranges::all_of(cut.sets, [&](int unit) { return m_joined.root(unit) == m_joined.root(cut.sets[0]); }))
            fix(cut.sets);
    std::map<int, int> numbers;
    const auto setOf = [&](int unit) {
        const int root = m_joined.root(unit);
        return root == 0 ? fixed : numbers.try_emplace(root, int(numbers.size())).first->second;
    };
    for (Layer &layer : m_groups.m_layers)
        std::ranges::transform(layer.sets, layer.sets.begin(), setOf);
    for (Cut &cut : m_groups.m_cuts) {
        std::ranges::transform(cut.sets, cut.sets.begin(), setOf);
        if (std::ranges::all_of(cut.sets, [](int set) { return set == fixed; }))
            cut = {};
    }
    std::erase_if(m_groups.m_layers, [](const Layer &layer) {
        return std::ranges::all_of(layer.sets, [](int set) { return set == fixed; });
    });
    m_groups.m_setCount = int(numbers.size());

    const auto joinedBy = [&](const auto &rows, const auto &itemsOf, int count) {
        Joined joined;
        for (int i = 0; i < count; ++i)
            joined.add();
        for (const auto &row : rows) {
            int first = fixed;
            for (const int item : itemsOf(row)) {
                if (item != fixed && first != fixed)
                    joined.join(first, item);
                first = first == fixed ? item : first;
            }
        }
        return joined;
    };
    const auto numbered = [](const Joined &joined, int &count) {
        std::vector<int> result(std::size_t(joined.size()));
        std::map<int, int> known;
        for (int i = 0; i < joined.size(); ++i)
            result[std::size_t(i)] = known.try_emplace(joined.root(i), int(known.size())).first->second;
        count = int(known.size());
        return result;
    };
    const auto layerSets = [](const Layer &layer) { return layer.sets; };
    m_groups.m_classes = numbered(joinedBy(m_groups.m_layers, layerSets, m_groups.m_setCount), m_groups.m_classCount);
    const auto cutClasses = [&](const Cut &cut) {
        std::vector<int> classes;
        for (const int set : cut.sets)
            classes.push_back(set == fixed ? fixed : m_groups.m_classes[std::size_t(set)]);
        return classes;
    };
    int families = 0;
    m_groups.m_families = numbered(joinedBy(m_groups.m_cuts, cutClasses, m_groups.m_classCount), families);
}

ChannelGroups::ChannelGroups(const Graph &graph) : m_graph(graph)
{
    Walk(*this).run();
}

std::vector<int> ChannelGroups::denseInput(const Operator &op) const
{
    const Tensor &data = m_graph[op.inputs[0]], &weights = m_graph[op.inputs[1]];
    const Cut &in = cut(op.inputs[0]);
    if (in.axis < 0)
        return {};
    const std::vector<int> units = elementUnits(data.shape, in);
    const std::size_t inputs = std::size_t(weights.shape[1]);
    for (std::size_t i = inputs; i < units.size(); ++i)
        if (units[i] != units[i - inputs])
            return {}; // cut across the rows
    return {units.begin(), units.begin() + std::ptrdiff_t(inputs)};
}

} // namespace espalier
