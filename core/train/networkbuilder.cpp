// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/networkbuilder.h"

#include <cmath>

namespace espalier {

NetworkBuilder::NetworkBuilder(const Shape &sampleShape, std::uint64_t seed, Kind kind) : m_random(seed)
{
    Tensor input;
    input.name = "input";
    input.shape = {1};
    input.shape.insert(input.shape.end(), sampleShape.begin(), sampleShape.end());
    if (sampleShape.size() == 2 && kind == Kind::image)
        input.shape.push_back(1);
    m_last = m_graph.addTensor(std::move(input));
    m_graph.inputs = {m_last};
    m_graph.name = "main";
}

TensorId NetworkBuilder::parameters(const std::string &name, Shape shape, std::size_t inputs)
{
    const double reach = 1 / std::sqrt(double(inputs));
    std::vector<float> values(elementCount(shape));
    for (float &value : values)
        value = float((m_random.uniform() * 2 - 1) * reach);
    Tensor tensor;
    tensor.name = name;
    tensor.shape = std::move(shape);
    tensor.data = sharedBytes(values);
    return m_graph.addTensor(std::move(tensor));
}

TensorId NetworkBuilder::whole(const std::string &name, const std::vector<std::int32_t> &numbers)
{
    Tensor tensor;
    tensor.name = name;
    tensor.type = DType::int32;
    tensor.shape = {std::int32_t(numbers.size())};
    tensor.data = sharedBytes(numbers);
    return m_graph.addTensor(std::move(tensor));
}

void NetworkBuilder::add(OpKind kind, std::vector<TensorId> inputs, const std::string &name, Shape shape,
                         OpOptions options)
{
    Tensor output;
    output.name = name;
    output.shape = std::move(shape);
    m_last = m_graph.addTensor(std::move(output));
    Operator op;
    op.kind = kind;
    op.typeName = typeName(kind);
    op.builtinCode = builtinCode(kind);
    op.inputs = std::move(inputs);
    op.outputs = {m_last};
    op.options = std::move(options);
    m_graph.operators.push_back(std::move(op));
}

void NetworkBuilder::conv2D(std::int32_t filters, std::int32_t size, Padding padding, Activation activation)
{
    const Shape in = shape();
    const std::string name = "conv" + std::to_string(++m_convolutions);
    const std::size_t inputs = std::size_t(size) * std::size_t(size) * std::size_t(in[3]);
    const TensorId weights = parameters(name + "/weights", {filters, size, size, in[3]}, inputs);
    const TensorId bias = parameters(name + "/bias", {filters}, inputs);
    const std::int32_t lost = padding == Padding::same ? 0 : size - 1;
    Conv2DOptions options;
    options.padding = padding;
    options.activation = activation;
    add(OpKind::conv2D, {m_last, weights, bias}, name, {1, in[1] - lost, in[2] - lost, filters}, options);
}

void NetworkBuilder::conv1D(std::int32_t filters, std::int32_t size, Activation activation)
{
    const Shape series = shape();
    const TensorId axis = whole("rows/axis", {1});
    add(OpKind::expandDims, {m_last, axis}, "rows", {1, 1, series[1], series[2]}, {});
    const std::string name = "conv" + std::to_string(++m_convolutions);
    const std::size_t inputs = std::size_t(size) * std::size_t(series[2]);
    const TensorId weights = parameters(name + "/weights", {filters, 1, size, series[2]}, inputs);
    const TensorId bias = parameters(name + "/bias", {filters}, inputs);
    Conv2DOptions options;
    options.padding = Padding::valid;
    options.activation = activation;
    add(OpKind::conv2D, {m_last, weights, bias}, name, {1, 1, series[1] - size + 1, filters}, options);
}

void NetworkBuilder::globalAveragePool()
{
    const TensorId axes = whole("mean/axes", {1, 2});
    add(OpKind::mean, {m_last, axes}, "mean", {1, shape()[3]}, ReduceOptions{false});
}

void NetworkBuilder::pool(OpKind kind, std::int32_t size)
{
    const Shape in = shape();
    Pool2DOptions options;
    options.padding = Padding::valid;
    options.strideH = options.strideW = options.filterH = options.filterW = size;
    add(kind, {m_last}, "pool" + std::to_string(++m_pools), {1, in[1] / size, in[2] / size, in[3]}, options);
}

void NetworkBuilder::maxPool2D(std::int32_t size)
{
    pool(OpKind::maxPool2D, size);
}

void NetworkBuilder::averagePool2D(std::int32_t size)
{
    pool(OpKind::averagePool2D, size);
}

void NetworkBuilder::flatten()
{
    const auto features = std::int32_t(elementCount(shape()));
    const TensorId target = whole("flat/shape", {1, features});
    add(OpKind::reshape, {m_last, target}, "flat", {1, features}, ReshapeOptions{{1, features}});
}

void NetworkBuilder::dense(std::int32_t features, Activation activation)
{
    const std::int32_t in = shape()[1];
    const std::string name = "dense" + std::to_string(++m_dense);
    const TensorId weights = parameters(name + "/weights", {features, in}, std::size_t(in));
    const TensorId bias = parameters(name + "/bias", {features}, std::size_t(in));
    FullyConnectedOptions options;
    options.activation = activation;
    add(OpKind::fullyConnected, {m_last, weights, bias}, name, {1, features}, options);
}

Model NetworkBuilder::finish(std::string description)
{
    add(OpKind::softmax, {m_last}, "probabilities", shape(), SoftmaxOptions());
    m_graph.outputs = {m_last};
    Model model;
    model.description = std::move(description);
    model.graphs = {std::move(m_graph)};
    return model;
}

} // namespace espalier
