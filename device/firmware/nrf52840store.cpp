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

constexpr uint32_t storeStart = 256u << 10, flashBytes = 1024u << 10;
constexpr uint32_t isReady = 0x4001e400, mode = 0x4001e504, erasePage = 0x4001e508;
constexpr uint32_t readOnly = 0, writing = 1, erasing = 2;

void enter(uint32_t which)
{
    at(mode) = which;
    while (!at(isReady)) {
    }
}

} // namespace

const uint8_t *start()
{
    return reinterpret_cast<const uint8_t *>(storeStart);
}

uint32_t bytes()
{
    return flashBytes - storeStart;
}

// A page is a block. The processor stands still while flash is busy, and USB makes its host wait.
void write(uint32_t offset, const uint8_t *block)
{
    enter(erasing);
    at(erasePage) = storeStart + offset;
    enter(writing);
    for (uint32_t i = 0; i < blockBytes; i += 4) {
        uint32_t word;
        memcpy(&word, block + i, 4);
        at(storeStart + offset + i) = word;
        while (!at(isReady)) {
        }
    }
    enter(readOnly);
}

} // namespace planstore
