// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/networkbuilder.h"
#include "core/train/train.h"

namespace espalier {

namespace {

Result<Model> build(const Shape &sampleShape, std::size_t classes, std::uint64_t seed)
{
    if (sampleShape.size() != 2 || sampleShape[0] < 3)
        return unusableInput("architecture cnn1d takes series of at least 3 steps (steps×channels), not samples of "
                             "shape " +
                             shapeText(sampleShape) + ": choose cnn or mlp");
    NetworkBuilder network(sampleShape, seed, NetworkBuilder::Kind::series);
    network.conv1D(16, 3, Activation::relu);
    network.globalAveragePool();
    network.dense(std::int32_t(classes), Activation::none);
    return network.finish("Espalier cnn1d");
}

} // namespace

extern const Architecture cnn1d;
const Architecture cnn1d = {
    "cnn1d", "for series: 16 filters over 3 steps, global average, dense (Audi et al., Optimized TinyML)", build};

} // namespace espalier
