// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What lies beyond the first half megabyte of a Pico's flash.
#include "planstore.h"
#include "rprom.h"

namespace planstore {

void write(uint32_t offset, const uint8_t *block)
{
    static_assert(blockBytes == rprom::sectorBytes, "a block is a sector");
    constexpr uintptr_t flashStart = 0x10000000;
    rprom::writeSector(uint32_t(reinterpret_cast<uintptr_t>(start()) - flashStart) + offset, block);
}

} // namespace planstore
