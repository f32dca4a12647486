// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "golden.h"
#include "modelbuilder.h"

namespace espalier {

/// Builds the networks of the golden cases from PyTorch's weights.
class GoldenNetwork : public ModelBuilder
{
public:
    explicit GoldenNetwork(const nlohmann::json &weights) : m_weights(weights) {}

    /// A filter [O, I, kh, kw] as [O, kh, kw, I], or as [1, kh, kw, O] where it is depthwise.
    TensorId filter(const std::string &name, bool depthwise = false)
    {
        const nlohmann::json &w = m_weights[name + ".weight"];
        const std::size_t o = w.size(), i = w[0].size(), h = w[0][0].size(), k = w[0][0][0].size();
        std::vector<float> all(o * i * h * k);
        for (std::size_t a = 0; a < o; ++a)
            for (std::size_t b = 0; b < i; ++b)
                for (std::size_t y = 0; y < h; ++y)
                    for (std::size_t x = 0; x < k; ++x)
                        all[depthwise ? (y * k + x) * o + a : ((a * h + y) * k + x) * i + b] = w[a][b][y][x];
        const auto n = [](std::size_t extent) { return std::int32_t(extent); };
        return constant(name + "/w", DType::float32,
                        depthwise ? Shape{1, n(h), n(k), n(o)} : Shape{n(o), n(h), n(k), n(i)}, all);
    }
    TensorId conv(const std::string &name, TensorId in, Padding padding = Padding::same,
                  Activation activation = Activation::relu)
    {
        const TensorId w = filter(name);
        Shape shape = graph()[in].shape;
        const Shape &kernel = graph()[w].shape;
        if (padding == Padding::valid)
            for (const std::size_t axis : {1, 2})
                shape[axis] -= kernel[axis] - 1;
        shape[3] = kernel[0];
        Conv2DOptions options;
        options.padding = padding;
        options.activation = activation;
        return add(OpKind::conv2D, {in, w, weights(name + "/b", {kernel[0]}, 0.1f)}, name, shape, options);
    }
    TensorId dense(const std::string &name, TensorId in, Activation activation = Activation::none)
    {
        const nlohmann::json &w = m_weights[name + ".weight"];
        const Shape shape = {std::int32_t(w.size()), std::int32_t(w[0].size())};
        FullyConnectedOptions options;
        options.activation = activation;
        return add(
            OpKind::fullyConnected,
            {in, constant(name + "/w", DType::float32, shape, flat<float>(w)), weights(name + "/b", {shape[0]}, 0.1f)},
            name, {1, shape[0]}, options);
    }
    TensorId whole(const std::string &name, std::vector<std::int32_t> numbers)
    {
        return constant(name, DType::int32, {std::int32_t(numbers.size())}, numbers);
    }
    /// In PyTorch's order of channels first.
    TensorId flatten(TensorId in)
    {
        const Shape s = graph()[in].shape;
        const TensorId turned =
            add(OpKind::transpose, {in, whole("perm", {0, 3, 1, 2})}, "turned", {1, s[3], s[1], s[2]});
        const Shape flat = {1, s[1] * s[2] * s[3]};
        return add(OpKind::reshape, {turned, whole("flat/shape", flat)}, "flat", flat, ReshapeOptions{flat});
    }
    TensorId mean(TensorId in)
    {
        return add(OpKind::mean, {in, whole("axes", {1, 2})}, "mean", {1, graph()[in].shape[3]}, ReduceOptions());
    }

private:
    const nlohmann::json &m_weights;
};

inline ModelPtr goldenModel(const std::string &name, const nlohmann::json &input, const nlohmann::json &w)
{
    GoldenNetwork b(w);
    const TensorId in = b.input("in", {1, input[2], input[3], input[1]});
    if (name == "Res") {
        const TensorId x = b.conv("c1", in), y = b.conv("c2", x, Padding::same, Activation::none);
        ArithmeticOptions relu;
        relu.activation = Activation::relu;
        return b.finish({b.dense("fc", b.flatten(b.add(OpKind::add, {x, y}, "sum", b.graph()[y].shape, relu)))});
    }
    if (name == "Cat") {
        const TensorId x = b.conv("a", in), y = b.conv("b", in);
        ConcatenationOptions options;
        options.axis = 3;
        const TensorId both = b.add(OpKind::concatenation, {x, y}, "both", {1, 4, 4, 10}, options);
        return b.finish({b.dense("fc", b.mean(b.conv("c", both)))});
    }
    if (name == "Dw") {
        const TensorId e = b.conv("e", in);
        const TensorId d = b.add(OpKind::depthwiseConv2D, {e, b.filter("d", true), b.weights("d/b", {8}, 0.1f)}, "d",
                                 {1, 4, 4, 8}, DepthwiseConv2DOptions());
        return b.finish({b.dense("fc", b.mean(b.conv("p", d, Padding::same, Activation::none)))});
    }
    if (name == "Grp") {
        const TensorId g = b.conv("g", b.conv("c1", in));
        return b.finish({b.dense("fc", b.mean(b.conv("c3", g)))});
    }
    const TensorId c2 = b.conv("c2", b.conv("c1", in, Padding::valid), Padding::valid);
    return b.finish({b.dense("f2", b.dense("f1", b.flatten(c2), Activation::relu))});
}

} // namespace espalier
