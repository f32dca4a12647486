// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/xnnpackrules.h"

#include "core/techniques/percent.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <optional>

namespace espalier {

namespace {

const Operator *makerOf(const Graph &graph, TensorId id)
{
    const auto found = std::ranges::find_if(
        graph.operators, [&](const Operator &op) { return std::ranges::find(op.outputs, id) != op.outputs.end(); });
    return found == graph.operators.end() ? nullptr : &*found;
}

/// Whether a window reaches this far beyond its input on all four sides: by padding "same" with an odd size and stride
/// 1, or behind a PAD of its own.
bool isPaddedBy(const Graph &graph, const Operator &op, Padding padding, std::int32_t size, std::int32_t stride)
{
    if (padding == Padding::same)
        return stride == 1 && size % 2 == 1;
    const Operator *pad = makerOf(graph, op.inputs[0]);
    if (!pad || pad->kind != OpKind::pad || !pad->input(1).valid() || !graph[pad->input(1)].isConstant() ||
        graph[pad->input(1)].type != DType::int32)
        return size == 1;
    const std::span<const std::int32_t> pads = values<std::int32_t>(graph[pad->input(1)]);
    return pads.size() == 8 && std::ranges::all_of(pads.subspan(2, 4), [&](std::int32_t p) { return p == size / 2; });
}

bool isEntry(const Graph &graph, const Operator &op)
{
    const auto *options = std::get_if<Conv2DOptions>(&op.options);
    if (op.kind != OpKind::conv2D || !options)
        return false;
    const Shape &filter = graph[op.inputs[1]].shape;
    return filter.size() == 4 && filter[1] == 3 && filter[2] == 3 && filter[3] == 3 && options->strideH == 2 &&
           options->strideW == 2 && options->dilationH == 1 && options->dilationW == 1 &&
           isPaddedBy(graph, op, options->padding, 3, 2);
}

bool isPointwise(const Graph &graph, const Operator &op)
{
    const auto *options = std::get_if<Conv2DOptions>(&op.options);
    if (op.kind != OpKind::conv2D || !options)
        return false;
    const Shape &filter = graph[op.inputs[1]].shape;
    return filter.size() == 4 && filter[1] == 1 && filter[2] == 1 && options->strideH == 1 && options->strideW == 1;
}

bool isDepthwise(const Graph &graph, const Operator &op)
{
    const auto *options = std::get_if<DepthwiseConv2DOptions>(&op.options);
    if (op.kind != OpKind::depthwiseConv2D || !options)
        return false;
    const Shape &filter = graph[op.inputs[1]].shape;
    return filter.size() == 4 && filter[1] == filter[2] && (filter[1] == 3 || filter[1] == 5) &&
           options->depthMultiplier == 1 && options->strideH == options->strideW && options->strideH <= 2 &&
           options->dilationH == 1 && options->dilationW == 1 &&
           isPaddedBy(graph, op, options->padding, filter[1], options->strideH);
}

bool isExit(const Graph &graph, const Operator &op)
{
    if (op.kind == OpKind::mean)
        return true;
    const auto *pool = std::get_if<Pool2DOptions>(&op.options);
    const Shape &in = graph[op.inputs[0]].shape;
    return op.kind == OpKind::averagePool2D && pool && in.size() == 4 && pool->filterH == in[1] &&
           pool->filterW == in[2];
}

bool hasChannelsFirstForm(const Graph &graph, const Operator &op)
{
    switch (op.kind) {
    case OpKind::conv2D:
        return isPointwise(graph, op);
    case OpKind::depthwiseConv2D:
        return isDepthwise(graph, op);
    case OpKind::add:
    case OpKind::mul:
    case OpKind::relu:
    case OpKind::relu6:
    case OpKind::leakyRelu:
    case OpKind::hardSwish:
    case OpKind::logistic:
    case OpKind::resizeBilinear:
    case OpKind::pad: // becomes part of the window behind it
        return graph[op.outputs[0]].shape.size() == 4;
    default:
        return false;
    }
}

} // namespace

std::string xnnpackVerdict(const Graph &graph)
{
    const std::string no = "XNNPACK would not run it sparsely: ";
    const auto entry = std::ranges::find_if(graph.operators, [&](const Operator &op) { return isEntry(graph, op); });
    if (entry == graph.operators.end())
        return no + "it needs a 3×3 convolution of stride 2 over 3 channels, padded by 1 on all sides, to begin with";
    std::size_t zeros = 0, weights = 0;
    for (auto op = entry + 1; op != graph.operators.end(); ++op) {
        if (isExit(graph, *op)) {
            const double share = weights == 0 ? 0 : double(zeros) / double(weights);
            if (zeros * 3 <= weights * 2)
                return no + "of its 1×1 filters " + percentText(share) +
                       " are zero, and it asks for more than two thirds";
            return "XNNPACK would run its 1×1 convolutions sparsely (" + percentText(share) +
                   " zeros) on ARM and in WebAssembly; on x86 processors with AVX it stays dense";
        }
        if (!hasChannelsFirstForm(graph, *op))
            return no + operatorName(graph, *op) + " (" + op->typeName + ") has no channels-first form there";
        if (const TensorId stored = storedConstant(graph, op->inputs[1]); isPointwise(graph, *op) && stored.valid()) {
            const std::vector<float> all = floatValues(graph[stored]);
            zeros += std::size_t(std::ranges::count(all, 0.0f));
            weights += all.size();
        }
    }
    return no + "it needs a global average behind its convolutions";
}

} // namespace espalier
