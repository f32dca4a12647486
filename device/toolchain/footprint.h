// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace espalier::device {

/// What a model brings to a product's memory: its own objects and the library functions that only they need, linked
/// without any harness.
struct Footprint
{
    std::int64_t weightsFlashBytes = 0; ///< constants: weights, biases, multipliers, tables
    std::int64_t codeFlashBytes = 0;    ///< instructions, their literals, library functions, unwind tables
    std::int64_t ramBytes = 0;          ///< everything static, the arena included
};

/// A linker script that lays a model out such that the sections tell its footprint. `weightsObject` is the file name of
/// the object that holds the constants.
std::string footprintScript(const std::string &weightsObject);

/// Reads an executable that was linked with that script.
Result<Footprint> readFootprint(const std::filesystem::path &elf);

} // namespace espalier::device
