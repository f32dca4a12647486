// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

namespace espalier {

namespace {

void addLayers(NetworkBuilder &network, std::int32_t classes)
{
    network.conv2D(6, 5, Padding::same, Activation::relu);
    network.maxPool2D(2);
    network.conv2D(16, 5, Padding::valid, Activation::relu);
    network.maxPool2D(2);
    network.flatten();
    network.dense(120, Activation::relu);
    network.dense(84, Activation::relu);
    network.dense(classes, Activation::none);
}

} // namespace

extern const Architecture lenet;
const Architecture lenet = {
    .id = "lenet",
    .summary = "6 and 16 filters of 5×5, each with a 2×2 max pool, dense 120, 84, dense",
    .input = Architecture::Input::images,
    .smallest = 12,
    .addLayers = addLayers,
};

} // namespace espalier
