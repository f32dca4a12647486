// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

namespace espalier {

namespace {

void addLayers(NetworkBuilder &network, std::int32_t classes)
{
    network.startAs(NetworkBuilder::Start::he);
    network.conv2D(64, {10, 4}, Padding::same, Activation::relu, 2);
    network.normalize();
    network.dropout(0.2);
    for (int block = 0; block < 4; ++block) {
        network.depthwiseConv2D(3, Activation::relu);
        network.normalize();
        network.conv2D(64, {1, 1}, Padding::same, Activation::relu);
        network.normalize();
    }
    network.dropout(0.4);
    network.globalAveragePool();
    network.dense(classes, Activation::none);
}

} // namespace

extern const Architecture dscnn;
const Architecture dscnn = {
    .id = "dscnn",
    .summary = "64 filters of 10×4, four depthwise 3×3 with 64 pointwise, batch norm, dropout, global average, dense "
               "(Zhang et al., Hello Edge, as MLPerf Tiny trains it)",
    .input = Architecture::Input::images,
    .smallest = 4,
    .addLayers = addLayers,
};

} // namespace espalier
