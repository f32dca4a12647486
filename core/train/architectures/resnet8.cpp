// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

#include <utility>

namespace espalier {

namespace {

void addLayers(NetworkBuilder &network, std::int32_t classes)
{
    network.startAs(NetworkBuilder::Start::he);
    network.conv2D(16, {3, 3}, Padding::same, Activation::relu);
    network.normalize();
    for (const std::int32_t filters : {16, 32, 64}) {
        const std::int32_t stride = filters == 16 ? 1 : 2;
        TensorId shortcut = network.last();
        if (stride != 1) {
            network.conv2D(filters, {1, 1}, Padding::same, Activation::none, stride);
            std::swap(shortcut, network.last());
        }
        network.conv2D(filters, {3, 3}, Padding::same, Activation::relu, stride);
        network.normalize();
        network.conv2D(filters, {3, 3}, Padding::same, Activation::none);
        network.normalize();
        network.addTo(shortcut, Activation::relu);
    }
    network.globalAveragePool();
    network.dense(classes, Activation::none);
}

} // namespace

extern const Architecture resnet8;
const Architecture resnet8 = {
    .id = "resnet8",
    .summary = "3×3 filters with batch norm: 16, three residual blocks of 16, 32 and 64, global average, dense (MLPerf "
               "Tiny's)",
    .input = Architecture::Input::images,
    .smallest = 4,
    .addLayers = addLayers,
};

} // namespace espalier
