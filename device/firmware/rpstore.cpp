// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What lies beyond the first half megabyte of a Pico's flash.
#include "planstore.h"
#include "rprom.h"

namespace planstore {

namespace {

constexpr uint32_t flashStart = 0x10000000, offsetInFlash = 512u << 10;

} // namespace

const uint8_t *start()
{
    return reinterpret_cast<const uint8_t *>(flashStart + offsetInFlash);
}

uint32_t bytes()
{
    return rprom::flashBytes - offsetInFlash;
}

void write(uint32_t offset, const uint8_t *block)
{
    static_assert(blockBytes == rprom::sectorBytes, "a block is a sector");
    rprom::writeSector(offsetInFlash + offset, block);
}

} // namespace planstore
