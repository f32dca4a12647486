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
extern uint32_t ticksPerSecond;

/// Runs at another speed from now on; false, and nothing changes, where the board has no such speed.
bool setClock(uint32_t megahertz);

/// Of the chip, in hundredths of a degree Celsius.
int32_t temperature();
constexpr int32_t noTemperature = INT32_MIN; ///< the chip does not tell

/// The lowest address that the stack may reach.
uint32_t *stackLimit();

/// Restarts into what takes new firmware, where the board has such a thing.
void enterBootloader();

} // namespace board
