// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/networkbuilder.h"

#include <algorithm>
#include <cmath>

namespace espalier {

NetworkBuilder::NetworkBuilder(const Shape &sampleShape, std::uint64_t seed, Kind kind, double width)
    : m_random(seed), m_width(width)
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

std::int32_t NetworkBuilder::scaled(std::int32_t channels, std::int32_t divisor) const
{
    const double exact = double(channels) * m_width;
    if (divisor == 1)
        return std::max(1, std::int32_t(exact));
    const std::int32_t rounded = std::max(divisor, std::int32_t(exact / divisor + 0.5) * divisor);
    return double(rounded) < 0.9 * exact ? rounded + divisor : rounded;
}

TensorId NetworkBuilder::constant(const std::string &name, Shape shape, double reach)
{
    std::vector<float> values(elementCount(shape));
    for (float &value : values)
        value = float((m_random.uniform() * 2 - 1) * reach);
    Tensor tensor;
    tensor.name = name;
    tensor.shape = std::move(shape);
    tensor.data = sharedBytes(values);
    return m_graph.addTensor(std::move(tensor));
}

TensorId NetworkBuilder::parameters(const std::string &name, Shape shape, std::size_t inputs)
{
    return constant(name, std::move(shape), (m_start == Start::he ? std::sqrt(6.0) : 1) / std::sqrt(double(inputs)));
}

TensorId NetworkBuilder::biases(const std::string &name, std::int32_t count, std::size_t inputs)
{
    return constant(name, {count}, m_start == Start::he ? 0 : 1 / std::sqrt(double(inputs)));
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

void NetworkBuilder::conv2D(std::int32_t filters, FilterSize size, Padding padding, Activation activation,
                            std::int32_t stride)
{
    const Shape in = shape();
    const std::string name = "conv" + std::to_string(++m_convolutions);
    const std::size_t inputs = std::size_t(size.height) * std::size_t(size.width) * std::size_t(in[3]);
    const TensorId weights = parameters(name + "/weights", {filters, size.height, size.width, in[3]}, inputs);
    const TensorId bias = biases(name + "/bias", filters, inputs);
    const auto extent = [&](std::int32_t all, std::int32_t filter) {
        return ((padding == Padding::same ? all : all - filter + 1) + stride - 1) / stride;
    };
    Conv2DOptions options;
    options.padding = padding;
    options.strideH = options.strideW = stride;
    options.activation = activation;
    add(OpKind::conv2D, {m_last, weights, bias}, name,
        {1, extent(in[1], size.height), extent(in[2], size.width), filters}, options);
}

void NetworkBuilder::depthwiseConv2D(std::int32_t size, Activation activation, std::int32_t stride)
{
    const Shape in = shape();
    const std::string name = "conv" + std::to_string(++m_convolutions);
    const auto inputs = std::size_t(size) * std::size_t(size);
    const TensorId weights = parameters(name + "/weights", {1, size, size, in[3]}, inputs);
    const TensorId bias = biases(name + "/bias", in[3], inputs);
    DepthwiseConv2DOptions options;
    options.strideH = options.strideW = stride;
    options.activation = activation;
    add(OpKind::depthwiseConv2D, {m_last, weights, bias}, name,
        {1, (in[1] + stride - 1) / stride, (in[2] + stride - 1) / stride, in[3]}, options);
}

void NetworkBuilder::addTo(TensorId other, Activation activation)
{
    ArithmeticOptions options;
    options.activation = activation;
    add(OpKind::add, {m_last, other}, "sum" + std::to_string(++m_sums), shape(), options);
}

void NetworkBuilder::conv1D(std::int32_t filters, std::int32_t size, Activation activation)
{
    const Shape series = shape();
    const TensorId axis = whole("rows/axis", {1});
    add(OpKind::expandDims, {m_last, axis}, "rows", {1, 1, series[1], series[2]}, {});
    const std::string name = "conv" + std::to_string(++m_convolutions);
    const std::size_t inputs = std::size_t(size) * std::size_t(series[2]);
    const TensorId weights = parameters(name + "/weights", {filters, 1, size, series[2]}, inputs);
    const TensorId bias = biases(name + "/bias", filters, inputs);
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
    const TensorId bias = biases(name + "/bias", features, std::size_t(in));
    FullyConnectedOptions options;
    options.activation = activation;
    add(OpKind::fullyConnected, {m_last, weights, bias}, name, {1, features}, options);
}

void NetworkBuilder::normalize(BatchNormalization settings)
{
    settings.layer = m_last;
    m_layers.normalizations.push_back(settings);
}

void NetworkBuilder::dropout(double rate)
{
    m_layers.dropouts.push_back({m_last, rate});
}

Untrained NetworkBuilder::finish(std::string description, Head head)
{
    if (head == Head::softmax)
        add(OpKind::softmax, {m_last}, "probabilities", shape(), SoftmaxOptions());
    m_graph.outputs = {m_last};
    Model model;
    model.description = std::move(description);
    model.graphs = {std::move(m_graph)};
    return {std::make_shared<const Model>(std::move(model)), std::move(m_layers)};
}

} // namespace espalier
