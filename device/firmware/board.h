// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// What the benchmark's firmware needs of a board; one file per chip family defines it.
namespace board {

void init();
/// Waits for a byte of the serial line.
char read();
void write(char c);

/// A counter that never wraps. What a tick is, is the host's to know.
uint64_t ticks();
extern const uint32_t ticksPerSecond;

/// The lowest address that the stack may reach.
uint32_t *stackLimit();

/// Restarts into what takes new firmware, where the board has such a thing.
void enterBootloader();

} // namespace board
