// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "randomgraph.h"

namespace espalier::test {

/// Layers of every kind that boards run in this type, several of each.
inline Graph everyOperator(DType type, unsigned seed)
{
    RandomGraph random(seed);
    for (int i = 0; i < 4; ++i) {
        random.addConv2D(type);
        random.addDepthwise(type);
        random.addFullyConnected(type);
        random.addTransposeConv(type);
        random.addPool(OpKind::averagePool2D, type);
        random.addPool(OpKind::maxPool2D, type);
        random.addMean(type);
        random.addConcatenation(type);
    }
    for (int i = 0; i < 3; ++i) {
        for (const OpKind kind : {OpKind::add, OpKind::sub, OpKind::mul, OpKind::maximum, OpKind::minimum})
            random.addPairwise(kind, type);
        random.addTranspose(type);
        random.addSlice(type);
        random.addStridedSlice(type);
        random.addResize(OpKind::resizeNearestNeighbor, type);
        random.addResize(OpKind::resizeBilinear, type);
    }
    for (const OpKind kind : {OpKind::relu, OpKind::relu6, OpKind::leakyRelu})
        random.addUnary(kind, type);
    if (type == DType::int16) {
        random.addWideSoftmax();
        random.addConversion(DType::int8, type);
        random.addConversion(DType::uint8, type);
    } else {
        random.addUnary(OpKind::hardSwish, type);
    }
    for (const OpKind kind : {OpKind::softmax, OpKind::logistic, OpKind::tanh})
        random.addUnary(kind, type);
    if (type == DType::int8 || type == DType::float32)
        random.addPairwise(OpKind::prelu, type);
    random.addSplit(type);
    random.addPackAndUnpack(type);
    random.addPad(type, false);
    random.addPad(type, true);
    random.addChain(type);
    for (int i = 0; (type == DType::int8 || type == DType::int16) && i < 12; ++i)
        random.addNetwork(type);
    if (type == DType::float32) {
        for (int i = 0; i < 3; ++i) {
            random.addConv2D(type, true);
            random.addDepthwise(type, true);
            random.addFullyConnected(type, true);
        }
    } else {
        random.addRoundTrip(type);
        random.addConversion(type, DType::float32);
        random.addConversion(DType::float32, type);
        random.addConversion(type, DType::int8);
    }
    for (int i = 0; (type == DType::int8 || type == DType::float32) && i < 3; ++i)
        random.addClustered(type);
    for (int i = 0; (type == DType::int8 || type == DType::float32) && i < 3; ++i)
        random.addSparse(type);
    for (int i = 0; type == DType::int8 && i < 5; ++i) {
        random.addGrouped();
        random.addBinary();
    }
    return random.take();
}

} // namespace espalier::test
