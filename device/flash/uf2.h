// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/flash/flashimage.h"

namespace espalier::device {

/// Family ids of the UF2 format: which chip a file is for.
namespace uf2family {
inline constexpr std::uint32_t rp2040 = 0xe48bff56, rp2350Arm = 0xe48bff59;
} // namespace uf2family

inline constexpr std::uint32_t uf2BlockBytes = 512;

/// The image as a UF2 file (github.com/microsoft/uf2): blocks of 512 bytes with 256 of contents each, as the ROMs
/// demand. An RP2040's erases a sector when the first of 16 blocks comes, counted by their numbers and not by where
/// they lie (erratum E14): numbers follow addresses, and sectors are whole. In the file the page that makes the image
/// start comes last, whatever its number: a copy that is cut off leaves nothing to start.
Bytes writeUf2(const FlashImage &image, std::uint32_t family);

/// What a UF2 file of this family holds; blocks of other families and those not meant for flash are left out. An
/// unusableInput error says which block is wrong or missing.
Result<FlashImage> readUf2(std::span<const std::uint8_t> file, std::uint32_t family);

} // namespace espalier::device
