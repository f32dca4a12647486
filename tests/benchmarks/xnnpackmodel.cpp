// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "xnnpackmodel.h"

#include "core/base/alignedbuffer.h"

#include <xnnpack.h>

#include <cmath>
#include <map>

using namespace espalier;

struct XnnpackModel::State
{
    const Graph *graph = nullptr;
    TensorId inputTensor, outputTensor;
    AlignedBuffer input, output;
    xnn_subgraph_t subgraph = nullptr;
    xnn_runtime_t runtime = nullptr;
    std::map<std::int32_t, std::uint32_t> ids;

    ~State()
    {
        if (runtime)
            xnn_delete_runtime(runtime);
        if (subgraph)
            xnn_delete_subgraph(subgraph);
    }

    Result<void> defineTensor(TensorId id);
    Result<void> defineOperator(const Operator &op);
    std::uint32_t valueOf(TensorId id) const { return id.valid() ? ids.at(id.index) : XNN_INVALID_VALUE_ID; }
};

namespace {

Result<void> check(xnn_status status, const std::string &what)
{
    if (status != xnn_status_success)
        return failed("XNNPACK refuses " + what + " (status " + std::to_string(int(status)) + ")");
    return {};
}

struct Limits
{
    float low = -INFINITY, high = INFINITY;
};

Limits limitsOf(Activation activation)
{
    return {activation == Activation::none ? -INFINITY : 0.0f, activation == Activation::relu6 ? 6.0f : INFINITY};
}

std::uint32_t unsignedOf(std::int32_t value)
{
    return std::uint32_t(value);
}

} // namespace

Result<void> XnnpackModel::State::defineTensor(TensorId id)
{
    if (!id.valid() || ids.contains(id.index))
        return {};
    const Tensor &tensor = (*graph)[id];
    const std::vector<std::size_t> dims(tensor.shape.begin(), tensor.shape.end());
    const bool isInput = id == inputTensor, isOutput = id == outputTensor;
    const std::uint32_t external = isInput ? 0u : isOutput ? 1u : XNN_INVALID_VALUE_ID;
    const std::uint32_t flags = isInput    ? XNN_VALUE_FLAG_EXTERNAL_INPUT
                                : isOutput ? XNN_VALUE_FLAG_EXTERNAL_OUTPUT
                                           : 0u;
    const void *data = tensor.isConstant() ? tensor.data->data() : nullptr;
    const Quantization &q = tensor.quantization;
    std::uint32_t value = 0;
    xnn_status status;
    if (tensor.type == DType::float32) {
        status = xnn_define_tensor_value(subgraph, xnn_datatype_fp32, dims.size(), dims.data(), data, external, flags,
                                         &value);
    } else if (q.perChannel()) {
        const bool isBias = tensor.type == DType::int32;
        status = xnn_define_channelwise_quantized_tensor_value(
            subgraph, isBias ? xnn_datatype_qcint32 : xnn_datatype_qcint8, q.scale.data(), dims.size(),
            std::size_t(q.axis), dims.data(), data, external, flags, &value);
    } else {
        const bool isBias = tensor.type == DType::int32;
        if (q.empty())
            return failed("XNNPACK needs a scale for " + tensor.name);
        status = xnn_define_quantized_tensor_value(subgraph, isBias ? xnn_datatype_qint32 : xnn_datatype_qint8,
                                                   std::int32_t(q.zeroPoint[0]), q.scale[0], dims.size(), dims.data(),
                                                   data, external, flags, &value);
    }
    ids[id.index] = value;
    return check(status, "tensor " + tensor.name);
}

Result<void> XnnpackModel::State::defineOperator(const Operator &op)
{
    const bool isReshape = op.kind == OpKind::reshape;
    for (std::size_t i = 0; i < (isReshape || op.kind == OpKind::mean ? 1 : op.inputs.size()); ++i)
        if (const Result<void> defined = defineTensor(op.inputs[i]); !defined)
            return defined;
    if (const Result<void> defined = defineTensor(op.outputs[0]); !defined)
        return defined;
    const Shape &in = (*graph)[op.input(0)].shape, &out = (*graph)[op.outputs[0]].shape;
    const std::uint32_t from = valueOf(op.input(0)), to = valueOf(op.outputs[0]);
    const auto paddingFlag = [](Padding p) { return p == Padding::same ? XNN_FLAG_TENSORFLOW_SAME_PADDING : 0u; };
    switch (op.kind) {
    case OpKind::conv2D: {
        const auto &o = op.as<Conv2DOptions>();
        const Shape &filter = (*graph)[op.input(1)].shape;
        const Limits limits = limitsOf(o.activation);
        return check(xnn_define_convolution_2d(subgraph, 0, 0, 0, 0, unsignedOf(filter[1]), unsignedOf(filter[2]),
                                               unsignedOf(o.strideH), unsignedOf(o.strideW), unsignedOf(o.dilationH),
                                               unsignedOf(o.dilationW), 1, std::size_t(filter[3]),
                                               std::size_t(filter[0]), limits.low, limits.high, from,
                                               valueOf(op.input(1)), valueOf(op.input(2)), to, paddingFlag(o.padding)),
                     op.typeName);
    }
    case OpKind::depthwiseConv2D: {
        const auto &o = op.as<DepthwiseConv2DOptions>();
        const Shape &filter = (*graph)[op.input(1)].shape;
        const Limits limits = limitsOf(o.activation);
        return check(xnn_define_depthwise_convolution_2d(
                         subgraph, 0, 0, 0, 0, unsignedOf(filter[1]), unsignedOf(filter[2]), unsignedOf(o.strideH),
                         unsignedOf(o.strideW), unsignedOf(o.dilationH), unsignedOf(o.dilationW),
                         unsignedOf(filter[3] / in[3]), std::size_t(in[3]), limits.low, limits.high, from,
                         valueOf(op.input(1)), valueOf(op.input(2)), to, paddingFlag(o.padding)),
                     op.typeName);
    }
    case OpKind::fullyConnected: {
        const Limits limits = limitsOf(op.as<FullyConnectedOptions>().activation);
        return check(xnn_define_fully_connected(subgraph, limits.low, limits.high, from, valueOf(op.input(1)),
                                                valueOf(op.input(2)), to, XNN_FLAG_TENSORFLOW_RESHAPE_2D),
                     op.typeName);
    }
    case OpKind::averagePool2D: {
        const auto &o = op.as<Pool2DOptions>();
        if (o.filterH != in[1] || o.filterW != in[2] || out[1] != 1 || out[2] != 1)
            return failed("only pooling over a whole image is compared");
        return check(xnn_define_global_average_pooling_2d(subgraph, -INFINITY, INFINITY, from, to, 0), op.typeName);
    }
    case OpKind::add: {
        const Limits limits = limitsOf(op.as<ArithmeticOptions>().activation);
        return check(xnn_define_add2(subgraph, limits.low, limits.high, from, valueOf(op.input(1)), to, 0),
                     op.typeName);
    }
    case OpKind::reshape: {
        const std::vector<std::size_t> dims(out.begin(), out.end());
        return check(xnn_define_static_reshape(subgraph, dims.size(), dims.data(), from, to, 0), op.typeName);
    }
    case OpKind::softmax:
        return check(xnn_define_softmax(subgraph, from, to, 0), op.typeName);
    default:
        return failed("there is no comparison for " + op.typeName);
    }
}

Result<std::unique_ptr<XnnpackModel>> XnnpackModel::make(const Graph &graph)
{
    if (const Result<void> ready = check(xnn_initialize(nullptr), "this processor"); !ready)
        return ready.error();
    auto state = std::make_unique<State>();
    state->graph = &graph;
    state->inputTensor = graph.inputs.at(0);
    state->outputTensor = graph.outputs.at(0);
    std::size_t count = graph.operators.size();
    const Operator &lastOp = graph.operators.back();
    if (lastOp.kind == OpKind::softmax && graph[lastOp.input(0)].type != DType::float32) {
        state->outputTensor = lastOp.input(0);
        --count;
    }
    if (const Result<void> made = check(xnn_create_subgraph(2, 0, &state->subgraph), "a subgraph"); !made)
        return made.error();
    for (std::size_t i = 0; i < count; ++i)
        if (const Result<void> defined = state->defineOperator(graph.operators[i]); !defined)
            return defined.error();
    if (const Result<void> made = check(xnn_create_runtime(state->subgraph, &state->runtime), "the graph"); !made)
        return made.error();
    // XNNPACK may read a little beyond a tensor's end.
    state->input = AlignedBuffer(graph[state->inputTensor].bytes() + XNN_EXTRA_BYTES);
    state->output = AlignedBuffer(graph[state->outputTensor].bytes() + XNN_EXTRA_BYTES);
    const xnn_external_value values[] = {{0, state->input.data()}, {1, state->output.data()}};
    if (const Result<void> set = check(xnn_setup_runtime(state->runtime, 2, values), "the graph"); !set)
        return set.error();
    return std::unique_ptr<XnnpackModel>(new XnnpackModel(std::move(state)));
}

XnnpackModel::XnnpackModel(std::unique_ptr<State> state) : m_state(std::move(state)) {}
XnnpackModel::~XnnpackModel() = default;

std::span<std::byte> XnnpackModel::input()
{
    return {m_state->input.data(), (*m_state->graph)[m_state->inputTensor].bytes()};
}

std::span<const std::byte> XnnpackModel::output() const
{
    return {m_state->output.data(), (*m_state->graph)[m_state->outputTensor].bytes()};
}

TensorId XnnpackModel::outputTensor() const
{
    return m_state->outputTensor;
}

void XnnpackModel::run()
{
    xnn_invoke_runtime(m_state->runtime);
}
