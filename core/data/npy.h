// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"

#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

/// True where the bytes start as a NumPy array file does.
bool isNpy(std::span<const std::uint8_t> file);

/// The samples of a NumPy array file of shape [count, sample shape…]. uint8 and int8 stay; other integers, booleans
/// and floats of any width and byte order become float32; Fortran order becomes C order. Errors: other element types,
/// a claimed shape that the file does not hold, values that are not finite (with the sample's index).
Result<Samples> samplesOfNpy(Bytes file);

/// The labels of a NumPy array file: whole numbers [count] or [count, 1], or one-hot rows [count, classes]. Errors
/// name the index.
Result<std::vector<std::int32_t>> labelsOfNpy(Bytes file);

} // namespace espalier
