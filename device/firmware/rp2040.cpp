// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Raspberry Pi Pico (RP2040): what rpchip.h leaves to the chip, and the core's cycle counter. Registers: RP2040
// datasheet, chapters 2.2 and 2.10.
#include "board.h"
#include "fault.h"
#include "registers.h"
#include "rpchip.h"
#include "rpusb.h"
#include "startup.h"
#include "usbserial.h"

extern "C" {
void counterWrapped();
}

namespace {

using registers::at;

constexpr uint32_t sysTickControl = 0xe000e010, sysTickReload = 0xe000e014, sysTickValue = 0xe000e018;
constexpr uint32_t interruptControl = 0xe000ed04, sysTickPending = 1u << 26;

volatile uint32_t wraps;

void raiseVoltage()
{
    at(0x40064000) = (at(0x40064000) & ~0xf0u) | 0xcu << 4; // 1.15 V
    for (const uint64_t end = board::ticks() + board::ticksPerSecond / 1000; board::ticks() < end;) {
    }
}

constexpr rpchip::Speed speeds[] = {{125, 125, 6, 2, false}, {133, 133, 6, 2, false}, {200, 100, 6, 1, true}};

} // namespace

extern "C" {

// 16 of the core, then the chip's 26.
__attribute__((section(".vectors"), used)) void (*const vectors[16 + 26])() = {
    reinterpret_cast<void (*)()>(&stackTop),
    reset,
    faultHandler, // NMI
    faultHandler,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    faultHandler, // SVCall
    nullptr,
    nullptr,
    faultHandler, // PendSV
    counterWrapped,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    rpusb::interrupt, // 5
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    rpchip::byteArrived, // 20: UART0
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
};

void counterWrapped()
{
    wraps = wraps + 1;
}
}

const rpchip::Chip rpchip::chip = {0x4000c000,  0x40008000, 0x40024000,
                                   0x40028000,  0x4002c000, 0x40034000,
                                   0x40014000,  0x4001c000, 0x4004c000,
                                   0x54,        0x60,       0x78,
                                   1u << 12,    1u << 13,   1u << 0 | 1u << 5 | 1u << 8 | 1u << 22 | 1u << 24,
                                   0x5a,        speeds,     sizeof speeds / sizeof *speeds,
                                   raiseVoltage};

namespace board {

void init()
{
    rpchip::start();
    at(0xe000e100) = 1u << 20 | 1u << 5; // UART0, USB
    at(sysTickReload) = 0xffffff;
    at(sysTickValue) = 0;
    at(sysTickControl) = 7; // the processor's clock, with an interrupt
    rpchip::connect();
}

// A wrap may be due and not counted yet, above all within an interrupt.
uint64_t ticks()
{
    const registers::InterruptLock lock;
    uint32_t low = 0xffffff - at(sysTickValue);
    const bool isDue = at(interruptControl) & sysTickPending;
    if (isDue)
        low = 0xffffff - at(sysTickValue);
    return uint64_t(wraps + isDue) << 24 | low;
}

} // namespace board

namespace usbidentity {

const uint16_t vendor = 0x2e8a, product = 0x000a; // a Pico with a serial line
const char *const maker = "Raspberry Pi", *const title = "Pico with Espalier";

} // namespace usbidentity
