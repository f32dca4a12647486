// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// The cycles of a Cortex-M4 or M33 as its data watchpoint unit counts them (DWT_CYCCNT), without an end.
namespace cyclecounter {

void start();
uint64_t now();
/// Notices that the 32 bits have wrapped: the handler of the SysTick interrupt, which start() has set up to come much
/// more often than that.
void watch();

} // namespace cyclecounter
