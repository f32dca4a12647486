// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

extern "C" {
extern uint32_t stackBottom, stackTop; // of the linker script
/// Where the processor starts: fills memory as the linker script says, switches the floating-point unit on where there
/// is one, and calls main().
void reset();
}
