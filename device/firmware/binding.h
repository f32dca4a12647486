// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// How the firmware, compiled once, reaches the model that it is linked with, whose definition the host writes, or the
/// plan that a resident runner holds.
struct ModelPort
{
    void *(*locate)(const ModelPort &port);
    uint32_t bytes;
    enum Kind : uint32_t { signedBytes, unsignedBytes, halfWords, floats, words, longWords } kind;
    uint32_t offset; ///< for locate()
    float scale;     ///< a number stands for scale * (number - zeroPoint), or for itself where the scale is 0
    int32_t zeroPoint;

    void *data() const { return locate(*this); }
};

struct ModelBinding
{
    const char *name; ///< by which the harness's runner knows the model
    const ModelPort *inputs;
    uint32_t inputCount;
    const ModelPort *outputs;
    uint32_t outputCount;
    uint32_t layerCount;
    uint32_t arenaBytes;
    uint8_t *store; ///< what the host sent, one input after another: running overwrites the model's own
    uint32_t storeBytes;
    uint64_t *layerTicks; ///< where the time after each layer is noted; null where the build has no profile
    void (*run)();
    const ModelPort *sent; ///< the input as the harness's runner sends it; null where it sends what the model takes
    bool tellsError;       ///< the result is the mean squared difference between input and output
};

extern "C" ModelBinding espalierModel;
