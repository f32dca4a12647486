// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/integeroperators.h"

#include "core/techniques/weights.h"

#include <algorithm>

namespace espalier {

namespace {

using enum ScaleRule;

constexpr IntegerOperator forms[] = {
    {OpKind::add, 0b11, free, 2, 3},
    {OpKind::sub, 0b11, free, 2, 5},
    {OpKind::mul, 0b11, free, 2, 4},
    {OpKind::averagePool2D, 0b1, sameAsIn, 2, 3},
    {OpKind::maxPool2D, 0b1, sameAsIn, 2, 3},
    {OpKind::concatenation, allInputs, sameAsOut, 2, 3},
    {OpKind::pack, allInputs, sameAsOut, 2, 3},
    {OpKind::maximum, 0b11, sameAsOut, 2, 4},
    {OpKind::minimum, 0b11, sameAsOut, 2, 4},
    {OpKind::conv2D, 0b1, free, 3, 4},
    {OpKind::depthwiseConv2D, 0b1, free, 3, 5},
    {OpKind::transposeConv, 0b100, free, 2, 2},
    {OpKind::fullyConnected, 0b1, free, 4, 7},
    {OpKind::expandDims, 0b1, sameAsIn, 1, 1},
    {OpKind::squeeze, 0b1, sameAsIn, 1, 1},
    {OpKind::reshape, 0b1, sameAsIn, 1, 1},
    {OpKind::unpack, 0b1, sameAsIn, 1, 4},
    {OpKind::slice, 0b1, sameAsIn, 2, 4},
    {OpKind::stridedSlice, 0b1, sameAsIn, 2, 1},
    {OpKind::transpose, 0b1, sameAsIn, 2, 5},
    {OpKind::pad, 0b1, sameAsIn, 2, 3},
    {OpKind::padV2, 0b101, sameAsIn, 2, 3},
    {OpKind::split, 0b10, sameAsIn, 2, 4},
    {OpKind::resizeBilinear, 0b1, sameAsIn, 2, 4},
    {OpKind::resizeNearestNeighbor, 0b1, sameAsIn, 2, 4},
    {OpKind::mean, 0b1, free, 2, 3},
    {OpKind::relu, 0b1, free, 2, 3},
    {OpKind::relu6, 0b1, sameAsOut, 2, 3},
    {OpKind::hardSwish, 0b1, free, 1, 0},
    {OpKind::leakyRelu, 0b1, free, 2, 2},
    {OpKind::prelu, 0b11, free, 1, 0},
    {OpKind::softmax, 0b1, fixed, 2, 3, {1.0f / 256, -128}},
    {OpKind::logistic, 0b1, fixed, 2, 3, {1.0f / 256, -128}},
    {OpKind::tanh, 0b1, fixed, 2, 3, {1.0f / 128, 0}},
};

Activation fusedActivation(const Operator &op)
{
    return std::visit(
        [](const auto &options) {
            if constexpr (requires { options.activation; })
                return options.activation;
            else
                return Activation::none;
        },
        op.options);
}

} // namespace

const IntegerOperator *integerOperator(OpKind kind)
{
    const auto found = std::ranges::find(forms, kind, &IntegerOperator::kind);
    return found == std::end(forms) ? nullptr : found;
}

std::vector<std::size_t> dataInputs(const IntegerOperator &form, const Operator &op)
{
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < op.inputs.size(); ++i)
        if (form.dataInputs == allInputs || (i < 32 && (form.dataInputs >> i & 1) != 0))
            numbers.push_back(i);
    return numbers;
}

std::string whyNotInteger(const Graph &graph, const Operator &op, DType activations)
{
    const IntegerOperator *form = integerOperator(op.kind);
    if (!form || (activations == DType::int16 && form->wideVersion == 0))
        return "TFLite's " + std::string(name(activations)) + " form of it is not known here";
    if (fusedActivation(op) == Activation::tanh || fusedActivation(op) == Activation::signBit)
        return "its fused activation has no integer form";

    const std::vector<std::size_t> data = dataInputs(*form, op);
    bool anyComputed = false;
    for (const std::size_t i : data) {
        if (!op.inputs[i].valid() || graph[op.inputs[i]].type != DType::float32)
            return "its data is not float32";
        if (graph[op.inputs[i]].elements() == 0)
            return "its data is empty";
        anyComputed |= !graph[op.inputs[i]].isConstant();
    }
    if (!anyComputed)
        return "all its data is constant";
    for (const TensorId id : op.outputs)
        if (!id.valid() || graph[id].type != DType::float32)
            return "its output is not float32";

    if (const std::optional<WeightLayout> layout = weightLayout(op.kind)) {
        const TensorId weights = op.input(layout->weights), bias = op.input(layout->bias);
        if (!weights.valid() || !graph[weights].isConstant() || graph[weights].type != DType::float32)
            return "its weights are not a float32 constant";
        if (std::size_t(layout->channelAxis) >= graph[weights].shape.size())
            return "its weights have too few dimensions";
        if (bias.valid() && (!graph[bias].isConstant() || graph[bias].type != DType::float32))
            return "its bias is not a float32 constant";
        const std::int32_t channels = graph[weights].shape[std::size_t(layout->channelAxis)];
        if (bias.valid() && graph[bias].elements() != std::size_t(channels))
            return "its bias does not fit its weights";
    }
    return {};
}

std::vector<ActivationTie> activationTies(const Graph &graph, const std::vector<bool> &isKnown,
                                          const std::function<bool(const Operator &)> &staysFloat)
{
    std::vector<ActivationTie> ties(graph.tensors.size());
    for (std::size_t i = 0; i < ties.size(); ++i)
        ties[i].from = std::int32_t(i);
    const auto isUnknown = [&](TensorId id) {
        return id.valid() && !graph[id].isConstant() && graph[id].type == DType::float32 &&
               !isKnown[std::size_t(id.index)];
    };
    for (const Operator &op : graph.operators) {
        if (staysFloat(op) || !whyNotInteger(graph, op).empty() || std::ranges::any_of(op.inputs, isUnknown) ||
            std::ranges::any_of(op.outputs, isUnknown))
            continue;
        const IntegerOperator &form = *integerOperator(op.kind);
        const std::vector<std::size_t> data = dataInputs(form, op);
        for (const std::size_t i : data)
            ties[std::size_t(op.inputs[i].index)].isInteger = true;
        for (const TensorId out : op.outputs) {
            ActivationTie &tie = ties[std::size_t(out.index)];
            if (form.rule == ScaleRule::sameAsIn)
                tie = ties[std::size_t(op.inputs[data.front()].index)];
            else if (form.rule == ScaleRule::fixed)
                tie.fixed = form.fixed;
            tie.isInteger = true;
        }
    }
    return ties;
}

} // namespace espalier
