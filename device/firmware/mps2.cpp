// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Arm's MPS2 boards (an385, an386, an500) as QEMU emulates them: start-up, serial line, timer.
#include "board.h"
#include "fault.h"
#include "startup.h"

extern "C" {
void timerWrapped();
void byteArrived();
}

namespace {

struct Uart
{
    volatile uint32_t data, state, control, interrupts, divider;
};
struct Timer
{
    volatile uint32_t control, value, reload, interrupts;
};
Uart &uart = *reinterpret_cast<Uart *>(0x40004000);
Timer &timer = *reinterpret_cast<Timer *>(0x40000000);
volatile uint32_t wraps;

} // namespace

extern "C" {

// 16 of the core, then the board's: 0 is the serial line's receiver, 8 is timer 0.
__attribute__((section(".vectors"), used)) void (*const vectors[32])() = {reinterpret_cast<void (*)()>(&stackTop),
                                                                          reset,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          nullptr,
                                                                          nullptr,
                                                                          nullptr,
                                                                          nullptr,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          nullptr,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          byteArrived,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          timerWrapped,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler,
                                                                          faultHandler};

void timerWrapped()
{
    timer.interrupts = 1;
    wraps = wraps + 1;
}

void byteArrived()
{
    uart.interrupts = 2; // it has ended the sleep in board::read(), which is all it is for
}
}

namespace board {

uint32_t ticksPerSecond = 25000000;

void init()
{
    uart.divider = 16;
    uart.control = 1 | 2 | 8; // send, receive, interrupt when received
    timer.reload = 0xffffffff;
    timer.value = 0xffffffff;
    timer.control = 9; // enable, interrupt
    *reinterpret_cast<volatile uint32_t *>(0xe000e100) = 1u << 8 | 1u;
}

char read()
{
    // Asleep rather than asking on and on: an emulator passes bytes on much sooner to a processor that sleeps. With
    // interrupts masked, one that comes between the question and the sleep ends the sleep all the same.
    for (;;) {
        __asm volatile("cpsid i" ::: "memory");
        const bool there = uart.state & 2;
        if (!there)
            __asm volatile("wfi" ::: "memory");
        __asm volatile("cpsie i" ::: "memory");
        if (there)
            return char(uart.data);
    }
}

void write(char c)
{
    while (uart.state & 1) {
    }
    uart.data = uint8_t(c);
}

uint64_t ticks()
{
    uint32_t high, low;
    do {
        high = wraps;
        low = ~timer.value;
    } while (high != wraps || (timer.interrupts & 1)); // until a wrap that is due has been counted
    return uint64_t(high) << 32 | low;
}

uint32_t *stackLimit()
{
    return &stackBottom;
}

bool setClock(uint32_t)
{
    return false;
}

int32_t temperature()
{
    return noTemperature;
}

void enterBootloader() {} // there is none

} // namespace board
