// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

extern "C" const uint8_t planStoreStart[], planStoreEnd[]; // the linker script's

/// Where a resident runner keeps its plan image: the linker script says where that is, and makes sure that the runner
/// itself ends before it. One file per chip family defines how it is written.
namespace planstore {

constexpr uint32_t blockBytes = 4096; // what is erased and written at once

inline const uint8_t *start() ///< aligned to a block
{
    return planStoreStart;
}
inline uint32_t bytes()
{
    return uint32_t(planStoreEnd - planStoreStart);
}
/// Writes a block at `offset`, a multiple of blockBytes.
void write(uint32_t offset, const uint8_t *block);

} // namespace planstore
