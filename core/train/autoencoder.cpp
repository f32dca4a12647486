// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/networkbuilder.h"
#include "core/train/train.h"

namespace espalier {

namespace {

Result<Model> build(const Shape &sampleShape, std::size_t, std::uint64_t seed)
{
    NetworkBuilder network(sampleShape, seed);
    network.flatten();
    const std::int32_t features = network.shape()[1];
    for (const std::int32_t width : {128, 128, 128, 128, 8, 128, 128, 128, 128})
        network.dense(width, Activation::relu);
    network.dense(features, Activation::none);
    return network.finish("Espalier autoencoder", NetworkBuilder::Head::values);
}

} // namespace

extern const Architecture autoencoder;
const Architecture autoencoder = {
    "autoencoder", "dense 128 four times, 8, 128 four times, as many as come in (MLPerf Tiny's anomaly detector)",
    build, true};

} // namespace espalier
