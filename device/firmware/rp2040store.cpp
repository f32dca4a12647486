// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The upper three quarters of the Pico's flash, written by the boot ROM's functions (RP2040 datasheet, chapter 2.8.3).
#include "planstore.h"

namespace planstore {

namespace {

constexpr uint32_t flashStart = 0x10000000, offsetInFlash = 512u << 10, flashBytes = 2048u << 10;

uint32_t half(uint32_t address)
{
    return *reinterpret_cast<const volatile uint16_t *>(address);
}

template <class Function>
Function romFunction(char first, char second)
{
    typedef void *(*Lookup)(uint16_t *, uint32_t);
    const Lookup lookup = reinterpret_cast<Lookup>(half(0x18));
    return reinterpret_cast<Function>(
        lookup(reinterpret_cast<uint16_t *>(half(0x14)), uint32_t(uint8_t(second)) << 8 | uint8_t(first)));
}

typedef void (*Plain)();
typedef void (*Erase)(uint32_t offset, uint32_t count, uint32_t block, uint8_t command);
typedef void (*Program)(uint32_t offset, const uint8_t *data, uint32_t count);

struct RomFlash
{
    Plain connect, leaveXip, flushCache, enterXip;
    Erase erase;
    Program program;
};

// While it runs, flash cannot be read: it lies in RAM, and no interrupt may come.
__attribute__((section(".ramcode"), long_call, noinline)) void writeFlash(const RomFlash *rom, uint32_t offset,
                                                                          const uint8_t *block)
{
    __asm volatile("cpsid i" ::: "memory");
    rom->connect();
    rom->leaveXip();
    rom->erase(offset, blockBytes, blockBytes, 0x20);
    rom->program(offset, block, blockBytes);
    rom->flushCache();
    rom->enterXip();
    __asm volatile("cpsie i" ::: "memory");
}

} // namespace

const uint8_t *start()
{
    return reinterpret_cast<const uint8_t *>(flashStart + offsetInFlash);
}

uint32_t bytes()
{
    return flashBytes - offsetInFlash;
}

void write(uint32_t offset, const uint8_t *block)
{
    const RomFlash rom = {romFunction<Plain>('I', 'F'), romFunction<Plain>('E', 'X'), romFunction<Plain>('F', 'C'),
                          romFunction<Plain>('C', 'X'), romFunction<Erase>('R', 'E'), romFunction<Program>('R', 'P')};
    writeFlash(&rom, offsetInFlash + offset, block);
}

} // namespace planstore
