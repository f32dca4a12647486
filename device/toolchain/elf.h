// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::device {

/// A section of an executable, as far as memory is concerned.
struct ElfSection
{
    std::string name;
    std::uint64_t bytes = 0;
    bool allocated = false; ///< takes memory on the board
    bool loaded = false;    ///< has contents, hence takes flash
    bool writable = false;
};

/// The sections of a 32-bit little-endian ELF file, or an error where the bytes are none.
Result<std::vector<ElfSection>> readElfSections(std::span<const std::uint8_t> file);

/// A function of an executable.
struct ElfFunction
{
    std::string name; ///< as the compiler writes it: "_ZN5board5ticksEv"
    std::uint32_t address = 0, bytes = 0;
};

/// The functions of a 32-bit little-endian ELF file for Arm's Thumb instructions; none where they were stripped.
Result<std::vector<ElfFunction>> readElfFunctions(std::span<const std::uint8_t> file);

/// Bytes of the section with this name; 0 where there is none.
std::uint64_t sectionBytes(const std::vector<ElfSection> &sections, std::string_view name);

} // namespace espalier::device
