// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The functions of the boot ROM: RP2040 datasheet, chapter 2.8.3.
#include "rprom.h"

#include <string.h>

namespace rprom {

namespace {

constexpr uint32_t flashStart = 0x10000000, stageWords = 64;
constexpr uint32_t selectControl = 0x4001800c, selectLow = 2u << 8; // the flash chip's select line, forced
constexpr uint32_t interfaceStatus = 0x18000028, interfaceData = 0x18000060, hasReceived = 1u << 3;

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

// While flash cannot be read: all that is needed lies in RAM, and no interrupt may come. The second boot stage, which
// makes flash readable again in the way that it was, is a copy in RAM, too.
struct FlashAccess
{
    Plain connect, leaveXip, flushCache;
    Erase erase;
    Program program;
    alignas(4) uint32_t stage[stageWords];

    FlashAccess()
        : connect(romFunction<Plain>('I', 'F')), leaveXip(romFunction<Plain>('E', 'X')),
          flushCache(romFunction<Plain>('F', 'C')), erase(romFunction<Erase>('R', 'E')),
          program(romFunction<Program>('R', 'P'))
    {
        memcpy(stage, reinterpret_cast<const void *>(flashStart), sizeof stage);
    }
};

#define IN_RAM __attribute__((section(".ramcode"), long_call, noinline))

IN_RAM void writeFlash(const FlashAccess *flash, uint32_t offset, const uint8_t *sector)
{
    __asm volatile("cpsid i" ::: "memory");
    flash->connect();
    flash->leaveXip();
    flash->erase(offset, sectorBytes, sectorBytes, 0x20);
    flash->program(offset, sector, sectorBytes);
    flash->flushCache();
    reinterpret_cast<Plain>(reinterpret_cast<uintptr_t>(flash->stage) | 1)();
    __asm volatile("cpsie i" ::: "memory");
}

// Command 4Bh, four bytes of nothing, eight bytes of id.
IN_RAM void askFlash(const FlashAccess *flash, uint8_t *id)
{
    volatile uint32_t &select = *reinterpret_cast<volatile uint32_t *>(selectControl);
    const volatile uint32_t &status = *reinterpret_cast<const volatile uint32_t *>(interfaceStatus);
    volatile uint32_t &data = *reinterpret_cast<volatile uint32_t *>(interfaceData);
    __asm volatile("cpsid i" ::: "memory");
    flash->connect();
    flash->leaveXip();
    select = selectLow;
    for (uint32_t i = 0; i < 13; ++i) {
        data = i == 0 ? 0x4b : 0;
        while (!(status & hasReceived)) {
        }
        const uint8_t byte = uint8_t(data);
        if (i >= 5)
            id[i - 5] = byte;
    }
    flash->flushCache(); // which also lets go of the select line
    reinterpret_cast<Plain>(reinterpret_cast<uintptr_t>(flash->stage) | 1)();
    __asm volatile("cpsie i" ::: "memory");
}

} // namespace

void writeSector(uint32_t offset, const uint8_t *sector)
{
    const FlashAccess flash;
    writeFlash(&flash, offset, sector);
}

void readUniqueId(uint8_t id[8])
{
    const FlashAccess flash;
    askFlash(&flash, id);
}

void enterUsbBoot()
{
    typedef void (*UsbBoot)(uint32_t lights, uint32_t without);
    romFunction<UsbBoot>('U', 'B')(0, 0);
    for (;;) {
    }
}

} // namespace rprom
