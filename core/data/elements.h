// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/base/result.h"
#include "core/graph/dtype.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace espalier {

/// How a number stands in a data file.
struct ElementType
{
    enum class Kind : std::uint8_t { boolean, unsignedInteger, signedInteger, real };
    Kind kind = Kind::real;
    int bytes = 4;
    bool bigEndian = false;
};

/// From a kind letter as NumPy writes it (b u i f) and a width in bytes; empty where there is no such type.
std::optional<ElementType> makeElementType(char kind, int bytes, bool bigEndian);

/// Sample values in one of the types that Samples may have, little-endian.
struct ElementValues
{
    DType type = DType::float32;
    Bytes bytes;
};

/// uint8 and int8 pass through, everything else becomes float32. An error names the first of the `count` samples that
/// holds a value that is not finite.
Result<ElementValues> sampleValues(ElementType type, Bytes values, std::size_t count);

/// All values as numbers.
std::vector<double> doubles(ElementType type, std::span<const std::uint8_t> values);

/// Numbers as class labels: whole, from 0, below maxClasses. Errors name the index.
Result<std::vector<std::int32_t>> wholeLabels(std::span<const double> values);

} // namespace espalier
