// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "randomlayers.h"

namespace espalier::test {

/// Builds graphs of many independent branches: each has inputs of its own, one operator and an output, with random
/// shapes, strides, paddings, zero points and scales.
class RandomGraph : public RandomLayers
{
public:
    using RandomLayers::RandomLayers;

    void addPool(OpKind kind, DType type)
    {
        Pool2DOptions options;
        options.padding = padding();
        options.filterH = pick(1, 4), options.filterW = pick(1, 4);
        options.strideH = pick(1, 3), options.strideW = pick(1, 3);
        options.activation = activation();
        const Shape in = {pick(1, 2), pick(5, 8), pick(5, 8), pick(1, 5)};
        const Shape out = {in[0], windowed(in[1], options.filterH, options.strideH, 1, options.padding),
                           windowed(in[2], options.filterW, options.strideW, 1, options.padding), in[3]};
        const Quantization q = quantization(type);
        append(kind, options, {input(type, in, q)}, {tensor(type, out, q)});
    }

    void addPairwise(OpKind kind, DType type)
    {
        const Shape out = {1, pick(1, 4), pick(1, 4), pick(1, 5)};
        const auto part = [&](bool broadcast) {
            Shape shape = out;
            for (std::int32_t &extent : shape)
                extent = broadcast && pick(0, 1) ? 1 : extent;
            if (broadcast && shape[0] == 1 && pick(0, 1))
                shape.erase(shape.begin());
            return shape;
        };
        const bool selects = kind == OpKind::maximum || kind == OpKind::minimum;
        const Quantization shared = quantization(type);
        const auto q = [&] { return selects ? shared : quantization(type); };
        const bool broadcastSecond = pick(0, 1) || kind == OpKind::prelu;
        const TensorId a = input(type, broadcastSecond ? out : part(true), q());
        const bool isConstant = kind == OpKind::prelu || pick(0, 1);
        const Shape second = broadcastSecond ? part(true) : out;
        const TensorId b = isConstant ? randomConstant(type, second, q()) : input(type, second, q());
        OpOptions options;
        if (kind == OpKind::add || kind == OpKind::sub || kind == OpKind::mul) {
            ArithmeticOptions arithmetic;
            arithmetic.activation = activation();
            options = arithmetic;
        }
        append(kind, options, {a, b}, {tensor(type, out, q())});
    }

    void addUnary(OpKind kind, DType type)
    {
        const Shape shape = {1, pick(2, 6), pick(1, 20)};
        Quantization in = quantization(type), out = quantization(type);
        if (!out.empty() && (kind == OpKind::logistic || kind == OpKind::softmax)) {
            out.scale = {1.0f / 256};
            out.zeroPoint = {type == DType::int8 ? -128 : 0};
        }
        if (!out.empty() && kind == OpKind::tanh) {
            out.scale = {1.0f / 128};
            out.zeroPoint = {type == DType::int8 ? 0 : 128};
        }
        if (type == DType::int16 && (kind == OpKind::softmax || kind == OpKind::logistic || kind == OpKind::tanh)) {
            out.scale = {1.0f / 32768};
            out.zeroPoint = {0};
        }
        OpOptions options;
        if (kind == OpKind::softmax)
            options = SoftmaxOptions{pick(0, 1) ? 1.0f : 0.5f};
        if (kind == OpKind::leakyRelu)
            options = LeakyReluOptions{pick(0, 1) ? 0.2f : 0.01f};
        append(kind, options, {input(type, shape, in)}, {tensor(type, shape, out)});
    }

    /// SOFTMAX of int8 with a result of 16 bits.
    void addWideSoftmax()
    {
        const Shape shape = {pick(1, 3), pick(2, 12)};
        Quantization out;
        out.scale = {1.0f / 65536};
        out.zeroPoint = {-32768};
        append(OpKind::softmax, SoftmaxOptions{1.0f}, {input(DType::int8, shape, quantization(DType::int8))},
               {tensor(DType::int16, shape, out)});
    }

    void addConversion(DType from, DType to)
    {
        const Shape shape = {1, pick(3, 40)};
        append(to == DType::float32 ? OpKind::dequantize : OpKind::quantize, {},
               {input(from, shape, quantization(from))}, {tensor(to, shape, quantization(to))});
    }

    void addMean(DType type)
    {
        const Shape in = {1, pick(2, 6), pick(2, 6), pick(1, 5)};
        std::vector<std::int32_t> axes = pick(0, 1) ? std::vector<std::int32_t>{1, 2} : std::vector<std::int32_t>{2};
        ReduceOptions options{pick(0, 1) == 1};
        Shape out;
        for (std::int32_t i = 0; i < 4; ++i) {
            const bool reduced = std::find(axes.begin(), axes.end(), i) != axes.end();
            if (!reduced || options.keepDims)
                out.push_back(reduced ? 1 : in[std::size_t(i)]);
        }
        const TensorId from = input(type, in, quantization(type));
        append(OpKind::mean, options, {from, constant(DType::int32, {std::int32_t(axes.size())}, axes)},
               {tensor(type, out, quantization(type))});
    }

    void addConcatenation(DType type)
    {
        const std::int32_t axis = pick(0, 3);
        Shape a = {pick(1, 2), pick(1, 4), pick(1, 4), pick(1, 4)}, b = a;
        b[std::size_t(axis)] = pick(1, 5);
        Shape out = a;
        out[std::size_t(axis)] += b[std::size_t(axis)];
        const Quantization q = quantization(type);
        const Quantization other = type == DType::uint8 ? quantization(type) : q;
        ConcatenationOptions options;
        options.axis = pick(0, 1) ? axis : axis - 4;
        append(OpKind::concatenation, options, {input(type, a, q), input(type, b, other)}, {tensor(type, out, q)});
    }

    void addPad(DType type, bool withValue)
    {
        const Shape in = {1, pick(1, 4), pick(1, 4), pick(1, 3)};
        std::vector<std::int32_t> paddings;
        Shape out = in;
        for (std::int32_t &extent : out) {
            paddings.push_back(pick(0, 2));
            paddings.push_back(pick(0, 2));
            extent += paddings[paddings.size() - 2] + paddings.back();
        }
        const Quantization q = quantization(type);
        std::vector<TensorId> inputs = {input(type, in, q), constant(DType::int32, {4, 2}, paddings)};
        if (withValue)
            inputs.push_back(randomConstant(type, {1}, q));
        append(withValue ? OpKind::padV2 : OpKind::pad, {}, inputs, {tensor(type, out, q)});
    }

    void addTranspose(DType type)
    {
        const Shape in = {pick(1, 3), pick(1, 4), pick(1, 4), pick(1, 4)};
        std::vector<std::int32_t> order = {0, 1, 2, 3};
        std::shuffle(order.begin(), order.end(), m_random);
        Shape out;
        for (const std::int32_t axis : order)
            out.push_back(in[std::size_t(axis)]);
        const Quantization q = quantization(type);
        append(OpKind::transpose, {}, {input(type, in, q), constant(DType::int32, {4}, order)}, {tensor(type, out, q)});
    }

    void addSlice(DType type)
    {
        const Shape in = {1, pick(2, 6), pick(2, 6), pick(1, 4)};
        std::vector<std::int32_t> begin, size;
        for (const std::int32_t extent : in) {
            begin.push_back(pick(0, extent - 1));
            size.push_back(pick(1, extent - begin.back()));
        }
        const Quantization q = quantization(type);
        append(OpKind::slice, {},
               {input(type, in, q), constant(DType::int32, {4}, begin), constant(DType::int32, {4}, size)},
               {tensor(type, Shape(size.begin(), size.end()), q)});
    }

    void addStridedSlice(DType type)
    {
        const Shape in = {1, pick(4, 7), pick(4, 7), 2};
        const std::int32_t step = pick(1, 2);
        const bool backwards = pick(0, 1);
        const std::vector<std::int32_t> begin = {0, 1, backwards ? in[2] - 1 : 0, 0};
        const std::vector<std::int32_t> end = {1, in[1], backwards ? 0 : in[2], 2};
        const std::vector<std::int32_t> strides = {1, step, backwards ? -1 : 1, 1};
        const Shape out = {1, (in[1] - 1 + step - 1) / step, backwards ? in[2] - 1 : in[2], 2};
        const Quantization q = quantization(type);
        append(OpKind::stridedSlice, StridedSliceOptions{},
               {input(type, in, q), constant(DType::int32, {4}, begin), constant(DType::int32, {4}, end),
                constant(DType::int32, {4}, strides)},
               {tensor(type, out, q)});
    }

    void addSplit(DType type)
    {
        const Shape out = {1, pick(1, 3), pick(1, 4)};
        const Shape in = {1, out[1], out[2] * 3};
        const Quantization q = quantization(type);
        append(OpKind::split, SplitOptions{3},
               {constant(DType::int32, {}, std::vector<std::int32_t>{2}), input(type, in, q)},
               {tensor(type, out, q), tensor(type, out, q), tensor(type, out, q)});
    }

    void addPackAndUnpack(DType type)
    {
        const Shape part = {pick(1, 3), pick(1, 4)};
        const Quantization q = quantization(type);
        append(OpKind::pack, PackOptions{2, 1}, {input(type, part, q), input(type, part, q)},
               {tensor(type, {part[0], 2, part[1]}, q)});
        append(OpKind::unpack, UnpackOptions{2, 1}, {input(type, {part[0], 2, part[1]}, q)},
               {tensor(type, part, q), tensor(type, part, q)});
    }

    void addResize(OpKind kind, DType type)
    {
        const Shape in = {1, pick(2, 5), pick(2, 5), pick(1, 3)};
        const Shape out = {1, pick(2, 9), pick(2, 9), in[3]};
        ResizeOptions options;
        options.alignCorners = pick(0, 1);
        options.halfPixelCenters = !options.alignCorners && pick(0, 1);
        const Quantization q = quantization(type);
        append(kind, options,
               {input(type, in, q), constant(DType::int32, {2}, std::vector<std::int32_t>{out[1], out[2]})},
               {tensor(type, out, q)});
    }

    /// A chain through a reshape, an operator that may run in place, and a value that two operators read.
    void addChain(DType type)
    {
        const Quantization q = quantization(type);
        const TensorId in = input(type, {1, 4, 6}, q);
        const TensorId flat = tensor(type, {1, 24}, q), positive = tensor(type, {1, 24}, quantization(type)),
                       sum = tensor(type, {1, 24}, quantization(type));
        const TensorId shape = constant(DType::int32, {2}, std::vector<std::int32_t>{1, 24});
        step(OpKind::reshape, ReshapeOptions{{1, 24}}, {in, shape}, {flat});
        step(OpKind::relu, {}, {flat}, {positive});
        step(OpKind::add, ArithmeticOptions{}, {positive, flat}, {sum});
        m_graph.outputs.push_back(sum);
    }

    /// Int8 (or int16) layers one after another, as networks have them: a convolution, depthwise and pointwise layers,
    /// a shortcut, a pool. Their outputs may run over their inputs, and some filters are all zeros.
    void addNetwork(DType type = DType::int8)
    {
        const std::int32_t height = pick(3, 13), width = pick(3, 13), channels = pick(1, 9), depth = pick(1, 20);
        Shape shape = {pick(1, 2), height, width, channels};
        TensorId last = input(type, shape, quantization(type));
        const auto layer = [&](OpKind kind, int size, int stride, std::int32_t outputs, Padding pad) {
            const bool isDepthwise = kind == OpKind::depthwiseConv2D;
            const Shape filter = isDepthwise ? Shape{1, size, size, outputs} : Shape{outputs, size, size, shape[3]};
            OpOptions options;
            if (isDepthwise) {
                DepthwiseConv2DOptions depthwise;
                depthwise.padding = pad;
                depthwise.strideH = depthwise.strideW = stride;
                depthwise.activation = activation();
                options = depthwise;
            } else {
                Conv2DOptions convolution;
                convolution.padding = pad;
                convolution.strideH = convolution.strideW = stride;
                convolution.activation = activation();
                options = convolution;
            }
            shape = {shape[0], windowed(shape[1], size, stride, 1, pad), windowed(shape[2], size, stride, 1, pad),
                     outputs};
            last = addLayer(kind, options, type, false, last, filter, isDepthwise ? 3 : 0, shape, outputs,
                            isDepthwise ? size * size : size * size * filter[3]);
        };
        layer(OpKind::conv2D, 3, pick(1, 2), depth, Padding::same);
        layer(OpKind::depthwiseConv2D, 3, pick(1, 2), depth, shape[1] > 2 && shape[2] > 2 ? padding() : Padding::same);
        layer(OpKind::conv2D, 1, 1, pick(1, 20), Padding::valid);
        const TensorId before = last;
        layer(OpKind::depthwiseConv2D, 3, 1, shape[3], Padding::same);
        const TensorId sum = tensor(type, shape, quantization(type));
        step(OpKind::add, ArithmeticOptions{}, {before, last}, {sum});
        last = sum;
        layer(OpKind::conv2D, 1, 1, pick(1, 7), Padding::valid);
        Pool2DOptions pool;
        pool.filterH = shape[1], pool.filterW = shape[2];
        const Quantization same = m_graph[last].quantization;
        const TensorId mean = tensor(type, {shape[0], 1, 1, shape[3]}, same);
        pool.padding = Padding::valid;
        step(OpKind::averagePool2D, pool, {last}, {mean});
        m_graph.outputs.push_back(mean);
    }

    /// Float values that become 8-bit ones and floats again, each step on memory that the one before may leave it.
    void addRoundTrip(DType type)
    {
        const TensorId in = input(DType::float32, {1, 40}, {}), out = tensor(DType::float32, {1, 40}, {});
        const TensorId narrow = tensor(type, {1, 40}, quantization(type)),
                       clipped = tensor(type, {1, 40}, quantization(type));
        step(OpKind::quantize, {}, {in}, {narrow});
        step(OpKind::relu, {}, {narrow}, {clipped});
        step(OpKind::dequantize, {}, {clipped}, {out});
        m_graph.outputs.push_back(out);
    }
};

/// A model of one graph.
inline ModelPtr modelOf(Graph graph)
{
    auto model = std::make_shared<Model>();
    model->graphs.push_back(std::move(graph));
    return model;
}

} // namespace espalier::test
