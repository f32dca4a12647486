// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/networkbuilder.h"
#include "core/train/train.h"

namespace espalier {

namespace {

Result<Model> build(const Shape &sampleShape, std::size_t classes, std::uint64_t seed)
{
    NetworkBuilder network(sampleShape, seed);
    if (!network.isImage() || network.shape()[1] < 12 || network.shape()[2] < 12)
        return unusableInput("architecture lenet takes images of at least 12×12 pixels, not samples of shape " +
                             shapeText(sampleShape) + ": choose mlp");
    network.conv2D(6, 5, Padding::same, Activation::relu);
    network.maxPool2D(2);
    network.conv2D(16, 5, Padding::valid, Activation::relu);
    network.maxPool2D(2);
    network.flatten();
    network.dense(120, Activation::relu);
    network.dense(84, Activation::relu);
    network.dense(std::int32_t(classes), Activation::none);
    return network.finish("Espalier lenet");
}

} // namespace

extern const Architecture lenet;
const Architecture lenet = {"lenet", "6 and 16 filters of 5×5, each with a 2×2 max pool, dense 120, 84, dense", build};

} // namespace espalier
