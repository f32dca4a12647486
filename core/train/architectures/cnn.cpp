// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

namespace espalier {

namespace {

void addLayers(NetworkBuilder &network, std::int32_t classes)
{
    network.conv2D(16, 3, Padding::same, Activation::relu);
    network.maxPool2D(2);
    network.conv2D(32, 3, Padding::same, Activation::relu);
    network.maxPool2D(2);
    network.flatten();
    network.dense(64, Activation::relu);
    network.dense(classes, Activation::none);
}

} // namespace

extern const Architecture cnn;
const Architecture cnn = {
    .id = "cnn",
    .summary = "16 and 32 filters of 3×3, each with a 2×2 max pool, dense 64, dense",
    .input = Architecture::Input::images,
    .smallest = 4,
    .addLayers = addLayers,
};

} // namespace espalier
