// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

namespace espalier {

namespace {

void addLayers(NetworkBuilder &network, std::int32_t classes)
{
    network.conv1D(16, 3, Activation::relu);
    network.globalAveragePool();
    network.dense(classes, Activation::none);
}

} // namespace

extern const Architecture cnn1d;
const Architecture cnn1d = {
    .id = "cnn1d",
    .summary = "for series: 16 filters over 3 steps, global average, dense (Audi et al., Optimized TinyML)",
    .input = Architecture::Input::series,
    .smallest = 3,
    .addLayers = addLayers,
};

} // namespace espalier
