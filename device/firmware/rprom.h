// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// The flash chip of an RP2040 or RP2350, and what else needs the boot ROM's functions. One file for each chip.
namespace rprom {

constexpr uint32_t sectorBytes = 4096;

/// Erases and writes one sector; `offset` counts from the start of flash.
void writeSector(uint32_t offset, const uint8_t *sector);
/// What makes this board another one than all others.
void readUniqueId(uint8_t id[8]);
/// Restarts as a USB drive that takes firmware.
[[noreturn]] void enterUsbBoot();

} // namespace rprom
