// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Armv7-M and Armv8-M Architecture Reference Manuals: DEMCR, DWT_CTRL, DWT_CYCCNT and SysTick.
#include "cyclecounter.h"

#include "registers.h"

namespace {

using registers::at;

constexpr uint32_t debugControl = 0xe000edfc, traceEnable = 1u << 24;
constexpr uint32_t counterControl = 0xe0001000, counter = 0xe0001004;
constexpr uint32_t sysTickControl = 0xe000e010, sysTickReload = 0xe000e014, sysTickValue = 0xe000e018;

uint32_t high, last;

} // namespace

namespace cyclecounter {

void start()
{
    at(debugControl) = at(debugControl) | traceEnable;
    at(counter) = 0;
    at(counterControl) = at(counterControl) | 1u;
    at(sysTickReload) = 0xffffff;
    at(sysTickValue) = 0;
    at(sysTickControl) = 7; // the processor's clock, with an interrupt
}

uint64_t now()
{
    const registers::InterruptLock lock;
    const uint32_t low = at(counter);
    if (low < last)
        ++high;
    last = low;
    return uint64_t(high) << 32 | low;
}

void watch()
{
    now();
}

} // namespace cyclecounter
