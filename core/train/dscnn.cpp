// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/networkbuilder.h"
#include "core/train/train.h"

namespace espalier {

namespace {

Result<Model> build(const Shape &sampleShape, std::size_t classes, std::uint64_t seed)
{
    NetworkBuilder network(sampleShape, seed);
    if (!network.isImage() || network.shape()[1] < 4 || network.shape()[2] < 4)
        return unusableInput("architecture dscnn takes images or spectrograms of at least 4×4, not samples of shape " +
                             shapeText(sampleShape) + ": choose mlp");
    network.startAs(NetworkBuilder::Start::he);
    network.conv2D(64, {10, 4}, Padding::same, Activation::relu, 2);
    for (int block = 0; block < 4; ++block) {
        network.depthwiseConv2D(3, Activation::relu);
        network.conv2D(64, {1, 1}, Padding::same, Activation::relu);
    }
    network.globalAveragePool();
    network.dense(std::int32_t(classes), Activation::none);
    return network.finish("Espalier dscnn");
}

} // namespace

extern const Architecture dscnn;
const Architecture dscnn = {
    "dscnn",
    "64 filters of 10×4, four depthwise 3×3 with 64 pointwise, global average, dense (Zhang et al., Hello Edge)",
    build};

} // namespace espalier
