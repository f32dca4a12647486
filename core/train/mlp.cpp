// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/networkbuilder.h"
#include "core/train/train.h"

namespace espalier {

namespace {

Result<Model> build(const Shape &sampleShape, std::size_t classes, std::uint64_t seed)
{
    NetworkBuilder network(sampleShape, seed);
    network.flatten();
    network.dense(128, Activation::relu);
    network.dense(64, Activation::relu);
    network.dense(std::int32_t(classes), Activation::none);
    return network.finish("Espalier mlp");
}

} // namespace

extern const Architecture mlp;
const Architecture mlp = {"mlp", "dense 128, 64, dense", build};

} // namespace espalier
