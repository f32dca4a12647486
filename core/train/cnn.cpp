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
        return unusableInput("architecture cnn takes images of at least 4×4 pixels, not samples of shape " +
                             shapeText(sampleShape) + ": choose mlp");
    network.conv2D(16, 3, Padding::same, Activation::relu);
    network.maxPool2D(2);
    network.conv2D(32, 3, Padding::same, Activation::relu);
    network.maxPool2D(2);
    network.flatten();
    network.dense(64, Activation::relu);
    network.dense(std::int32_t(classes), Activation::none);
    return network.finish("Espalier cnn");
}

} // namespace

extern const Architecture cnn;
const Architecture cnn = {"cnn", "16 and 32 filters of 3×3, each with a 2×2 max pool, dense 64, dense", build};

} // namespace espalier
