// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The functions of the boot ROM: RP2350 datasheet, chapters 5.4 and 5.5.
#include "rprom.h"

#include "registers.h"

#include <string.h>

namespace rprom {

namespace {

using registers::at;

constexpr uint32_t bootMemory = 0x400e0000, setupWords = 64; // where the ROM leaves its way to make flash readable
constexpr uint32_t flashPads = 0x40040004, flashPadCount = 6;
constexpr uint32_t armSecure = 4, chipInfo = 1;
constexpr uint32_t toBootloader = 2, doesNotReturn = 0x100, delayMilliseconds = 10;

template <class Function>
Function romFunction(char first, char second)
{
    typedef void *(*Lookup)(uint32_t code, uint32_t mask);
    const Lookup lookup = reinterpret_cast<Lookup>(uintptr_t(*reinterpret_cast<const volatile uint16_t *>(0x16)));
    return reinterpret_cast<Function>(lookup(uint32_t(uint8_t(second)) << 8 | uint8_t(first), armSecure));
}

typedef void (*Plain)();
typedef void (*Erase)(uint32_t offset, uint32_t count, uint32_t block, uint8_t command);
typedef void (*Program)(uint32_t offset, const uint8_t *data, uint32_t count);

// While flash cannot be read: all that is needed lies in RAM, and no interrupt may come. What makes flash readable
// again in the way that it was is a copy in RAM, too.
struct FlashAccess
{
    Plain connect, leaveXip, flushCache;
    Erase erase;
    Program program;
    alignas(4) uint32_t setup[setupWords];

    FlashAccess()
        : connect(romFunction<Plain>('I', 'F')), leaveXip(romFunction<Plain>('E', 'X')),
          flushCache(romFunction<Plain>('F', 'C')), erase(romFunction<Erase>('R', 'E')),
          program(romFunction<Program>('R', 'P'))
    {
        for (uint32_t i = 0; i < setupWords; ++i)
            setup[i] = at(bootMemory + 4 * i);
    }
};

__attribute__((section(".ramcode"), long_call, noinline)) void writeFlash(const FlashAccess *flash, uint32_t offset,
                                                                          const uint8_t *sector)
{
    uint32_t pads[flashPadCount];
    __asm volatile("cpsid i" ::: "memory");
    for (uint32_t i = 0; i < flashPadCount; ++i)
        pads[i] = *reinterpret_cast<volatile uint32_t *>(flashPads + 4 * i);
    flash->connect();
    flash->leaveXip();
    flash->erase(offset, sectorBytes, sectorBytes, 0x20);
    flash->program(offset, sector, sectorBytes);
    flash->flushCache();
    reinterpret_cast<Plain>(reinterpret_cast<uintptr_t>(flash->setup) | 1)();
    for (uint32_t i = 0; i < flashPadCount; ++i)
        *reinterpret_cast<volatile uint32_t *>(flashPads + 4 * i) = pads[i];
    __asm volatile("cpsie i" ::: "memory");
}

} // namespace

void writeSector(uint32_t offset, const uint8_t *sector)
{
    const FlashAccess flash;
    writeFlash(&flash, offset, sector);
}

// As the ROM's own bootloader tells it: the words' digits from the highest.
void readUniqueId(uint8_t id[8])
{
    typedef int (*Ask)(uint32_t * words, uint32_t count, uint32_t which);
    uint32_t words[9] = {};
    romFunction<Ask>('G', 'S')(words, 9, chipInfo); // what it tells, package, two words of the device's
    for (uint32_t i = 0; i < 8; ++i)
        id[i] = uint8_t(words[i < 4 ? 3 : 2] >> (24 - 8 * (i % 4)));
}

void enterUsbBoot()
{
    typedef int (*Reboot)(uint32_t how, uint32_t delay, uint32_t first, uint32_t second);
    romFunction<Reboot>('R', 'B')(toBootloader | doesNotReturn, delayMilliseconds, 0, 0);
    for (;;) {
    }
}

} // namespace rprom
