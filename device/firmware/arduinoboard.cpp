// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A Nano 33 BLE as an Arduino sketch, whose core brings start-up, clocks, USB and the way into the bootloader: only the
// serial line and the cycle counter are left.
#include "board.h"

#include <Arduino.h>

namespace {

volatile uint32_t &at(uint32_t address)
{
    return *reinterpret_cast<volatile uint32_t *>(address);
}

constexpr uint32_t debugControl = 0xe000edfc, counterControl = 0xe0001000, counter = 0xe0001004;
constexpr uint32_t cacheConfig = 0x4001e540;
constexpr uint32_t lookedAt = 8u << 10; // of the stack, which has 32 KiB in this core

uint32_t high, last;
uint32_t *limit;
uint8_t leaving[64];
uint32_t leavingBytes;

} // namespace

namespace board {

uint32_t ticksPerSecond = 64000000;

void init()
{
    at(debugControl) |= 1u << 24;
    at(counterControl) |= 1u;
    at(cacheConfig) = 1;
    limit = static_cast<uint32_t *>(__builtin_frame_address(0)) - lookedAt / 4;
    Serial.begin(115200);
}

char read()
{
    while (Serial.available() <= 0)
        delay(1);
    return char(Serial.read());
}

void write(char c)
{
    leaving[leavingBytes++] = uint8_t(c);
    if (c != '\n' && leavingBytes < sizeof leaving)
        return;
    Serial.write(leaving, leavingBytes);
    leavingBytes = 0;
}

// Right as long as it is asked once in 67 seconds, after which the counter wraps.
uint64_t ticks()
{
    const uint32_t low = at(counter);
    if (low < last)
        ++high;
    last = low;
    return uint64_t(high) << 32 | low;
}

bool setClock(uint32_t megahertz)
{
    return megahertz == 64;
}

int32_t temperature()
{
    return noTemperature;
}

uint32_t *stackLimit()
{
    return limit;
}

void enterBootloader() {} // the core does so when it is touched

} // namespace board
