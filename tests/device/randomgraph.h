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

/// Builds graphs of many independent branches: each has inputs of its own, one operator and an output, with random
/// shapes, strides, paddings, zero points and scales.
class RandomGraph
{
public:
    explicit RandomGraph(unsigned seed) : m_random(seed) {}

    Graph take() { return std::move(m_graph); }

    void addConv2D(DType type, bool hybrid = false)
    {
        Conv2DOptions options;
        const int channels = pick(1, 5), outputs = pick(1, 6), kh = pick(1, 3), kw = pick(1, 3);
        const Shape in = {pick(1, 2), pick(5, 8), pick(5, 8), channels};
        options.padding = padding();
        options.strideH = pick(1, 2), options.strideW = pick(1, 3);
        options.dilationH = pick(1, 2), options.dilationW = pick(1, 2);
        options.activation = activation();
        const Shape out = {in[0], windowed(in[1], kh, options.strideH, options.dilationH, options.padding),
                           windowed(in[2], kw, options.strideW, options.dilationW, options.padding), outputs};
        linear(OpKind::conv2D, options, type, hybrid, in, {outputs, kh, kw, channels}, 0, out, outputs,
               kh * kw * channels);
    }

    void addDepthwise(DType type, bool hybrid = false)
    {
        DepthwiseConv2DOptions options;
        const int channels = pick(1, 5), kh = pick(1, 3), kw = pick(1, 3);
        options.depthMultiplier = pick(1, 2);
        const Shape in = {1, pick(5, 8), pick(5, 8), channels};
        options.padding = padding();
        options.strideH = options.strideW = pick(1, 2);
        options.dilationH = options.dilationW = options.strideH == 1 ? pick(1, 2) : 1;
        options.activation = activation();
        const int outputs = channels * options.depthMultiplier;
        const Shape out = {1, windowed(in[1], kh, options.strideH, options.dilationH, options.padding),
                           windowed(in[2], kw, options.strideW, options.dilationW, options.padding), outputs};
        linear(OpKind::depthwiseConv2D, options, type, hybrid, in, {1, kh, kw, outputs}, 3, out, outputs, kh * kw);
    }

    void addFullyConnected(DType type, bool hybrid = false)
    {
        FullyConnectedOptions options;
        options.activation = activation();
        options.asymmetricQuantizeInputs = hybrid && pick(0, 1);
        const int rows = pick(1, 3), inputs = pick(1, 40), outputs = pick(1, 9);
        linear(OpKind::fullyConnected, options, type, hybrid, {rows, inputs}, {outputs, inputs}, 0, {rows, outputs},
               outputs, inputs);
    }

    /// Layers whose weights have few distinct values, so that boards store these and indices.
    void addClustered(DType type)
    {
        m_isClustered = true;
        for (int outputs : {pick(4, 9), 1 + 2 * pick(2, 4)}) {
            Conv2DOptions convolution;
            const int channels = pick(8, 20), size = pick(1, 3);
            convolution.padding = Padding::same;
            convolution.activation = activation();
            const Shape in = {pick(1, 2), pick(4, 7), pick(4, 7), channels};
            linear(OpKind::conv2D, convolution, type, false, in, {outputs, size, size, channels}, 0,
                   {in[0], in[1], in[2], outputs}, outputs, size * size * channels);
            FullyConnectedOptions dense;
            dense.activation = activation();
            const int rows = pick(1, 2), inputs = pick(10, 40) * (outputs % 2 ? 4 : 1);
            linear(OpKind::fullyConnected, dense, type, false, {rows, inputs}, {outputs, inputs}, 0, {rows, outputs},
                   outputs, inputs);
        }
        DepthwiseConv2DOptions depthwise;
        depthwise.padding = Padding::same;
        const int channels = pick(9, 20);
        const Shape image = {1, 5, 6, channels};
        linear(OpKind::depthwiseConv2D, depthwise, type, false, image, {1, 3, 2, channels}, 3, image, channels, 6);
        m_isClustered = false;
    }

    /// Int8 or float layers of which most weights are zero, so that boards store the others alone; one has more than
    /// 255 zeros in a row.
    void addSparse(DType type = DType::int8)
    {
        m_isSparse = true;
        for (const int inputs : {pick(30, 60), 1100}) {
            FullyConnectedOptions dense;
            dense.activation = activation();
            const int rows = pick(1, 2), outputs = pick(2, 9);
            linear(OpKind::fullyConnected, dense, type, false, {rows, inputs}, {outputs, inputs}, 0, {rows, outputs},
                   outputs, inputs);
        }
        Conv2DOptions convolution;
        convolution.activation = activation();
        const int channels = pick(30, type == DType::float32 ? 80 : 60), outputs = pick(2, 9), size = pick(1, 2);
        const Shape in = {pick(1, 2), pick(2, 4), pick(2, 4), channels};
        linear(OpKind::conv2D, convolution, type, false, in, {outputs, size, size, channels}, 0,
               {in[0], in[1], in[2], outputs}, outputs, size * size * channels);
        m_isSparse = false;
    }

    /// Int8 layers whose weights are 4-bit integers times a multiplier of their group, so that boards store these.
    void addGrouped()
    {
        m_isGrouped = true;
        for (const int outputs : {pick(4, 9), 1 + 2 * pick(2, 4)}) {
            Conv2DOptions convolution;
            convolution.padding = padding();
            convolution.activation = activation();
            // Rows of an odd number of weights, or in fours.
            const bool isOdd = pick(0, 4) == 0;
            const int channels = isOdd ? 2 * pick(1, 2) + 1 : 8 * pick(1, 4), height = isOdd ? 4 : pick(1, 3),
                      width = isOdd ? 2 : pick(1, 3);
            const Shape in = {pick(1, 2), pick(4, 7), pick(4, 7), channels};
            linear(OpKind::conv2D, convolution, DType::int8, false, in, {outputs, height, width, channels}, 0,
                   {in[0], windowed(in[1], height, 1, 1, convolution.padding),
                    windowed(in[2], width, 1, 1, convolution.padding), outputs},
                   outputs, height * width * channels);
            FullyConnectedOptions dense;
            dense.activation = activation();
            const int rows = pick(1, 2), inputs = (8 << pick(0, 4)) * pick(1, 3);
            linear(OpKind::fullyConnected, dense, DType::int8, false, {rows, inputs}, {outputs, inputs}, 0,
                   {rows, outputs}, outputs, inputs);
        }
        m_isGrouped = false;
    }

    /// Int8 layers whose outputs take two values, as `binarize activations=yes` makes them: one that reads any values,
    /// a pool, and two whose weights take two values as well. And a dense one that reads any values.
    void addBinary()
    {
        Quantization steps;
        steps.scale = {6.0f / 255};
        steps.zeroPoint = {-128};
        const auto layer = [&](OpKind kind, OpOptions options, TensorId x, const Shape &filterShape, const Shape &out,
                               bool isBinary) {
            const std::int32_t outputs = filterShape[0];
            const auto taps = std::int32_t(elementCount(filterShape)) / outputs;
            Quantization scales;
            std::vector<std::int8_t> weights;
            std::vector<std::int32_t> bias;
            for (int c = 0; c < outputs; ++c) {
                const int unit = pick(1, 127);
                for (int i = 0; i < taps; ++i)
                    weights.push_back(std::int8_t(isBinary ? unit * (2 * pick(0, 1) - 1) : pick(-127, 127)));
                // A step of a sum, or of a count, is more than all of int8; counts meet no sum halfway.
                const float inputScale = m_graph[x].quantization.scale[0];
                scales.scale.push_back(isBinary ? 3.0f / float(unit) : 256.5f * steps.scale[0] / inputScale);
                scales.zeroPoint.push_back(0);
                bias.push_back(isBinary ? 255 * unit * pick(-3, 3) - 127 * unit : pick(-2000, 2000));
            }
            scales.axis = 0;
            const TensorId filter = constant(DType::int8, filterShape, weights, scales);
            const TensorId biasId = constant(DType::int32, {outputs}, bias);
            const TensorId y = tensor(DType::int8, out, steps);
            step(kind, options, {x, filter, biasId}, {y});
            return y;
        };
        const int channels = pick(1, 3), depth = pick(1, 40), outputs = pick(1, 9);
        const int height = pick(6, 11), width = pick(6, 11), kh = pick(1, 3), kw = pick(1, 4);
        const int batch = pick(1, 2);
        const TensorId x = input(DType::int8, {batch, height, width, channels}, quantization(DType::int8));
        Conv2DOptions any;
        any.padding = Padding::same;
        any.activation = Activation::relu6;
        const TensorId first =
            layer(OpKind::conv2D, any, x, {depth, kh, kw, channels}, {batch, height, width, depth}, false);
        Pool2DOptions pool;
        pool.strideH = pool.strideW = pool.filterH = pool.filterW = 2;
        pool.padding = Padding::valid;
        const TensorId pooled = tensor(DType::int8, {batch, height / 2, width / 2, depth}, steps);
        step(OpKind::maxPool2D, pool, {first}, {pooled});
        Conv2DOptions options;
        options.padding = padding();
        options.strideH = pick(1, 2), options.strideW = pick(1, 2);
        const int kh2 = pick(1, 3), kw2 = pick(1, 3);
        const Shape out = {batch, windowed(height / 2, kh2, options.strideH, 1, options.padding),
                           windowed(width / 2, kw2, options.strideW, 1, options.padding), outputs};
        const TensorId second = layer(OpKind::conv2D, options, pooled, {outputs, kh2, kw2, depth}, out, true);
        const int inputs = height / 2 * (width / 2) * depth;
        const TensorId flat = tensor(DType::int8, {batch, inputs}, steps);
        const TensorId shape = constant(DType::int32, {2}, std::vector<std::int32_t>{batch, inputs});
        step(OpKind::reshape, ReshapeOptions{{batch, inputs}}, {pooled, shape}, {flat});
        const TensorId third =
            layer(OpKind::fullyConnected, FullyConnectedOptions(), flat, {7, inputs}, {batch, 7}, true);
        const TensorId row = input(DType::int8, {batch, 4 * depth}, quantization(DType::int8));
        const TensorId dense =
            layer(OpKind::fullyConnected, FullyConnectedOptions(), row, {outputs, 4 * depth}, {batch, outputs}, false);
        m_graph.outputs.insert(m_graph.outputs.end(), {second, third, dense});
    }

    void addTransposeConv(DType type)
    {
        TransposeConvOptions options;
        const int channels = pick(1, 4), outputs = pick(1, 4), kh = pick(1, 4), kw = pick(1, 4);
        options.padding = padding();
        options.strideH = pick(1, 3), options.strideW = pick(1, 3);
        const Shape out = {1, pick(6, 9), pick(6, 9), outputs};
        const Shape in = {1, windowed(out[1], kh, options.strideH, 1, options.padding),
                          windowed(out[2], kw, options.strideW, 1, options.padding), channels};
        const TensorId shape = constant(DType::int32, {4}, std::vector<std::int32_t>(out.begin(), out.end()));
        linear(OpKind::transposeConv, options, type, false, in, {outputs, kh, kw, channels}, 0, out, outputs,
               kh * kw * channels, shape);
    }

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

private:
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

    // A layer with weights. `axis` is the filter's axis of output channels, `taps` the products in a sum.
    void linear(OpKind kind, OpOptions options, DType type, bool hybrid, const Shape &in, const Shape &filterShape,
                std::int32_t axis, const Shape &out, int outputs, int taps, TensorId first = TensorId::none)
    {
        const TensorId x = input(type, in, quantization(type));
        m_graph.outputs.push_back(
            addLayer(kind, std::move(options), type, hybrid, x, filterShape, axis, out, outputs, taps, first));
    }

    // The same on a value that is there already; returns the layer's output.
    TensorId addLayer(OpKind kind, OpOptions options, DType type, bool hybrid, TensorId x, const Shape &filterShape,
                      std::int32_t axis, const Shape &out, int outputs, int taps, TensorId first = TensorId::none)
    {
        const bool isFloat = type == DType::float32;
        const bool isWide = type == DType::int16;
        const bool isNarrow = type == DType::int8 && kind != OpKind::transposeConv && !m_isClustered && !m_isSparse &&
                              !m_isGrouped && pick(0, 4) == 0;
        const DType weightType = isNarrow ? DType::int4 : hybrid || isWide ? DType::int8 : type;
        const Quantization inQ = m_graph[x].quantization;
        Quantization outQ = quantization(type), weightQ;
        const bool perChannel = type != DType::uint8 && (isNarrow || kind != OpKind::fullyConnected) && pick(0, 2) > 0;
        for (int c = 0; weightType != DType::float32 && c < (perChannel ? outputs : 1); ++c) {
            weightQ.scale.push_back(real(0.002f, 0.02f));
            weightQ.zeroPoint.push_back(weightType == DType::uint8 ? pick(100, 150) : 0);
        }
        weightQ.axis = axis;
        if (!outQ.empty()) // so that results spread over the output's range
            outQ.scale[0] = inQ.scale[0] * weightQ.scale[0] * (isWide ? 100 : 60) * std::sqrt(float(taps));
        TensorId weights;
        if (isFloat && !hybrid && !m_isClustered && !m_isSparse && pick(0, 2) == 0) { // stored as float16
            std::vector<std::uint16_t> halves(elementCount(filterShape));
            for (std::uint16_t &half : halves) // some subnormal ones, too
                half = std::uint16_t((m_random() & 0x8000) | (pick(0, 5) ? m_random() % 0x3c00 : m_random() % 0x400));
            const TensorId stored = constant(DType::float16, filterShape, halves);
            weights = tensor(DType::float32, filterShape, {});
            step(OpKind::dequantize, {}, {stored}, {weights});
        } else {
            weights = randomConstant(weightType, filterShape, weightQ);
            if (weightType == DType::int8)
                makeUsual(weights, axis, outputs);
            if (m_isClustered)
                makeFew(weights, axis, outputs);
            if (m_isSparse)
                makeSparse(weights);
            if (m_isGrouped)
                makeGrouped(weights, std::size_t(taps));
        }
        TensorId bias = TensorId::none;
        if (isWide && pick(0, 5)) {
            std::vector<std::int64_t> integers;
            const int widest = pick(0, 1) ? 30 : 8; // some beyond 32 bits, or none
            for (int c = 0; c < outputs; ++c)
                integers.push_back(std::int64_t(pick(-5000, 5000)) << pick(0, widest));
            bias = constant(DType::int64, {outputs}, integers);
        } else if (!isWide && pick(0, 3)) {
            std::vector<std::int32_t> integers;
            for (int c = 0; c < outputs; ++c)
                integers.push_back(pick(-5000, 5000));
            bias = isFloat ? constant(DType::float32, {outputs}, floats(std::size_t(outputs)))
                           : constant(DType::int32, {outputs}, integers);
        }
        std::vector<TensorId> inputs = {x, weights};
        if (first.valid())
            inputs = {first, weights, inputs[0]};
        inputs.push_back(bias);
        const TensorId result = tensor(type, out, outQ);
        step(kind, std::move(options), inputs, {result});
        return result;
    }

    // Mostly without the value that symmetric quantization leaves out, and now and then an output without weights.
    void makeUsual(TensorId weights, std::int32_t axis, int outputs)
    {
        Bytes bytes = *m_graph[weights].data;
        const std::size_t perOutput = bytes.size() / std::size_t(outputs);
        const bool symmetric = pick(0, 7) > 0;
        for (int o = 0; o < outputs; ++o) {
            const bool dead = pick(0, 4) == 0;
            for (std::size_t i = 0; i < perOutput; ++i) {
                std::uint8_t &byte = axis == 0 ? bytes[std::size_t(o) * perOutput + i]
                                               : bytes[i * std::size_t(outputs) + std::size_t(o)];
                byte = dead ? 0 : symmetric && byte == 0x80 ? 0x81 : byte;
            }
        }
        m_graph[weights].data = std::make_shared<const Bytes>(std::move(bytes));
    }

    // Of few distinct values, now and then other ones for each output.
    void makeFew(TensorId weights, std::int32_t axis, int outputs)
    {
        Bytes bytes = *m_graph[weights].data;
        const std::size_t width = byteCount(m_graph[weights].type, 1), count = bytes.size() / width;
        const std::size_t perOutput = count / std::size_t(outputs);
        const auto values = std::size_t(1 << pick(0, 3)) + std::size_t(pick(0, 1));
        const bool apart = pick(0, 1) == 0;
        const Bytes from = bytes;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t output = axis == 0 ? i / perOutput : i % std::size_t(outputs);
            const std::size_t source = (m_random() % values + (apart ? output : 0)) % count;
            std::memcpy(&bytes[i * width], &from[source * width], width);
        }
        m_graph[weights].data = std::make_shared<const Bytes>(std::move(bytes));
    }

    // A few weights that are not zero, now and then one after 600 that are.
    void makeSparse(TensorId weights)
    {
        const Bytes from = *m_graph[weights].data;
        Bytes bytes(from.size(), 0);
        const std::size_t width = byteCount(m_graph[weights].type, 1), count = bytes.size() / width;
        for (std::size_t i = std::size_t(pick(0, 20)); i < count; i += std::size_t(pick(1, pick(0, 5) ? 40 : 600))) {
            if (width == 1)
                bytes[i] = std::uint8_t(std::int8_t(pick(-127, 127)));
            else
                std::memcpy(&bytes[i * width], &from[i * width], width);
        }
        m_graph[weights].data = std::make_shared<const Bytes>(std::move(bytes));
    }

    // In groups of a size that divides the weights of each output.
    void makeGrouped(TensorId weights, std::size_t perOutput)
    {
        Bytes bytes(m_graph[weights].data->size());
        std::size_t size = 8;
        while (size < 256 && perOutput % (2 * size) == 0 && pick(0, 2) > 0)
            size *= 2;
        int multiplier = 1;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (i % size == 0)
                multiplier = pick(1, 16);
            bytes[i] = std::uint8_t(std::int8_t(pick(-7, 7) * multiplier));
        }
        m_graph[weights].data = std::make_shared<const Bytes>(std::move(bytes));
    }

    std::mt19937 m_random;
    Graph m_graph;
    bool m_isClustered = false, m_isSparse = false, m_isGrouped = false;
};

/// A model of one graph.
inline ModelPtr modelOf(Graph graph)
{
    auto model = std::make_shared<Model>();
    model->graphs.push_back(std::move(graph));
    return model;
}

} // namespace espalier::test
