// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/graph/model.h"

#include <string>
#include <utility>
#include <vector>

namespace espalier {

/// Builds small float models for tests, operator by operator.
class ModelBuilder
{
public:
    explicit ModelBuilder(std::uint64_t seed = 1) : m_random(seed)
    {
        m_model.graphs.resize(1);
        m_model.description = "made by a test";
    }

    Graph &graph() { return m_model.main(); }

    TensorId value(const std::string &name, Shape shape)
    {
        Tensor tensor;
        tensor.name = name;
        tensor.shape = std::move(shape);
        return graph().addTensor(std::move(tensor));
    }
    TensorId input(const std::string &name, Shape shape)
    {
        const TensorId id = value(name, std::move(shape));
        graph().inputs.push_back(id);
        return id;
    }
    template <class T>
    TensorId constant(const std::string &name, DType type, Shape shape, const std::vector<T> &values)
    {
        const TensorId id = value(name, std::move(shape));
        graph()[id].type = type;
        graph()[id].data = sharedBytes(values);
        return id;
    }
    /// Uniform in [-reach, reach).
    TensorId weights(const std::string &name, Shape shape, float reach)
    {
        std::vector<float> values(elementCount(shape));
        for (float &v : values)
            v = float((m_random.uniform() * 2 - 1) * reach);
        return constant(name, DType::float32, std::move(shape), values);
    }
    TensorId add(OpKind kind, std::vector<TensorId> inputs, const std::string &name, Shape shape,
                 OpOptions options = {})
    {
        Operator op;
        op.kind = kind;
        op.typeName = typeName(kind);
        op.builtinCode = builtinCode(kind);
        op.inputs = std::move(inputs);
        op.outputs = {value(name, std::move(shape))};
        op.options = std::move(options);
        graph().operators.push_back(std::move(op));
        return graph().operators.back().outputs[0];
    }
    ModelPtr finish(std::vector<TensorId> outputs)
    {
        graph().outputs = std::move(outputs);
        return std::make_shared<const Model>(std::move(m_model));
    }

private:
    Random m_random;
    Model m_model;
};

/// A small network with the shapes of structure that techniques meet: convolution, depthwise convolution, a residual
/// sum with a constant, pooling, a concatenation of two ranges, dense with and without bias, softmax. Input 1×8×8×2.
inline ModelPtr sampleModel()
{
    ModelBuilder b;
    const TensorId in = b.input("image", {1, 8, 8, 2});
    Conv2DOptions relu;
    relu.activation = Activation::relu;
    const TensorId conv =
        b.add(OpKind::conv2D, {in, b.weights("conv/w", {8, 3, 3, 2}, 0.5f), b.weights("conv/b", {8}, 0.1f)}, "conv",
              {1, 8, 8, 8}, relu);
    DepthwiseConv2DOptions depthwise;
    depthwise.activation = Activation::relu6;
    const TensorId dw =
        b.add(OpKind::depthwiseConv2D, {conv, b.weights("dw/w", {1, 3, 3, 8}, 0.6f), b.weights("dw/b", {8}, 0.1f)},
              "dw", {1, 8, 8, 8}, depthwise);
    const TensorId sum = b.add(OpKind::add, {conv, dw}, "sum", {1, 8, 8, 8}, ArithmeticOptions());
    const TensorId scaled =
        b.add(OpKind::mul, {sum, b.weights("factor", {8}, 2.0f)}, "scaled", {1, 8, 8, 8}, ArithmeticOptions());
    Pool2DOptions pool;
    pool.strideH = pool.strideW = pool.filterH = pool.filterW = 2;
    pool.padding = Padding::valid;
    const TensorId pooled = b.add(OpKind::maxPool2D, {scaled}, "pooled", {1, 4, 4, 8}, pool);
    const TensorId averaged = b.add(OpKind::averagePool2D, {sum}, "averaged", {1, 4, 4, 8}, pool);
    ConcatenationOptions concat;
    concat.axis = 3;
    const TensorId both = b.add(OpKind::concatenation, {pooled, averaged}, "both", {1, 4, 4, 16}, concat);
    const TensorId flat = b.add(OpKind::reshape, {both, b.constant<std::int32_t>("shape", DType::int32, {2}, {1, 256})},
                                "flat", {1, 256}, ReshapeOptions{{1, 256}});
    const TensorId hidden =
        b.add(OpKind::fullyConnected, {flat, b.weights("hidden/w", {12, 256}, 0.1f), TensorId::none}, "hidden", {1, 12},
              FullyConnectedOptions());
    const TensorId logits =
        b.add(OpKind::fullyConnected, {hidden, b.weights("logits/w", {5, 12}, 0.5f), b.weights("logits/b", {5}, 0.3f)},
              "logits", {1, 5}, FullyConnectedOptions());
    return b.finish({b.add(OpKind::softmax, {logits}, "softmax", {1, 5}, SoftmaxOptions())});
}

} // namespace espalier
