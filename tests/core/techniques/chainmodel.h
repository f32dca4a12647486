// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "modelbuilder.h"

#include <span>
#include <vector>

namespace espalier::test {

/// Convolutions in a row. Channel c of the first one is made `scales[c]` times as large, and the depthwise layer's as
/// much smaller, so that the network computes the same.
inline ModelPtr chainModel(const std::vector<float> &scales)
{
    ModelBuilder b(5);
    Conv2DOptions relu;
    relu.activation = Activation::relu;
    DepthwiseConv2DOptions depthwise;
    depthwise.activation = Activation::relu;
    const TensorId in = b.input("image", {1, 8, 8, 2});
    const TensorId w = b.weights("first/w", {4, 3, 3, 2}, 0.5f), c = b.weights("first/b", {4}, 0.2f);
    const TensorId first = b.add(OpKind::conv2D, {in, w, c}, "first", {1, 8, 8, 4}, relu);
    const TensorId v = b.weights("dw/w", {1, 3, 3, 4}, 0.5f);
    const TensorId dw =
        b.add(OpKind::depthwiseConv2D, {first, v, b.weights("dw/b", {4}, 0.2f)}, "dw", {1, 8, 8, 4}, depthwise);
    const TensorId third =
        b.add(OpKind::conv2D, {dw, b.weights("third/w", {6, 1, 1, 4}, 0.7f), b.weights("third/b", {6}, 0.2f)}, "third",
              {1, 8, 8, 6}, relu);
    const TensorId last =
        b.add(OpKind::conv2D, {third, b.weights("last/w", {5, 8, 8, 6}, 0.1f), b.weights("last/b", {5}, 0.1f)}, "last",
              {1, 1, 1, 5}, Conv2DOptions{.padding = Padding::valid});
    const auto scaled = [&](TensorId id, bool isInverse, std::size_t inner) {
        const std::span<const float> all = values<float>(b.graph()[id]);
        std::vector<float> result(all.begin(), all.end());
        for (std::size_t i = 0; i < result.size(); ++i) {
            const float scale = scales[i / inner % scales.size()];
            result[i] *= isInverse ? 1 / scale : scale;
        }
        b.graph()[id].data = sharedBytes(result);
    };
    if (!scales.empty()) {
        scaled(w, false, 18);
        scaled(c, false, 1);
        scaled(v, true, 1);
    }
    const TensorId flat = b.add(OpKind::reshape, {last}, "flat", {1, 5}, ReshapeOptions{.newShape = {1, 5}});
    return b.finish({b.add(OpKind::softmax, {flat}, "probabilities", {1, 5}, SoftmaxOptions())});
}

} // namespace espalier::test
