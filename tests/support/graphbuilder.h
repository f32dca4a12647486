// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Builds small models for tests, one line an operator:
///
///     GraphBuilder b;
///     auto x = b.input({1, 8, 8, 1});
///     auto y = b.conv2D(x, b.constant({4, 3, 3, 1}, weights), b.constant({4}, bias), {.activation =
///     Activation::relu}); ModelPtr model = b.model({b.softmax(b.fullyConnected(b.reshape(y, {1, 144}), w, c))});
///
/// Output shapes follow from the inputs as TFLite computes them. Quantized tensors: pass a Quantization and a type.
/// Nothing is checked here; model() verifies and aborts with the reason where the model is not sound.
class GraphBuilder
{
public:
    using Shape = espalier::Shape;
    using TensorId = espalier::TensorId;
    using DType = espalier::DType;
    using OpKind = espalier::OpKind;
    using Quantization = espalier::Quantization;
    using OpOptions = espalier::OpOptions;

    /// One scale and zero point for the whole tensor.
    static Quantization perTensor(float scale, std::int64_t zeroPoint)
    {
        return {{scale}, {zeroPoint}, 0, {}, {}};
    }
    /// One scale for each slice along `axis`, zero points 0.
    static Quantization perChannel(std::vector<float> scales, std::int32_t axis)
    {
        const std::size_t count = scales.size();
        return {std::move(scales), std::vector<std::int64_t>(count), axis, {}, {}};
    }

    TensorId tensor(const Shape &shape, DType type = DType::float32, const Quantization &quantization = {})
    {
        espalier::Tensor tensor;
        tensor.name = "t" + std::to_string(m_graph.tensors.size());
        tensor.type = type;
        tensor.shape = shape;
        tensor.quantization = quantization;
        return m_graph.addTensor(std::move(tensor));
    }
    TensorId input(const Shape &shape, DType type = DType::float32, const Quantization &quantization = {})
    {
        const TensorId id = tensor(shape, type, quantization);
        m_graph[id].name = "input" + std::to_string(m_graph.inputs.size());
        m_graph.inputs.push_back(id);
        return id;
    }
    TensorId constantBytes(const Shape &shape, DType type, espalier::SharedBytes bytes,
                           const Quantization &quantization = {})
    {
        const TensorId id = tensor(shape, type, quantization);
        m_graph[id].name = "constant" + std::to_string(id.index);
        m_graph[id].data = std::move(bytes);
        return id;
    }
    TensorId constant(const Shape &shape, const std::vector<float> &values)
    {
        return constantBytes(shape, DType::float32, espalier::sharedBytes(values));
    }
    TensorId constant(const Shape &shape, const std::vector<std::int8_t> &values, const Quantization &quantization)
    {
        return constantBytes(shape, DType::int8, espalier::sharedBytes(values), quantization);
    }
    TensorId constant(const Shape &shape, const std::vector<std::uint8_t> &values, const Quantization &quantization)
    {
        return constantBytes(shape, DType::uint8, espalier::sharedBytes(values), quantization);
    }
    TensorId constant(const Shape &shape, const std::vector<std::int32_t> &values,
                      const Quantization &quantization = {})
    {
        return constantBytes(shape, DType::int32, espalier::sharedBytes(values), quantization);
    }

    /// An operator with outputs that exist already.
    void add(OpKind kind, std::vector<TensorId> inputs, std::vector<TensorId> outputs, OpOptions options = {},
             std::int32_t version = 1)
    {
        espalier::Operator op;
        op.kind = kind;
        op.typeName = espalier::typeName(kind);
        op.builtinCode = espalier::builtinCode(kind);
        op.version = version;
        op.inputs = std::move(inputs);
        op.outputs = std::move(outputs);
        op.options = std::move(options);
        m_graph.operators.push_back(std::move(op));
    }
    /// An operator with one new output of the given shape; type and quantization as its first input unless given.
    TensorId add(OpKind kind, std::vector<TensorId> inputs, const Shape &shape, OpOptions options = {},
                 std::optional<DType> type = {}, std::optional<Quantization> quantization = {})
    {
        const espalier::Tensor &first = m_graph[inputs.front()];
        const DType outType = type.value_or(first.type);
        const Quantization outQuantization = quantization.value_or(first.quantization);
        const TensorId out = tensor(shape, outType, outQuantization);
        add(kind, std::move(inputs), std::vector<TensorId>{out}, std::move(options));
        return out;
    }

    TensorId conv2D(TensorId x, TensorId filter, TensorId bias, espalier::Conv2DOptions options = {},
                    std::optional<Quantization> quantization = {})
    {
        const Shape in = shape(x), f = shape(filter);
        const Shape out = {in[0], extent(in[1], f[1], options.strideH, options.dilationH, options.padding),
                           extent(in[2], f[2], options.strideW, options.dilationW, options.padding), f[0]};
        return add(OpKind::conv2D, {x, filter, bias}, out, options, {}, std::move(quantization));
    }
    TensorId depthwiseConv2D(TensorId x, TensorId filter, TensorId bias, espalier::DepthwiseConv2DOptions options = {},
                             std::optional<Quantization> quantization = {})
    {
        const Shape in = shape(x), f = shape(filter);
        options.depthMultiplier = f[3] / in[3];
        const Shape out = {in[0], extent(in[1], f[1], options.strideH, options.dilationH, options.padding),
                           extent(in[2], f[2], options.strideW, options.dilationW, options.padding), f[3]};
        return add(OpKind::depthwiseConv2D, {x, filter, bias}, out, options, {}, std::move(quantization));
    }
    /// Inputs of rank above 2 are flattened, as TFLite does.
    TensorId fullyConnected(TensorId x, TensorId weights, TensorId bias, espalier::FullyConnectedOptions options = {},
                            std::optional<Quantization> quantization = {})
    {
        const Shape w = shape(weights);
        Shape out = {std::int32_t(espalier::elementCount(shape(x)) / std::size_t(w[1])), w[0]};
        if (options.keepNumDims) {
            out = shape(x);
            out.back() = w[0];
        }
        return add(OpKind::fullyConnected, {x, weights, bias}, out, options, {}, std::move(quantization));
    }
    TensorId maxPool2D(TensorId x, std::int32_t size, espalier::Padding padding = espalier::Padding::valid)
    {
        return pool(OpKind::maxPool2D, x, size, padding);
    }
    TensorId averagePool2D(TensorId x, std::int32_t size, espalier::Padding padding = espalier::Padding::valid)
    {
        return pool(OpKind::averagePool2D, x, size, padding);
    }
    TensorId reshape(TensorId x, const Shape &shape)
    {
        const TensorId newShape = constant({std::int32_t(shape.size())}, std::vector<std::int32_t>(shape));
        return add(OpKind::reshape, {x, newShape}, shape, espalier::ReshapeOptions{shape});
    }
    TensorId softmax(TensorId x, float beta = 1, std::optional<Quantization> quantization = {})
    {
        return add(OpKind::softmax, {x}, shape(x), espalier::SoftmaxOptions{beta}, {}, std::move(quantization));
    }
    /// RELU, RELU6, LOGISTIC, TANH, HARD_SWISH: an operator of one input that keeps the shape and has no settings.
    TensorId unary(OpKind kind, TensorId x, std::optional<Quantization> quantization = {})
    {
        return add(kind, {x}, shape(x), {}, {}, std::move(quantization));
    }
    /// ADD, SUB, MUL of equal shapes or with a second operand that broadcasts to the first.
    TensorId arithmetic(OpKind kind, TensorId a, TensorId b, espalier::ArithmeticOptions options = {},
                        std::optional<Quantization> quantization = {})
    {
        return add(kind, {a, b}, shape(a), options, {}, std::move(quantization));
    }
    TensorId quantize(TensorId x, DType type, const Quantization &quantization)
    {
        return add(OpKind::quantize, {x}, shape(x), {}, type, quantization);
    }
    TensorId dequantize(TensorId x)
    {
        return add(OpKind::dequantize, {x}, shape(x), {}, DType::float32, Quantization());
    }

    const Shape &shape(TensorId id) const { return m_graph[id].shape; }
    espalier::Graph &graph() { return m_graph; }

    /// The finished model with these outputs.
    std::shared_ptr<espalier::Model> model(std::vector<TensorId> outputs, std::string description = "test model")
    {
        m_graph.outputs = std::move(outputs);
        auto model = std::make_shared<espalier::Model>();
        model->description = std::move(description);
        model->graphs.push_back(m_graph);
        if (const espalier::Result<void> sound = espalier::verify(*model); !sound) {
            std::fprintf(stderr, "GraphBuilder: %s\n", sound.error().message.c_str());
            std::abort();
        }
        return model;
    }

private:
    static std::int32_t extent(std::int32_t in, std::int32_t window, std::int32_t stride, std::int32_t dilation,
                               espalier::Padding padding)
    {
        const std::int32_t reach = (window - 1) * dilation + 1;
        return padding == espalier::Padding::same ? (in + stride - 1) / stride : (in - reach + stride) / stride;
    }
    TensorId pool(OpKind kind, TensorId x, std::int32_t size, espalier::Padding padding)
    {
        const Shape in = shape(x);
        const Shape out = {in[0], extent(in[1], size, size, 1, padding), extent(in[2], size, size, 1, padding), in[3]};
        return add(kind, {x}, out,
                   espalier::Pool2DOptions{
                       .padding = padding, .strideH = size, .strideW = size, .filterH = size, .filterW = size});
    }

    espalier::Graph m_graph;
};
