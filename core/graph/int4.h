// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace espalier {

/// Element i of packed int4 values: two to a byte, the first in the lower half.
constexpr int int4At(const std::uint8_t *packed, std::size_t i)
{
    return ((packed[i / 2] >> (i % 2 * 4) & 15) ^ 8) - 8;
}

} // namespace espalier
