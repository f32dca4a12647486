// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/deadchannels.h"

#include "device/plan/lowering/support.h"

#include <espalier/fixedpoint.h>

#include <algorithm>
#include <optional>

namespace espalier::device {

namespace {

using Constants = std::vector<std::optional<std::int32_t>>; // of each channel: the value it always has

class DeadChannels
{
public:
    explicit DeadChannels(const Graph &graph)
        : m_graph(graph), m_result(graph), m_constants(graph.tensors.size()), m_removed(graph.tensors.size())
    {
    }

    Graph remove()
    {
        for (const Operator &op : m_graph.operators)
            findConstants(op);
        if (std::ranges::all_of(m_constants, [](const Constants &c) { return c.empty(); }))
            return m_graph;
        decide();
        for (std::size_t i = 0; i < m_graph.operators.size(); ++i)
            rewrite(m_graph.operators[i], m_result.operators[i]);
        for (std::size_t i = 0; i < m_removed.size(); ++i)
            m_result.tensors[i].shape = shapeWithout(m_graph.tensors[i].shape, m_removed[i]);
        return std::move(m_result);
    }

private:
    // With what bias the host runs a layer of this type; int8 and int16 are the types of the activations.
    static bool mayBeBias(DType type, std::int64_t bias)
    {
        constexpr std::int64_t wide = std::int64_t(1) << 46;
        return type == DType::int16 ? bias > -wide && bias < wide : bias == std::int32_t(bias);
    }
    static DType biasType(DType type) { return type == DType::int16 ? DType::int64 : DType::int32; }
    static bool isKnown(DType type) { return type == DType::int8 || type == DType::int16; }

    // Int8 or int16 through and through, int8 weights without a zero point.
    bool isLayer(const Operator &op) const
    {
        if ((op.kind != OpKind::conv2D && op.kind != OpKind::depthwiseConv2D) || op.inputs.size() < 2)
            return false;
        const Tensor &input = m_graph[op.inputs[0]], &filter = m_graph[op.inputs[1]], &out = m_graph[op.outputs[0]];
        const bool hasBias = op.input(2).valid();
        return isKnown(input.type) && out.type == input.type && filter.type == DType::int8 && filter.isConstant() &&
               !input.isConstant() && !input.isVariable && !out.isVariable &&
               std::ranges::all_of(filter.quantization.zeroPoint, [](std::int64_t zero) { return zero == 0; }) &&
               (!hasBias || (m_graph[op.input(2)].isConstant() && m_graph[op.input(2)].type == biasType(input.type))) &&
               (op.kind == OpKind::conv2D || out.shape[3] == input.shape[3]);
    }
    bool isPool(const Operator &op) const
    {
        return (op.kind == OpKind::averagePool2D || op.kind == OpKind::maxPool2D) &&
               isKnown(m_graph[op.inputs[0]].type) && op.as<Pool2DOptions>().activation == Activation::none &&
               m_graph[op.inputs[0]].quantization == m_graph[op.outputs[0]].quantization;
    }
    Activation activationOf(const Operator &op) const
    {
        return op.kind == OpKind::conv2D ? op.as<Conv2DOptions>().activation
                                         : op.as<DepthwiseConv2DOptions>().activation;
    }
    // Whether a window may see what is not in the image.
    bool mayPad(const Operator &op) const
    {
        const Shape &filter = m_graph[op.inputs[1]].shape;
        const Padding padding =
            op.kind == OpKind::conv2D ? op.as<Conv2DOptions>().padding : op.as<DepthwiseConv2DOptions>().padding;
        return padding == Padding::same && (filter[1] > 1 || filter[2] > 1);
    }
    std::int64_t biasOf(const Operator &op, std::size_t channel) const
    {
        if (!op.input(2).valid())
            return 0;
        const Tensor &bias = m_graph[op.input(2)];
        return bias.type == DType::int64 ? values<std::int64_t>(bias)[channel] : values<std::int32_t>(bias)[channel];
    }

    // What the layer makes of a sum that is always the same.
    std::int32_t result(const Operator &op, std::size_t channel, std::int64_t sum) const
    {
        const Tensor &out = m_graph[op.outputs[0]];
        const auto multipliers = multipliersOf(m_graph[op.inputs[0]], m_graph[op.inputs[1]], out, false);
        const rt::QuantizedMultiplier scale = multipliers[multipliers.size() > 1 ? channel : 0];
        const QuantizedRange range = activationRange(activationOf(op), out);
        if (out.type == DType::int16)
            return rt::clamp(rt::multiplyByQuantizedMultiplier64(sum, scale.multiplier, scale.shift), range.low,
                             range.high);
        return rt::clamp(rt::wrappingAdd(rt::multiplyByQuantizedMultiplier(std::int32_t(sum), scale), zeroPoint(out)),
                         range.low, range.high);
    }

    void findConstants(const Operator &op)
    {
        if (isPool(op)) {
            m_constants[std::size_t(op.outputs[0].index)] = m_constants[std::size_t(op.inputs[0].index)];
            return;
        }
        if (!isLayer(op))
            return;
        const Tensor &input = m_graph[op.inputs[0]], &filter = m_graph[op.inputs[1]];
        const auto weights = values<std::int8_t>(filter);
        const auto channels = std::size_t(m_graph[op.outputs[0]].shape[3]);
        const std::size_t taps = weights.size() / channels;
        Constants found(channels);
        for (std::size_t c = 0; c < channels; ++c) {
            const bool isDepthwise = op.kind == OpKind::depthwiseConv2D;
            const auto weight = [&](std::size_t tap) {
                return std::int64_t(isDepthwise ? weights[tap * channels + c] : weights[c * taps + tap]);
            };
            std::int64_t sum = biasOf(op, c), magnitude = 0, total = 0;
            for (std::size_t tap = 0; tap < taps; ++tap) {
                magnitude += std::abs(weight(tap));
                total += weight(tap);
            }
            if (magnitude != 0) {
                const Constants &given = m_constants[std::size_t(op.inputs[0].index)];
                if (!isDepthwise || given.empty() || !given[c] || (mayPad(op) && *given[c] != zeroPoint(input)))
                    continue;
                sum += (*given[c] - zeroPoint(input)) * total;
            }
            if (mayBeBias(input.type, sum))
                found[c] = result(op, c, sum);
        }
        if (std::ranges::any_of(found, [](const auto &value) { return value.has_value(); }))
            m_constants[std::size_t(op.outputs[0].index)] = std::move(found);
    }

    // From the last operator to the first: a channel goes where all that read it can do without it.
    void decide()
    {
        for (std::size_t t = 0; t < m_graph.tensors.size(); ++t) {
            for (const auto &value : m_constants[t])
                m_removed[t].push_back(value.has_value());
        }
        const auto keep = [&](TensorId id) { m_removed[std::size_t(id.index)].clear(); };
        for (const TensorId id : m_graph.outputs)
            keep(id);
        for (auto op = m_graph.operators.rbegin(); op != m_graph.operators.rend(); ++op) {
            const bool passes = isPool(*op) || (isLayer(*op) && op->kind == OpKind::depthwiseConv2D);
            for (std::size_t i = 0; i < op->inputs.size(); ++i) {
                if (!op->inputs[i].valid())
                    continue;
                std::vector<bool> &removed = m_removed[std::size_t(op->inputs[i].index)];
                if (removed.empty())
                    continue;
                if (i == 0 && passes) {
                    const std::vector<bool> &after = m_removed[std::size_t(op->outputs[0].index)];
                    for (std::size_t c = 0; c < removed.size(); ++c)
                        removed[c] = removed[c] && !after.empty() && after[c];
                } else if (i == 0 && isLayer(*op)) {
                    keepWhatBiasesCannotHold(*op, removed);
                } else {
                    removed.clear();
                }
            }
            // What this operator writes is settled now: no later one of this loop reads it.
            for (const TensorId id : op->outputs)
                settle(m_removed[std::size_t(id.index)]);
        }
        for (std::vector<bool> &removed : m_removed)
            settle(removed);
        // Settling may have kept one channel more: what passes channels through must agree, front to back.
        for (const Operator &op : m_graph.operators) {
            if (isPool(op) || (isLayer(op) && op.kind == OpKind::depthwiseConv2D))
                m_removed[std::size_t(op.outputs[0].index)] = m_removed[std::size_t(op.inputs[0].index)];
        }
    }

    // At least one channel stays.
    static void settle(std::vector<bool> &removed)
    {
        if (std::ranges::none_of(removed, [](bool is) { return is; }))
            removed.clear();
        else if (std::ranges::all_of(removed, [](bool is) { return is; }))
            removed[0] = false;
    }

    void keepWhatBiasesCannotHold(const Operator &op, std::vector<bool> &removed) const
    {
        const Tensor &input = m_graph[op.inputs[0]];
        const Constants &constants = m_constants[std::size_t(op.inputs[0].index)];
        for (std::size_t c = 0; c < removed.size(); ++c) {
            if (removed[c] && mayPad(op) && *constants[c] != zeroPoint(input))
                removed[c] = false;
        }
        const auto channels = std::size_t(m_graph[op.outputs[0]].shape[3]);
        for (std::size_t o = 0; o < channels; ++o) {
            if (!mayBeBias(input.type, biasOf(op, o) + addedBy(op, o, removed)))
                removed.clear();
        }
    }

    // The part of an output's sum that the removed channels make.
    std::int64_t addedBy(const Operator &op, std::size_t output, const std::vector<bool> &removed) const
    {
        const Tensor &input = m_graph[op.inputs[0]], &filter = m_graph[op.inputs[1]];
        const auto weights = values<std::int8_t>(filter);
        const auto depth = std::size_t(filter.shape[3]);
        const std::size_t taps = weights.size() / std::size_t(filter.shape[0]);
        const Constants &constants = m_constants[std::size_t(op.inputs[0].index)];
        std::int64_t sum = 0;
        for (std::size_t tap = 0; !removed.empty() && tap < taps; ++tap) {
            if (removed[tap % depth])
                sum += std::int64_t(*constants[tap % depth] - zeroPoint(input)) * weights[output * taps + tap];
        }
        return sum;
    }

    void rewrite(const Operator &op, Operator &to)
    {
        if (!isLayer(op))
            return;
        const std::vector<bool> &before = m_removed[std::size_t(op.inputs[0].index)],
                                &after = m_removed[std::size_t(op.outputs[0].index)];
        if (before.empty() && after.empty())
            return;
        const bool isDepthwise = op.kind == OpKind::depthwiseConv2D;
        const Tensor &filter = m_graph[op.inputs[1]];
        const auto weights = values<std::int8_t>(filter);
        const auto outputs = std::size_t(m_graph[op.outputs[0]].shape[3]), depth = std::size_t(filter.shape[3]);
        const std::size_t taps = weights.size() / outputs;
        const auto isGone = [](const std::vector<bool> &removed, std::size_t i) {
            return !removed.empty() && removed[i];
        };

        std::vector<std::int8_t> kept;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const std::size_t output = isDepthwise ? i % outputs : i / taps;
            if (!isGone(after, output) && (isDepthwise || !isGone(before, i % depth)))
                kept.push_back(weights[i]);
        }
        Tensor slicedFilter = filter;
        slicedFilter.data = sharedBytes(kept);
        slicedFilter.shape[0] = isDepthwise ? 1 : slicedFilter.shape[0];
        const auto count = std::int32_t(std::ranges::count(after, true));
        slicedFilter.shape[isDepthwise ? 3 : 0] -= count;
        if (!isDepthwise)
            slicedFilter.shape[3] -= std::int32_t(std::ranges::count(before, true));
        slice(slicedFilter.quantization, after);
        to.inputs[1] = m_result.addTensor(std::move(slicedFilter));

        std::vector<std::int64_t> biases;
        for (std::size_t o = 0; o < outputs; ++o) {
            if (!isGone(after, o))
                biases.push_back(biasOf(op, o) + (isDepthwise ? 0 : addedBy(op, o, before)));
        }
        Tensor bias;
        if (op.input(2).valid())
            bias = m_graph[op.input(2)];
        bias.type = biasType(m_graph[op.inputs[0]].type);
        bias.shape = {std::int32_t(biases.size())};
        bias.data = bias.type == DType::int64 ? sharedBytes(biases)
                                              : sharedBytes(std::vector<std::int32_t>(biases.begin(), biases.end()));
        slice(bias.quantization, after);
        to.inputs.resize(std::max<std::size_t>(to.inputs.size(), 3));
        to.inputs[2] = m_result.addTensor(std::move(bias));
    }

    static void slice(Quantization &quantization, const std::vector<bool> &removed)
    {
        if (!quantization.perChannel() || removed.empty())
            return;
        Quantization kept = quantization;
        kept.scale.clear();
        kept.zeroPoint.clear();
        for (std::size_t i = 0; i < removed.size(); ++i) {
            if (removed[i])
                continue;
            kept.scale.push_back(quantization.scale[i]);
            kept.zeroPoint.push_back(quantization.zeroPoint[i]);
        }
        quantization = std::move(kept);
    }

    static Shape shapeWithout(Shape shape, const std::vector<bool> &removed)
    {
        if (!removed.empty())
            shape.back() -= std::int32_t(std::ranges::count(removed, true));
        return shape;
    }

    const Graph &m_graph;
    Graph m_result;
    std::vector<Constants> m_constants;
    std::vector<std::vector<bool>> m_removed; // of each tensor's channels; empty: none
};

} // namespace

Graph withoutDeadChannels(const Graph &graph)
{
    return DeadChannels(graph).remove();
}

} // namespace espalier::device
