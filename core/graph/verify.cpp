// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/model.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier {

namespace {

/// Bytes that one tensor may take: what any of the programs that run such models can address.
constexpr std::uint64_t tensorLimit = std::numeric_limits<std::int32_t>::max();

/// No operator works on more than 8; the rest is room for what is only inspected.
constexpr std::size_t mostDimensions = 32;

/// How many inputs must be there, and the rank that a filter (input 1) must have; 0 where any will do.
struct Arity
{
    std::size_t inputs = 1;
    std::size_t filterRank = 0;
};

Arity arityOf(OpKind kind)
{
    switch (kind) {
    case OpKind::conv2D:
    case OpKind::depthwiseConv2D:
        return {2, 4};
    case OpKind::transposeConv:
        return {3, 4};
    case OpKind::fullyConnected:
        return {2, 2};
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::maximum:
    case OpKind::minimum:
    case OpKind::pad:
    case OpKind::prelu:
    case OpKind::transpose:
    case OpKind::mean:
    case OpKind::split:
    case OpKind::expandDims:
    case OpKind::resizeBilinear:
    case OpKind::resizeNearestNeighbor:
        return {2};
    case OpKind::padV2:
    case OpKind::slice:
        return {3};
    case OpKind::stridedSlice:
        return {4};
    case OpKind::other:
        return {0};
    default:
        return {1};
    }
}

/// The alternative of OpOptions that goes with a kind.
std::size_t optionsIndexOf(OpKind kind)
{
    const auto index = [](auto options) { return OpOptions(std::move(options)).index(); };
    switch (kind) {
    case OpKind::conv2D:
        return index(Conv2DOptions());
    case OpKind::depthwiseConv2D:
        return index(DepthwiseConv2DOptions());
    case OpKind::transposeConv:
        return index(TransposeConvOptions());
    case OpKind::fullyConnected:
        return index(FullyConnectedOptions());
    case OpKind::averagePool2D:
    case OpKind::maxPool2D:
        return index(Pool2DOptions());
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
        return index(ArithmeticOptions());
    case OpKind::concatenation:
        return index(ConcatenationOptions());
    case OpKind::reshape:
        return index(ReshapeOptions());
    case OpKind::squeeze:
        return index(SqueezeOptions());
    case OpKind::softmax:
        return index(SoftmaxOptions());
    case OpKind::leakyRelu:
        return index(LeakyReluOptions());
    case OpKind::mean:
        return index(ReduceOptions());
    case OpKind::stridedSlice:
        return index(StridedSliceOptions());
    case OpKind::split:
        return index(SplitOptions());
    case OpKind::pack:
        return index(PackOptions());
    case OpKind::unpack:
        return index(UnpackOptions());
    case OpKind::resizeBilinear:
    case OpKind::resizeNearestNeighbor:
        return index(ResizeOptions());
    default:
        return 0;
    }
}

/// A window's numbers must be positive: sizes and costs are divided by them.
std::string windowProblem(const OpOptions &options)
{
    const auto check = [](std::initializer_list<std::int32_t> numbers) {
        return std::ranges::all_of(numbers, [](std::int32_t n) { return n > 0; })
                   ? ""
                   : "has a stride, dilation or window size that is not positive";
    };
    if (const auto *conv = std::get_if<Conv2DOptions>(&options))
        return check({conv->strideH, conv->strideW, conv->dilationH, conv->dilationW});
    if (const auto *depthwise = std::get_if<DepthwiseConv2DOptions>(&options))
        return check({depthwise->strideH, depthwise->strideW, depthwise->dilationH, depthwise->dilationW});
    if (const auto *transposed = std::get_if<TransposeConvOptions>(&options))
        return check({transposed->strideH, transposed->strideW});
    if (const auto *pool = std::get_if<Pool2DOptions>(&options))
        return check({pool->strideH, pool->strideW, pool->filterH, pool->filterW});
    return {};
}

class Verification
{
public:
    Verification(const Model &model, std::size_t graph) : m_graph(model.graphs[graph])
    {
        if (model.graphs.size() > 1)
            m_place = "graph " + std::to_string(graph) + ", ";
    }

    Result<void> run();

private:
    std::string name(std::size_t tensor) const
    {
        const std::string &given = m_graph.tensors[tensor].name;
        return m_place + "tensor " + std::to_string(tensor) + (given.empty() ? "" : " '" + given + "'");
    }
    std::string nameOperator(std::size_t i) const
    {
        return m_place + "operator " + std::to_string(i) + " (" + m_graph.operators[i].typeName + ")";
    }
    bool inRange(TensorId id) const { return id.valid() && std::size_t(id.index) < m_graph.tensors.size(); }

    Result<void> checkTensor(std::size_t i) const;
    Result<void> checkQuantization(std::size_t i) const;
    Result<void> checkIds() const;
    Result<void> checkOperator(std::size_t i) const;
    Result<void> checkFlow() const;

    const Graph &m_graph;
    std::string m_place;
};

Result<void> Verification::checkQuantization(std::size_t i) const
{
    const Tensor &tensor = m_graph.tensors[i];
    const Quantization &quantization = tensor.quantization;
    if (quantization.zeroPoint.size() != quantization.scale.size())
        return failed(name(i) + " has " + std::to_string(quantization.scale.size()) + " scales but " +
                      std::to_string(quantization.zeroPoint.size()) + " zero points");
    if (!std::ranges::all_of(quantization.scale, [](float scale) { return std::isfinite(scale) && scale >= 0; }))
        return failed(name(i) + " has a scale that is negative or not a number");
    if (!std::ranges::all_of(quantization.zeroPoint, [](std::int64_t zero) {
            return zero >= std::numeric_limits<std::int32_t>::min() && zero <= std::numeric_limits<std::int32_t>::max();
        }))
        return failed(name(i) + " has a zero point beyond 32 bits");
    if (!quantization.perChannel())
        return {};
    const bool hasAxis = quantization.axis >= 0 && std::size_t(quantization.axis) < tensor.shape.size();
    if (!hasAxis || std::size_t(tensor.shape[std::size_t(quantization.axis)]) != quantization.scale.size())
        return failed(name(i) + " has " + std::to_string(quantization.scale.size()) + " scales along axis " +
                      std::to_string(quantization.axis) + ", which does not fit its shape " + shapeText(tensor.shape));
    return {};
}

Result<void> Verification::checkTensor(std::size_t i) const
{
    const Tensor &tensor = m_graph.tensors[i];
    if (tensor.shape.size() > mostDimensions)
        return failed(name(i) + " has " + std::to_string(tensor.shape.size()) + " dimensions, more than " +
                      std::to_string(mostDimensions));
    if (const auto negative = std::ranges::find_if(tensor.shape, [](std::int32_t extent) { return extent < 0; });
        negative != tensor.shape.end())
        return failed(name(i) + " has the negative extent " + std::to_string(*negative));
    if (!checkedBytes(tensor))
        return failed(name(i) + " is larger than 2 GB");
    if (!tensor.shapeSignature.empty() && tensor.shapeSignature.size() != tensor.shape.size())
        return failed(name(i) + " has a shape signature of another rank than its shape");
    if (tensor.isConstant() && byteCount(tensor.type, 8) > 0 && tensor.data->size() != tensor.bytes())
        return failed(name(i) + " has " + std::to_string(tensor.data->size()) + " bytes, but " +
                      shapeText(tensor.shape) + " of " + std::string(espalier::name(tensor.type)) + " needs " +
                      std::to_string(tensor.bytes()));
    return checkQuantization(i);
}

Result<void> Verification::checkIds() const
{
    for (const auto *list : {&m_graph.inputs, &m_graph.outputs})
        for (const TensorId id : *list)
            if (!inRange(id))
                return failed(m_place + "the list of " + (list == &m_graph.inputs ? "inputs" : "outputs") +
                              " refers to tensor " + std::to_string(id.index) + " of " +
                              std::to_string(m_graph.tensors.size()));
    for (std::size_t i = 0; i < m_graph.operators.size(); ++i) {
        const Operator &op = m_graph.operators[i];
        for (const auto *list : {&op.inputs, &op.outputs, &op.intermediates})
            for (const TensorId id : *list)
                if (id != TensorId::none && !inRange(id))
                    return failed(nameOperator(i) + " refers to tensor " + std::to_string(id.index) + " of " +
                                  std::to_string(m_graph.tensors.size()));
    }
    return {};
}

Result<void> Verification::checkOperator(std::size_t i) const
{
    const Operator &op = m_graph.operators[i];
    if (op.kind == OpKind::other)
        return {};
    const Arity arity = arityOf(op.kind);
    for (std::size_t k = 0; k < arity.inputs; ++k)
        if (!op.input(k).valid())
            return failed(nameOperator(i) + " needs " + std::to_string(arity.inputs) + " inputs");
    if (op.outputs.empty() || !std::ranges::all_of(op.outputs, &TensorId::valid))
        return failed(nameOperator(i) + " has no output");
    if (arity.filterRank > 0 && m_graph[op.input(1)].shape.size() != arity.filterRank)
        return failed(nameOperator(i) + " has weights of shape " + shapeText(m_graph[op.input(1)].shape) + ", rank " +
                      std::to_string(arity.filterRank) + " is needed");
    if (op.options.index() != optionsIndexOf(op.kind))
        return failed(nameOperator(i) + " has the settings of another operator");
    if (const std::string problem = windowProblem(op.options); !problem.empty())
        return failed(nameOperator(i) + " " + problem);
    return {};
}

Result<void> Verification::checkFlow() const
{
    // What has a value before anything runs. A payload can say that the value comes from elsewhere.
    std::vector<bool> isKnown(m_graph.tensors.size());
    for (std::size_t i = 0; i < m_graph.tensors.size(); ++i) {
        const Tensor &tensor = m_graph.tensors[i];
        isKnown[i] = tensor.isConstant() || tensor.isVariable || tensor.payload;
    }
    std::vector<bool> isInput(m_graph.tensors.size());
    for (const TensorId id : m_graph.inputs)
        isKnown[std::size_t(id.index)] = isInput[std::size_t(id.index)] = true;
    std::vector<bool> isWritten(m_graph.tensors.size());
    for (std::size_t i = 0; i < m_graph.operators.size(); ++i) {
        for (const TensorId id : m_graph.operators[i].inputs)
            // Operators of other programs take scratch memory as inputs that nobody writes.
            if (id.valid() && !isKnown[std::size_t(id.index)] && m_graph.operators[i].kind != OpKind::other)
                return failed(nameOperator(i) + " reads " + name(std::size_t(id.index)) + " before it has a value");
        for (const TensorId id : m_graph.operators[i].outputs) {
            if (!id.valid())
                continue;
            const auto index = std::size_t(id.index);
            if (isWritten[index])
                return failed(nameOperator(i) + " writes " + name(index) + " a second time");
            if (m_graph[id].isConstant())
                return failed(nameOperator(i) + " writes the constant " + name(index));
            if (isInput[index])
                return failed(nameOperator(i) + " writes the input " + name(index));
            isWritten[index] = isKnown[index] = true;
        }
    }
    for (const TensorId id : m_graph.outputs)
        if (!isKnown[std::size_t(id.index)])
            return failed("the output " + name(std::size_t(id.index)) + " never gets a value");
    return {};
}

Result<void> Verification::run()
{
    for (std::size_t i = 0; i < m_graph.tensors.size(); ++i)
        if (Result<void> sound = checkTensor(i); !sound)
            return sound;
    if (Result<void> sound = checkIds(); !sound)
        return sound;
    for (std::size_t i = 0; i < m_graph.operators.size(); ++i)
        if (Result<void> sound = checkOperator(i); !sound)
            return sound;
    return checkFlow();
}

Result<void> checkSignatures(const Model &model)
{
    for (const Signature &signature : model.signatures) {
        const std::string place = "signature '" + signature.key + "'";
        if (signature.graph >= model.graphs.size())
            return failed(place + " calls graph " + std::to_string(signature.graph) + " of " +
                          std::to_string(model.graphs.size()));
        const std::size_t tensors = model.graphs[signature.graph].tensors.size();
        for (const auto *entries : {&signature.inputs, &signature.outputs})
            for (const Signature::Entry &entry : *entries)
                if (!entry.tensor.valid() || std::size_t(entry.tensor.index) >= tensors)
                    return failed(place + " refers to tensor " + std::to_string(entry.tensor.index) + " of " +
                                  std::to_string(tensors));
    }
    return {};
}

} // namespace

std::optional<std::uint64_t> checkedBytes(const Tensor &tensor)
{
    std::uint64_t elements = 1;
    for (const std::int32_t extent : tensor.shape) {
        if (extent < 0)
            return std::nullopt;
        elements *= std::uint64_t(extent);
        if (elements > tensorLimit)
            return std::nullopt;
    }
    const std::uint64_t bytes = byteCount(tensor.type, std::size_t(elements));
    return bytes <= tensorLimit ? std::optional(bytes) : std::nullopt;
}

Result<void> verify(const Model &model)
{
    if (model.graphs.empty())
        return failed("the model holds no graph");
    for (std::size_t i = 0; i < model.graphs.size(); ++i)
        if (Result<void> sound = Verification(model, i).run(); !sound)
            return sound;
    return checkSignatures(model);
}

} // namespace espalier
