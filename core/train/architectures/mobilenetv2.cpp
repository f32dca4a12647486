// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

#include <algorithm>

namespace espalier {

namespace {

/// Of the paper's table 2.
struct Stage
{
    std::int32_t expansion, channels, blocks, stride;
};
constexpr Stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                            {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
constexpr std::int32_t divisor = 8; ///< of all numbers of channels

void addBlock(NetworkBuilder &network, std::int32_t expansion, std::int32_t channels, std::int32_t stride)
{
    const TensorId before = network.last();
    const std::int32_t narrow = network.shape()[3];
    if (expansion != 1) {
        network.conv2D(expansion * narrow, {1, 1}, Padding::same, Activation::relu6);
        network.normalize();
    }
    network.depthwiseConv2D(3, Activation::relu6, stride);
    network.normalize();
    network.conv2D(channels, {1, 1}, Padding::same, Activation::none);
    network.normalize();
    if (stride == 1 && narrow == channels)
        network.addTo(before, Activation::none);
}

void addLayers(NetworkBuilder &network, std::int32_t classes)
{
    network.startAs(NetworkBuilder::Start::he);
    network.conv2D(network.scaled(32, divisor), {3, 3}, Padding::same, Activation::relu6, 2);
    network.normalize();
    for (const Stage &stage : stages)
        for (std::int32_t block = 0; block < stage.blocks; ++block)
            addBlock(network, stage.expansion, network.scaled(stage.channels, divisor), block == 0 ? stage.stride : 1);
    // The last layer widens with a width above 1 only.
    network.conv2D(std::max(1280, network.scaled(1280, divisor)), {1, 1}, Padding::same, Activation::relu6);
    network.normalize();
    network.globalAveragePool();
    network.dense(classes, Activation::none);
}

} // namespace

extern const Architecture mobilenetv2;
const Architecture mobilenetv2 = {
    .id = "mobilenetv2",
    .summary =
        "32 filters of 3×3, seventeen inverted residuals, 1280 pointwise, batch norm, global average, dense; has a "
        "width (Sandler et al., MobileNetV2)",
    .input = Architecture::Input::images,
    .smallest = 8,
    .hasWidth = true,
    .addLayers = addLayers,
};

} // namespace espalier
