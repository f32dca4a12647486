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
    enum Kind : uint32_t {
        signedBytes,
        unsignedBytes,
        halfWords,
        floats,
        words,
        longWords
    } kind;          ///< how a pseudo-random value is put in
    uint32_t offset; ///< for locate()

    void *data() const { return locate(*this); }
};

struct ModelBinding
{
    const char *name;
    const ModelPort *inputs;
    uint32_t inputCount;
    const ModelPort *outputs;
    uint32_t outputCount;
    uint32_t layerCount;
    uint32_t arenaBytes;
    uint8_t *store; ///< the inputs as the host sent them, one after another: running overwrites the model's own
    uint32_t storeBytes;
    uint64_t *layerTicks; ///< where the time after each layer is noted; null where the build has no profile
    void (*run)();
};

extern "C" ModelBinding espalierModel;
