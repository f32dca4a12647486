// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "randomtensors.h"

namespace espalier::test {

/// Random layers with weights, in every form in which boards store these.
class RandomLayers : public RandomTensors
{
public:
    using RandomTensors::RandomTensors;

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

    /// An int8 convolution with steps of one: windows that overlap by the rest.
    void addOverlapping(const Shape &in, int outputs, int height, int width, Padding padding)
    {
        Conv2DOptions options;
        options.padding = padding;
        options.activation = activation();
        linear(OpKind::conv2D, options, DType::int8, false, in, {outputs, height, width, in[3]}, 0,
               {in[0], windowed(in[1], height, 1, 1, padding), windowed(in[2], width, 1, 1, padding), outputs}, outputs,
               height * width * in[3]);
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

protected:
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

private:
    bool m_isClustered = false, m_isSparse = false, m_isGrouped = false;
};

} // namespace espalier::test
