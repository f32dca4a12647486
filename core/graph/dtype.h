// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace espalier {

/// Element types of tensors. The values are TFLite's, so that a reader can cast after a range check.
enum class DType : std::int8_t {
    float32 = 0,
    float16 = 1,
    int32 = 2,
    uint8 = 3,
    int64 = 4,
    string = 5,
    boolean = 6,
    int16 = 7,
    complex64 = 8,
    int8 = 9,
    float64 = 10,
    complex128 = 11,
    uint64 = 12,
    resource = 13,
    variant = 14,
    uint32 = 15,
    uint16 = 16,
    int4 = 17, ///< two to a byte, low nibble first
    bfloat16 = 18,
    int2 = 19,
    uint4 = 20,
};

/// "float32", "int8", …; "unknown" for a value outside the list.
std::string_view name(DType type);

/// Bytes that `elements` values take, packed types rounded up to a byte; 0 for types without a fixed size.
std::size_t byteCount(DType type, std::size_t elements);

} // namespace espalier
