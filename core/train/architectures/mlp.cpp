// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

namespace espalier {

namespace {

void addLayers(NetworkBuilder &network, std::int32_t classes)
{
    network.flatten();
    network.dense(128, Activation::relu);
    network.dense(64, Activation::relu);
    network.dense(classes, Activation::none);
}

} // namespace

extern const Architecture mlp;
const Architecture mlp = {
    .id = "mlp",
    .summary = "dense 128, 64, dense",
    .addLayers = addLayers,
};

} // namespace espalier
