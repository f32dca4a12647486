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
        return unusableInput("architecture resnet8 takes images of at least 4×4 pixels, not samples of shape " +
                             shapeText(sampleShape) + ": choose mlp");
    network.startAs(NetworkBuilder::Start::he);
    network.conv2D(16, {3, 3}, Padding::same, Activation::relu);
    for (const std::int32_t filters : {16, 32, 64}) {
        const std::int32_t stride = filters == 16 ? 1 : 2;
        TensorId shortcut = network.last();
        if (stride != 1) {
            network.conv2D(filters, {1, 1}, Padding::same, Activation::none, stride);
            std::swap(shortcut, network.last());
        }
        network.conv2D(filters, {3, 3}, Padding::same, Activation::relu, stride);
        // Without batch normalisation a residual block has to start as its shortcut alone.
        network.startAs(NetworkBuilder::Start::zero);
        network.conv2D(filters, {3, 3}, Padding::same, Activation::none);
        network.startAs(NetworkBuilder::Start::he);
        network.addTo(shortcut, Activation::relu);
    }
    network.globalAveragePool();
    network.dense(std::int32_t(classes), Activation::none);
    return network.finish("Espalier resnet8");
}

} // namespace

extern const Architecture resnet8;
const Architecture resnet8 = {
    "resnet8", "3×3 filters: 16, three residual blocks of 16, 32 and 64, global average, dense (MLPerf Tiny's)", build};

} // namespace espalier
