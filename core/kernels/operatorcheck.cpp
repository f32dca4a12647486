// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/operatorcheck.h"

#include <cstring>

namespace espalier {

namespace {

const Tensor nothing;

bool isSane(const Tensor &tensor)
{
    constexpr std::size_t limit = std::size_t(1) << 40;
    std::size_t elements = 1;
    for (const std::int32_t extent : tensor.shape) {
        if (extent < 0)
            return false;
        elements *= std::size_t(extent);
        if (elements > limit)
            return false;
    }
    return tensor.hasRank && (!tensor.isConstant() || tensor.data->size() >= tensor.bytes());
}

} // namespace

OperatorCheck::OperatorCheck(const Graph &graph, const Operator &op, std::size_t minInputs, std::size_t maxInputs,
                             std::size_t outputs)
    : m_graph(graph), m_op(op)
{
    require(op.inputs.size() >= minInputs && op.inputs.size() <= maxInputs,
            "it has " + std::to_string(op.inputs.size()) + " inputs");
    require(op.outputs.size() == outputs, "it has " + std::to_string(op.outputs.size()) + " outputs");
}

bool OperatorCheck::has(std::size_t i) const
{
    return i < m_op.inputs.size() && m_op.inputs[i].valid();
}

const Tensor &OperatorCheck::tensor(TensorId id, std::string_view what)
{
    if (!require(id.valid() && std::size_t(id.index) < m_graph.tensors.size(), what))
        return nothing;
    const Tensor &found = m_graph[id];
    return require(isSane(found), "a tensor's extents are impossible") ? found : nothing;
}

const Tensor &OperatorCheck::input(std::size_t i)
{
    return tensor(m_op.input(i), "an input is missing");
}

const Tensor &OperatorCheck::output(std::size_t i)
{
    const Tensor &found = tensor(i < m_op.outputs.size() ? m_op.outputs[i] : TensorId::none, "an output is missing");
    require(!found.isConstant(), "an output is a constant");
    return found;
}

bool OperatorCheck::require(bool holds, std::string_view why)
{
    if (!holds && !m_problem)
        m_problem = failed(std::string(why));
    return !m_problem;
}

std::vector<std::int64_t> OperatorCheck::integers(std::size_t i, std::string_view what)
{
    const Tensor &tensor = input(i);
    const std::string name(what);
    if (!require(tensor.isConstant(), name + " is not a constant") ||
        !require(tensor.type == DType::int32 || tensor.type == DType::int64,
                 name + " is " + std::string(espalier::name(tensor.type))) ||
        !require(tensor.elements() <= 64, name + " has too many values"))
        return {};
    std::vector<std::int64_t> integers(tensor.elements());
    for (std::size_t k = 0; k < integers.size(); ++k) {
        if (tensor.type == DType::int64) {
            std::memcpy(&integers[k], tensor.data->data() + 8 * k, 8);
        } else {
            std::int32_t value = 0;
            std::memcpy(&value, tensor.data->data() + 4 * k, 4);
            integers[k] = value;
        }
    }
    return integers;
}

std::size_t OperatorCheck::axis(std::int64_t given, std::size_t rank)
{
    const auto limit = std::int64_t(rank);
    if (!require(given >= -limit && given < limit, "its axis is out of range"))
        return 0;
    return std::size_t(given < 0 ? given + limit : given);
}

void OperatorCheck::sameType(const Tensor &a, const Tensor &b)
{
    require(a.type == b.type, std::string(name(a.type)) + " meets " + std::string(name(b.type)));
}

void OperatorCheck::sameElements(const Tensor &a, const Tensor &b)
{
    require(a.elements() == b.elements(), shapeText(a.shape) + " does not fit " + shapeText(b.shape));
}

void OperatorCheck::sameShape(const Tensor &a, const Tensor &b)
{
    require(a.shape == b.shape, shapeText(a.shape) + " does not fit " + shapeText(b.shape));
}

void OperatorCheck::sameQuantization(const Tensor &a, const Tensor &b)
{
    const Quantization &p = a.quantization, &q = b.quantization;
    const bool plain = a.type != DType::int8 && a.type != DType::uint8 && a.type != DType::int16;
    require(plain || (p.scale == q.scale && p.zeroPoint == q.zeroPoint),
            "its input and output are quantized differently");
}

std::size_t OperatorCheck::elementBytes(const Tensor &tensor)
{
    const std::size_t bytes = byteCount(tensor.type, 1);
    require(bytes > 0 && byteCount(tensor.type, 2) == 2 * bytes,
            std::string(name(tensor.type)) + " elements are not supported");
    return bytes;
}

std::size_t imageStride(const Tensor &input)
{
    return input.isConstant() ? 0 : input.bytes();
}

std::vector<std::ptrdiff_t> rowMajorStrides(const Shape &shape)
{
    std::vector<std::ptrdiff_t> strides(shape.size());
    std::ptrdiff_t stride = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        strides[i] = stride;
        stride *= shape[i];
    }
    return strides;
}

} // namespace espalier
