// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// Runs the linked model and knows what the last run cost.
namespace runner {

/// One inference on the inputs that there are; returns its ticks, in which getting ready for it does not count.
uint64_t infer();
/// The same, and how deep it reaches into the stack is noted.
uint64_t run();

/// The deepest that run() has reached below its call, in bytes.
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
