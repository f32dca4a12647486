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
    std::int64_t weightsFlashBytes = 0;   ///< constants: weights, biases, multipliers, tables
    std::int64_t layersFlashBytes = 0;    ///< what the kernels are told about each layer
    std::int64_t kernelsFlashBytes = 0;   ///< instructions of the model's own object, their literals
    std::int64_t librariesFlashBytes = 0; ///< library functions that they call, unwind tables
    std::int64_t ramBytes = 0;            ///< everything static, the arena included

    std::int64_t codeFlashBytes() const { return layersFlashBytes + kernelsFlashBytes + librariesFlashBytes; }
};

/// A linker script that lays a model out such that the sections tell its footprint. The arguments are the file names of
/// the objects that hold the constants and the code.
std::string footprintScript(const std::string &weightsObject, const std::string &codeObject);

/// Reads an executable that was linked with that script.
Result<Footprint> readFootprint(const std::filesystem::path &elf);

/// All that an executable puts into flash.
Result<std::int64_t> flashBytesOf(const std::filesystem::path &elf);

} // namespace espalier::device
