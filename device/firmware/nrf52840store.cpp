// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The upper three quarters of the nRF52840's flash, by its memory controller (Product Specification, chapter 4.3).
#include "planstore.h"
#include "registers.h"

#include <string.h>

namespace planstore {

namespace {

using registers::at;

constexpr uint32_t isReady = 0x4001e400, mode = 0x4001e504, erasePage = 0x4001e508;
constexpr uint32_t readOnly = 0, writing = 1, erasing = 2;

// An instruction that the cache holds need not wait for flash: nothing may change before the last order is done.
void wait()
{
    while (!at(isReady)) {
    }
}

void enter(uint32_t which)
{
    wait();
    at(mode) = which;
    wait();
}

} // namespace

// A page is a block. The processor stands still while flash is busy, and USB makes its host wait.
void write(uint32_t offset, const uint8_t *block)
{
    const uint32_t page = registers::addressOf(start()) + offset;
    enter(erasing);
    at(erasePage) = page;
    enter(writing);
    for (uint32_t i = 0; i < blockBytes; i += 4) {
        uint32_t word;
        memcpy(&word, block + i, 4);
        at(page + i) = word;
        wait();
    }
    enter(readOnly);
}

} // namespace planstore
