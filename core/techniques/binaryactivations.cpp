// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/binaryactivations.h"

#include "core/graph/weightlayout.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/rewrite.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

constexpr float high = 6;    // the larger of the two values
constexpr float weight = 4;  // of binary layers: half a sum, weight * high / 2, is twice what fills the ReLU6
constexpr float steps = 255; // of int8

bool passesOn(OpKind kind)
{
    return kind == OpKind::maxPool2D || kind == OpKind::reshape || kind == OpKind::squeeze ||
           kind == OpKind::expandDims || kind == OpKind::pad;
}

bool leavesSteps(Activation activation)
{
    return activation == Activation::none || activation == Activation::relu || activation == Activation::relu6;
}

/// Which operators multiply a value by weights that they have for themselves, and which values only such read in the
/// end.
struct Readers
{
    std::vector<bool> isLayer;   ///< of each operator
    std::vector<bool> isForThem; ///< of each tensor
};

Readers readersOf(const Graph &graph)
{
    const std::vector<int> uses = useCounts(graph);
    const auto isOwn = [&](TensorId id) {
        return graph[id].isConstant() && graph[id].type == DType::float32 && uses[std::size_t(id.index)] == 1;
    };
    Readers readers{std::vector<bool>(graph.operators.size()), std::vector<bool>(graph.tensors.size())};
    std::vector<bool> isForOthers(graph.tensors.size());
    for (const TensorId id : graph.outputs)
        isForOthers[std::size_t(id.index)] = true;
    // Backwards, so that what reads an operator's output is known before the operator.
    for (std::size_t i = graph.operators.size(); i-- > 0;) {
        Operator op = graph.operators[i];
        const std::optional<WeightLayout> layout = weightLayout(op.kind);
        readers.isLayer[i] = layout && isOwn(op.inputs[layout->weights]) &&
                             (!op.input(layout->bias).valid() || isOwn(op.input(layout->bias)));
        const Activation *const activation = fusedActivation(op);
        const bool hands = passesOn(op.kind) && (!activation || leavesSteps(*activation)) &&
                           readers.isForThem[std::size_t(op.outputs[0].index)];
        for (std::size_t k = 0; k < op.inputs.size(); ++k) {
            if (!op.inputs[k].valid())
                continue;
            const auto value = std::size_t(op.inputs[k].index);
            const bool isData = readers.isLayer[i] ? k == layout->data : k == 0 && hands;
            isForOthers[value] = isForOthers[value] || !isData;
            readers.isForThem[value] = !isForOthers[value];
        }
    }
    return readers;
}

std::vector<float> copyOf(const Tensor &tensor)
{
    const std::span<const float> all = values<float>(tensor);
    return {all.begin(), all.end()};
}

/// One layer of the network, changed in place.
class StepLayer
{
public:
    StepLayer(Graph &graph, const Operator &op) : m_graph(graph), m_op(op), m_layout(*weightLayout(op.kind))
    {
        m_weights = copyOf(graph[op.inputs[m_layout.weights]]);
        m_slices = channelSlices(graph[op.inputs[m_layout.weights]].shape, m_layout.channelAxis);
        if (op.input(m_layout.bias).valid())
            m_bias = copyOf(graph[op.input(m_layout.bias)]);
    }

    void divideWeights()
    {
        for (float &w : m_weights)
            w /= high;
    }

    /// Weights are signs times a scale, inputs 0 or 1.
    void placeBetweenSums()
    {
        const std::vector<float> scales = largestMagnitudes(m_weights, m_slices);
        const double most = double(m_weights.size()) / double(m_slices.slices);
        for (std::size_t i = 0; i < m_weights.size(); ++i)
            m_weights[i] = scales[m_slices.of(i)] == 0 ? 0.0f : std::copysign(weight, m_weights[i]);
        for (std::size_t c = 0; c < m_bias.size(); ++c) {
            // A sum of signs above this becomes positive.
            const double least = scales[c] == 0 ? (m_bias[c] > 0 ? -1.0 : 0.0) : std::floor(-m_bias[c] / scales[c]);
            m_bias[c] = float(-double(weight) * double(high) * (std::clamp(least, -most - 1, most) + 0.5));
        }
    }

    /// Until a step of the int8 form is a little more than the whole of the ReLU6, but takes no further bit.
    void enlarge(float inputRange)
    {
        const ChannelSlices own =
            integerWeightSlices(m_graph[m_op.inputs[m_layout.weights]].shape, m_op.kind, m_layout.channelAxis, true);
        const std::vector<float> largest = largestMagnitudes(m_weights, own);
        const auto factor = [&](std::size_t slice) {
            const float step = inputRange / steps * largest[own.slices > 1 ? slice : 0] / 127;
            const float wanted = high * 1.003f / step;
            return std::isfinite(wanted) ? wanted : 1.0f;
        };
        for (std::size_t i = 0; i < m_weights.size(); ++i)
            m_weights[i] *= factor(own.of(i));
        for (std::size_t c = 0; c < m_bias.size(); ++c)
            m_bias[c] *= factor(c);
    }

    void store()
    {
        m_graph[m_op.inputs[m_layout.weights]].data = sharedBytes(m_weights);
        if (!m_bias.empty())
            m_graph[m_op.inputs[m_layout.bias]].data = sharedBytes(m_bias);
    }

private:
    Graph &m_graph;
    const Operator &m_op;
    WeightLayout m_layout;
    ChannelSlices m_slices;
    std::vector<float> m_weights, m_bias;
};

} // namespace

std::vector<std::size_t> layersWithBinaryOutput(const Graph &graph, const LayerChoice &isChosen)
{
    const Readers readers = readersOf(graph);
    std::vector<std::size_t> layers;
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        if (!readers.isLayer[i] || !readers.isForThem[std::size_t(graph.operators[i].outputs[0].index)])
            continue;
        Operator op = graph.operators[i];
        const Activation *const activation = fusedActivation(op);
        if (activation && leavesSteps(*activation) && isChosen(op))
            layers.push_back(i);
    }
    return layers;
}

void UnitStep::forward(std::span<const float> kept, std::span<float> used) const
{
    for (std::size_t i = 0; i < kept.size(); ++i)
        used[i] = kept[i] > 0 ? 1.0f : 0.0f;
}

void UnitStep::backward(std::span<const float> kept, std::span<const float>, std::span<float> gradient) const
{
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (std::abs(kept[i]) > 1)
            gradient[i] = 0;
}

Model withRelu6Steps(const Model &trained, const std::vector<std::size_t> &layers,
                     const std::set<std::size_t> &binaryWeights, const std::function<float(TensorId)> &rangeOf)
{
    Model result = trained;
    Graph &graph = result.main();
    std::set<TensorId> binary; // values of 0 and 6
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        Operator &op = graph.operators[i];
        const bool isStep = std::ranges::count(layers, i) > 0;
        if (const std::optional<WeightLayout> layout = weightLayout(op.kind)) {
            const TensorId input = op.inputs[layout->data];
            const bool isBinary = binary.contains(input);
            StepLayer layer(graph, op);
            if (isStep && isBinary && binaryWeights.contains(i)) {
                layer.placeBetweenSums();
            } else {
                if (isBinary)
                    layer.divideWeights();
                if (isStep)
                    layer.enlarge(isBinary ? high : rangeOf(input));
            }
            layer.store();
        }
        if (isStep)
            *fusedActivation(op) = Activation::relu6;
        if (isStep || (passesOn(op.kind) && binary.contains(op.inputs[0])))
            binary.insert(op.outputs[0]);
    }
    return result;
}

} // namespace espalier
