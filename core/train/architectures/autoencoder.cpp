// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

namespace espalier {

namespace {

void addLayers(NetworkBuilder &network, std::int32_t)
{
    network.flatten();
    const std::int32_t features = network.shape()[1];
    network.startAs(NetworkBuilder::Start::he);
    for (const std::int32_t width : {128, 128, 128, 128, 8, 128, 128, 128, 128}) {
        network.dense(width, Activation::relu);
        network.normalize();
    }
    network.dense(features, Activation::none);
}

} // namespace

extern const Architecture autoencoder;
const Architecture autoencoder = {
    .id = "autoencoder",
    .summary =
        "dense 128 four times, 8, 128 four times, as many as come in, batch norm (MLPerf Tiny's anomaly detector)",
    .reproducesInput = true,
    .addLayers = addLayers,
};

} // namespace espalier
