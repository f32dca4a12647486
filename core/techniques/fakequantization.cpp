// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/fakequantization.h"

#include "core/kernels/vectorize.h"
#include "core/techniques/nearestinteger.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

/// Values rounded to whole steps within [low, high]; what is not a number stays so, so that the loss shows it. In the
/// same pass the extremes of what comes, of each lane, which passes over what is no number.
constexpr std::size_t lanes = 32;
struct LaneExtremes
{
    float low[lanes], high[lanes];
};

inline float roundedToSteps(float value, float step, float low, float high)
{
    const float steps = value / step;
    const float capped = steps < high ? steps : high;
    const float within = capped > low ? capped : low;
    return float(nearestInteger(within)) * step + (steps != steps ? steps : 0.0f);
}

ESPALIER_VECTORIZE void roundToSteps(const float *values, std::size_t count, float step, float low, float high,
                                     float *rounded, LaneExtremes &extremes)
{
    LaneExtremes own = extremes; // in registers
    const std::size_t whole = count / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes) {
        ESPALIER_INDEPENDENT
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float value = values[i + lane];
            own.low[lane] = value < own.low[lane] ? value : own.low[lane];
            own.high[lane] = value > own.high[lane] ? value : own.high[lane];
            rounded[i + lane] = roundedToSteps(value, step, low, high);
        }
    }
    for (std::size_t i = whole; i < count; ++i) {
        const float value = values[i];
        own.low[i - whole] = value < own.low[i - whole] ? value : own.low[i - whole];
        own.high[i - whole] = value > own.high[i - whole] ? value : own.high[i - whole];
        rounded[i] = roundedToSteps(value, step, low, high);
    }
    extremes = own;
}

ESPALIER_VECTORIZE void passWithin(const float *values, std::size_t count, float low, float high, float *gradient)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        gradient[i] = values[i] < low || values[i] > high ? 0.0f : gradient[i];
}

/// Whether an operator's output holds values of its data input, and zeros, alone: these are whole steps already where
/// both have the same parameters, and rounding them again would change nothing.
bool onlyMoves(const Operator &op)
{
    using enum OpKind;
    constexpr OpKind moving[] = {maxPool2D,    reshape,   squeeze, expandDims, slice,
                                 stridedSlice, transpose, pad,     split,      unpack};
    if (const auto *pool = std::get_if<Pool2DOptions>(&op.options))
        return op.kind == maxPool2D && (pool->activation == Activation::none || pool->activation == Activation::relu);
    return std::ranges::find(moving, op.kind) != std::end(moving);
}

} // namespace

void FakeQuantizedWeights::forward(std::span<const float> kept, std::span<float> used) const
{
    m_scales = roundWeights(kept, m_slices, m_bits, used);
    spreadOverByte(m_scales, m_bits);
}

void FakeQuantizedBias::forward(std::span<const float> kept, std::span<float> used) const
{
    std::vector<float> scales = m_weights->scales();
    if (m_inputScale == 0 || scales.empty())
        return std::ranges::copy(kept, used.begin()), void();
    replaceZeroScales(scales);
    const std::vector<std::int32_t> stored = quantizedBias(kept, m_inputScale, scales);
    for (std::size_t i = 0; i < kept.size(); ++i)
        used[i] = float(stored[i]) * (m_inputScale * scales[scales.size() == 1 ? 0 : i]);
}

/// What came, before it was rounded.
Extremes FakeQuantizedActivation::rounded(std::span<const float> kept, std::span<float> used) const
{
    Extremes own;
    if (m_parameters.scale == 0) {
        std::ranges::copy(kept, used.begin());
        own = extremesOf(kept);
    } else {
        LaneExtremes perLane;
        std::ranges::fill(perLane.low, own.minimum);
        std::ranges::fill(perLane.high, own.maximum);
        const auto zero = float(m_parameters.zeroPoint);
        roundToSteps(kept.data(), kept.size(), m_parameters.scale, -128.0f - zero, 127.0f - zero, used.data(), perLane);
        own.minimum = *std::ranges::min_element(perLane.low);
        own.maximum = *std::ranges::max_element(perLane.high);
    }
    return own;
}

void FakeQuantizedActivation::forward(std::span<const float> kept, std::span<float> used) const
{
    const Extremes own = rounded(kept, used);
    const std::lock_guard lock(m_mutex);
    m_extremes.include(own);
}

void FakeQuantizedActivation::backward(std::span<const float> kept, std::span<const float>,
                                       std::span<float> gradient) const
{
    if (m_parameters.scale == 0)
        return;
    const float low = (-128.0f - float(m_parameters.zeroPoint)) * m_parameters.scale;
    const float high = (127.0f - float(m_parameters.zeroPoint)) * m_parameters.scale;
    passWithin(kept.data(), kept.size(), low, high, gradient.data());
}

Extremes FakeQuantizedActivation::takeExtremes()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_extremes, {});
}

FakeQuantization::FakeQuantization(const Graph &graph, std::vector<ActivationRange> ranges, IntegerPlan plan,
                                   double decay, int activationBits)
    : m_ranges(std::move(ranges)), m_plan(std::move(plan)), m_decay(decay),
      m_activationBits(bitsOfActivations(graph, activationBits))
{
    std::vector<bool> isKnown;
    for (const ActivationRange &range : m_ranges)
        isKnown.push_back(range.seen);
    m_ties = activationTies(graph, isKnown, [this](const Operator &op) { return m_plan.of(op).staysFloat; });
    const Operator &last = graph.operators.back();
    std::vector<bool> isMoved(graph.tensors.size());
    for (const Operator &op : graph.operators) {
        if (!onlyMoves(op) || !whyNotInteger(graph, op).empty())
            continue;
        const TensorId data = op.inputs[dataInputs(*integerOperator(op.kind), op).front()];
        for (const TensorId out : op.outputs) // tied where the operator does not stay float
            isMoved[std::size_t(out.index)] =
                m_ties[std::size_t(out.index)].from == m_ties[std::size_t(data.index)].from;
    }
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        const TensorId id{std::int32_t(i)};
        // The probabilities at the end are rounded to 1/256: the loss would see zeros.
        const bool isLoss = last.kind == OpKind::softmax && !last.outputs.empty() && last.outputs[0] == id;
        if (m_ties[i].isInteger && !isMoved[i] && !graph[id].isConstant() && !isLoss)
            m_activations.push_back({id, std::make_shared<FakeQuantizedActivation>()});
    }
    for (const Weights &weights : weightsOf(graph)) {
        const IntegerLayer layer = m_plan.of(graph.operators[weights.op]);
        if (layer.staysFloat || !whyNotInteger(graph, graph.operators[weights.op]).empty())
            continue;
        const ChannelSlices slices =
            integerWeightSlices(graph[weights.tensor].shape, weights.kind, weights.channelAxis, layer.perChannel);
        const auto rounded = std::make_shared<FakeQuantizedWeights>(slices, layer.weightBits);
        m_weights.emplace_back(weights.tensor, rounded);
        const Operator &op = graph.operators[weights.op];
        const WeightLayout layout = *weightLayout(op.kind);
        const TensorId bias = op.input(layout.bias);
        if (bias.valid() && std::ranges::find(m_biases, bias, &Bias::tensor) == m_biases.end())
            m_biases.push_back({bias, op.inputs[layout.data], std::make_shared<FakeQuantizedBias>(rounded)});
    }
    apply();
}

ValueTransforms FakeQuantization::transforms() const
{
    ValueTransforms all = m_weights;
    for (const Bias &bias : m_biases)
        all.emplace_back(bias.tensor, bias.transform);
    for (const Activation &activation : m_activations)
        all.emplace_back(activation.tensor, activation.transform);
    return all;
}

void FakeQuantization::update()
{
    const auto decay = float(m_decay);
    for (const Activation &activation : m_activations) {
        ActivationRange &range = m_ranges[std::size_t(activation.tensor.index)];
        const Extremes now = activation.transform->takeExtremes();
        if (!std::isfinite(now.minimum) || !std::isfinite(now.maximum))
            continue; // a training that diverges says so itself
        range.minimum += (1 - decay) * (std::min(now.minimum, 0.0f) - range.minimum);
        range.maximum += (1 - decay) * (std::max(now.maximum, 0.0f) - range.maximum);
    }
    apply();
}

IntegerPlan FakeQuantization::plan() const
{
    IntegerPlan plan = m_plan;
    plan.activations.clear();
    for (std::size_t i = 0; i < m_ranges.size(); ++i)
        plan.activations.push_back(m_ranges[i].seen ? std::optional(parametersOf(m_ranges[i], m_activationBits[i]))
                                                    : std::nullopt);
    return plan;
}

AffineParameters FakeQuantization::parametersOfTensor(TensorId tensor) const
{
    const ActivationTie &tie = m_ties[std::size_t(tensor.index)];
    const auto from = std::size_t(tie.from);
    return tie.fixed ? *tie.fixed : parametersOf(m_ranges[from], m_activationBits[from]);
}

void FakeQuantization::apply()
{
    for (const Activation &activation : m_activations)
        activation.transform->setParameters(parametersOfTensor(activation.tensor));
    for (const Bias &bias : m_biases)
        bias.transform->setInputScale(parametersOfTensor(bias.input).scale);
}

} // namespace espalier
