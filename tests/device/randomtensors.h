// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace espalier::test {

/// A graph that grows, and the random tensors and settings that its operators are made of.
class RandomTensors
{
public:
    explicit RandomTensors(unsigned seed) : m_random(seed) {}

    Graph take() { return std::move(m_graph); }

protected:
    std::int32_t pick(std::int32_t low, std::int32_t high)
    {
        return low + std::int32_t(m_random() % unsigned(high - low + 1));
    }
    float real(float low, float high) { return low + (high - low) * float(m_random() % 10000) / 10000.0f; }
    Padding padding() { return pick(0, 1) ? Padding::same : Padding::valid; }
    Activation activation()
    {
        return std::vector{Activation::none, Activation::relu, Activation::relu6,
                           Activation::reluN1To1}[std::size_t(pick(0, 3))];
    }
    static std::int32_t windowed(std::int32_t in, int filter, int stride, int dilation, Padding padding)
    {
        const std::int32_t reach = (filter - 1) * dilation + 1;
        return padding == Padding::same ? (in + stride - 1) / stride : (in - reach + stride) / stride;
    }
    static bool isByte(DType type) { return type == DType::int8 || type == DType::uint8; }

    Quantization quantization(DType type)
    {
        Quantization q;
        if (type == DType::int16) {
            q.scale = {real(0.00005f, 0.0005f)};
            q.zeroPoint = {0};
        }
        if (!isByte(type))
            return q;
        q.scale = {real(0.01f, 0.1f)};
        const std::int32_t low = type == DType::int8 ? -128 : 0;
        q.zeroPoint = {pick(0, 3) ? pick(low + 64, low + 192) : pick(0, 1) ? low : low + 255};
        return q;
    }
    TensorId tensor(DType type, Shape shape, Quantization q)
    {
        Tensor made;
        made.name = "t" + std::to_string(m_graph.tensors.size());
        made.type = type;
        made.shape = std::move(shape);
        made.quantization = std::move(q);
        return m_graph.addTensor(std::move(made));
    }
    TensorId input(DType type, Shape shape, Quantization q)
    {
        m_graph.inputs.push_back(tensor(type, std::move(shape), std::move(q)));
        return m_graph.inputs.back();
    }
    template <class T>
    TensorId constant(DType type, Shape shape, const std::vector<T> &content, Quantization q = {})
    {
        const TensorId id = tensor(type, std::move(shape), std::move(q));
        m_graph[id].data = sharedBytes(content);
        return id;
    }
    TensorId randomConstant(DType type, const Shape &shape, Quantization q)
    {
        if (type == DType::float32)
            return constant(type, shape, floats(elementCount(shape)));
        std::vector<std::uint8_t> bytes(byteCount(type, elementCount(shape)));
        for (std::uint8_t &byte : bytes)
            byte = std::uint8_t(m_random());
        return constant(type, shape, bytes, std::move(q));
    }
    std::vector<float> floats(std::size_t count)
    {
        std::vector<float> values(count);
        for (float &value : values)
            value = real(-1, 1);
        return values;
    }
    void step(OpKind kind, OpOptions options, std::vector<TensorId> inputs, std::vector<TensorId> outputs)
    {
        Operator op;
        op.kind = kind;
        op.typeName = typeName(kind);
        op.builtinCode = builtinCode(kind);
        op.inputs = std::move(inputs);
        op.outputs = std::move(outputs);
        op.options = std::move(options);
        m_graph.operators.push_back(std::move(op));
    }
    void append(OpKind kind, OpOptions options, std::vector<TensorId> inputs, std::vector<TensorId> outputs)
    {
        m_graph.outputs.insert(m_graph.outputs.end(), outputs.begin(), outputs.end());
        step(kind, std::move(options), std::move(inputs), std::move(outputs));
    }

    std::mt19937 m_random;
    Graph m_graph;
};

} // namespace espalier::test
