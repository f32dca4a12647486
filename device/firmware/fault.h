// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// A fault is noted where no start clears it, and the processor restarts: no watchdog is needed for that.
namespace fault {

struct Record
{
    uint32_t mark, check; ///< tell a record from what memory holds by chance
    uint32_t pc, lr;      ///< pc is 0 where the stack overflowed, so that nothing could be saved
};

const Record *record();
bool happened();
void forget();

} // namespace fault

extern "C" void faultHandler(); ///< the handler, for tables of vectors
