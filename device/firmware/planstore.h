// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// Where a resident runner keeps its plan image. One file per chip family defines it.
namespace planstore {

constexpr uint32_t blockBytes = 4096; // what is erased and written at once

const uint8_t *start(); ///< aligned to a block
uint32_t bytes();
/// Writes a block at `offset`, a multiple of blockBytes.
void write(uint32_t offset, const uint8_t *block);

} // namespace planstore
