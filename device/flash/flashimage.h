// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace espalier::device {

/// What goes where in a board's memory: bytes by their first address, without overlaps.
using FlashImage = std::map<std::uint32_t, Bytes>;

/// Where an image may lie.
struct FlashRange
{
    std::uint32_t start = 0, bytes = 0;
};

/// A failed error where a part of the image lies outside.
Result<void> checkRange(const FlashImage &image, FlashRange range);

/// "0x10000000".
std::string addressText(std::uint32_t address);

/// What a 32-bit little-endian ELF file loads, by physical address. A failed error where it is damaged, loads nothing
/// or loads one place twice.
Result<FlashImage> readFlashImage(std::span<const std::uint8_t> elf);

/// The same bytes as whole pages of `pageBytes` (a power of two), which begin at its multiples; what the image leaves
/// open in a page is 0xff, as erased flash is.
FlashImage pagesOf(const FlashImage &image, std::uint32_t pageBytes);

} // namespace espalier::device
