// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

namespace espalier {

namespace {

struct Block
{
    std::int32_t channels, stride;
};
constexpr Block blocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                            {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};

void addLayers(NetworkBuilder &network, std::int32_t classes)
{
    network.startAs(NetworkBuilder::Start::he);
    network.conv2D(network.scaled(32), {3, 3}, Padding::same, Activation::relu, 2);
    network.normalize();
    for (const Block &block : blocks) {
        network.depthwiseConv2D(3, Activation::relu, block.stride);
        network.normalize();
        network.conv2D(network.scaled(block.channels), {1, 1}, Padding::same, Activation::relu);
        network.normalize();
    }
    network.globalAveragePool();
    network.dense(classes, Activation::none);
}

} // namespace

extern const Architecture mobilenetv1;
const Architecture mobilenetv1 = {
    .id = "mobilenetv1",
    .summary =
        "32 filters of 3×3, thirteen depthwise 3×3 with 64 to 1024 pointwise, batch norm, global average, dense; "
        "has a width (Howard et al., MobileNets)",
    .input = Architecture::Input::images,
    .smallest = 8,
    .hasWidth = true,
    .addLayers = addLayers,
};

} // namespace espalier
