// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Raspberry Pi Pico (RP2040): start-up at 125 MHz, UART0 on GPIO 0 and 1 at 115200 baud, the core's cycle counter.
// Registers: RP2040 datasheet, chapters 2.14 to 2.18 and 4.2.
#include "board.h"
#include "console.h"

#include <string.h>

extern "C" {
extern uint32_t stackBottom, stackTop, dataStart, dataEnd, dataSource, bssStart, bssEnd;
int main();
void reset();
void fault();
void counterWrapped();
void byteArrived();
}

namespace {

volatile uint32_t &at(uint32_t address)
{
    return *reinterpret_cast<volatile uint32_t *>(address);
}

constexpr uint32_t atomicSet = 0x2000, atomicClear = 0x3000; // aliases of a peripheral's registers
constexpr uint32_t resets = 0x4000c000, resetsDone = 0x4000c008;
constexpr uint32_t xosc = 0x40024000, clocks = 0x40008000, pllSys = 0x40028000, uart = 0x40034000;
constexpr uint32_t clkRef = clocks + 0x30, clkSys = clocks + 0x3c, clkPeri = clocks + 0x48;
constexpr uint32_t dataRegister = uart, flagRegister = uart + 0x18;
constexpr uint32_t noData = 1u << 4, sendFull = 1u << 5;
constexpr uint32_t sysTickControl = 0xe000e010, sysTickReload = 0xe000e014, sysTickValue = 0xe000e018;
constexpr uint32_t interruptControl = 0xe000ed04, sysTickPending = 1u << 26;

volatile uint32_t wraps;

void release(uint32_t blocks)
{
    at(resets + atomicClear) = blocks;
    while (~at(resetsDone) & blocks) {
    }
}

// The crystal's 12 MHz times 125 over 6 and 2.
void startClocks()
{
    at(clocks + 0x78) = 0; // no resuscitation while the clocks change
    at(xosc) = 0xaa0;      // 1 to 15 MHz
    at(xosc + 0x0c) = 47 * 6;
    at(xosc + atomicSet) = 0xfab000;
    while (!(at(xosc + 4) >> 31)) {
    }
    at(clkSys + atomicClear) = 1;
    while (at(clkSys + 8) != 1) {
    }
    at(clkRef + atomicClear) = 3;
    while (at(clkRef + 8) != 1) {
    }
    release(1u << 12);
    at(pllSys) = 1;
    at(pllSys + 8) = 125;
    at(pllSys + 4 + atomicClear) = 1u | 1u << 5;
    while (!(at(pllSys) >> 31)) {
    }
    at(pllSys + 0xc) = 6u << 16 | 2u << 12;
    at(pllSys + 4 + atomicClear) = 1u << 3;
    at(clkRef) = 2;
    while (at(clkRef + 8) != 1u << 2) {
    }
    at(clkSys) = 1; // the auxiliary source is the PLL
    while (at(clkSys + 8) != 2) {
    }
    at(clkPeri) = 1u << 11;
}

} // namespace

extern "C" {

// 16 of the core, then the chip's; UART0 is 20.
__attribute__((section(".vectors"), used)) void (*const vectors[16 + 26])() = {
    reinterpret_cast<void (*)()>(&stackTop),
    reset,
    fault,
    fault,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    fault,
    nullptr,
    nullptr,
    fault,
    counterWrapped,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    byteArrived,
    fault,
    fault,
    fault,
    fault,
    fault,
};

void reset()
{
    memcpy(&dataStart, &dataSource,
           uint32_t(reinterpret_cast<char *>(&dataEnd) - reinterpret_cast<char *>(&dataStart)));
    memset(&bssStart, 0, uint32_t(reinterpret_cast<char *>(&bssEnd) - reinterpret_cast<char *>(&bssStart)));
    main();
    for (;;) {
    }
}

void fault()
{
    console::print("\r\ne-[the processor stopped with a fault]\r\nm-ready\r\n");
    for (;;) {
    }
}

void counterWrapped()
{
    wraps = wraps + 1;
}

void byteArrived()
{
    at(uart + 0x44) = 0x7ff; // it has ended the sleep in board::read(), which is all it is for
}
}

namespace board {

const uint32_t ticksPerSecond = 125000000;

void init()
{
    startClocks();
    release(1u << 5 | 1u << 8 | 1u << 22); // pins, their pads, UART0
    at(0x40014004) = 2;
    at(0x4001400c) = 2;
    at(uart + 0x24) = 67;
    at(uart + 0x28) = 52;
    at(uart + 0x2c) = 0x70;
    at(uart + 0x30) = 0x301;
    at(uart + 0x38) = 1u << 4 | 1u << 6; // interrupts when bytes have come and when some wait
    at(0xe000e100) = 1u << 20;
    at(sysTickReload) = 0xffffff;
    at(sysTickValue) = 0;
    at(sysTickControl) = 7; // the processor's clock, with an interrupt
}

char read()
{
    for (;;) {
        __asm volatile("cpsid i" ::: "memory");
        const bool there = !(at(flagRegister) & noData);
        if (!there)
            __asm volatile("wfi" ::: "memory");
        __asm volatile("cpsie i" ::: "memory");
        if (there)
            return char(at(dataRegister));
    }
}

void write(char c)
{
    while (at(flagRegister) & sendFull) {
    }
    at(dataRegister) = uint8_t(c);
}

uint64_t ticks()
{
    uint32_t high, low;
    do {
        high = wraps;
        low = 0xffffff - at(sysTickValue);
    } while (high != wraps || (at(interruptControl) & sysTickPending)); // until a wrap that is due has been counted
    return uint64_t(high) << 24 | low;
}

uint32_t *stackLimit()
{
    return &stackBottom;
}

} // namespace board
