// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// Runs the linked model and knows what the last run cost.
namespace runner {

/// The k-th pseudo-random input: a byte stream of x = x * 1664525 + 1013904223, x >> 24, from x = (k + 1) * 2654435769;
/// a float is byte / 127.5 - 1, an int16 x >> 16.
void fillStore(uint32_t k);

/// One inference on what the store holds; returns its ticks.
uint64_t run();

/// The deepest that an inference has reached below its call, in bytes.
uint32_t stackBytes();

/// Bytes of the arena that are looked at as soon as a layer is done, in builds with a profile.
struct Watch
{
    uint32_t layer, offset, bytes;
    bool prints; ///< as lines of m-x-bytes-
};
void watch(const Watch &watch);
/// CRC-32 of what was watched in the last run.
uint32_t watchedChecksum();

/// Another model is there: what the last one reached does not count.
void forgetStack();

} // namespace runner
