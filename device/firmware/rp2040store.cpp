// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The upper three quarters of the Pico's flash.
#include "planstore.h"
#include "rp2040rom.h"

namespace planstore {

namespace {

constexpr uint32_t flashStart = 0x10000000, offsetInFlash = 512u << 10, flashBytes = 2048u << 10;

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
    static_assert(blockBytes == rp2040rom::sectorBytes, "a block is a sector");
    rp2040rom::writeSector(offsetInFlash + offset, block);
}

} // namespace planstore
