// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "startup.h"

#include <string.h>

extern "C" {
extern uint32_t dataStart, dataEnd, dataSource, bssStart, bssEnd; // of the linker script
int main();
}

void reset()
{
#if defined(__ARM_FP)
    *reinterpret_cast<volatile uint32_t *>(0xe000ed88) |= 0xfu << 20;
    __asm volatile("dsb\n isb");
#endif
    memcpy(&dataStart, &dataSource,
           uint32_t(reinterpret_cast<char *>(&dataEnd) - reinterpret_cast<char *>(&dataStart)));
    memset(&bssStart, 0, uint32_t(reinterpret_cast<char *>(&bssEnd) - reinterpret_cast<char *>(&bssStart)));
    main();
    for (;;) {
    }
}
