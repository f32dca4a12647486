// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

/// The extents of a tensor, outermost first; row-major. TFLite layouts: activations [N,H,W,C], CONV_2D filter
/// [O,kh,kw,I], DEPTHWISE_CONV_2D filter [1,kh,kw,C*multiplier], FULLY_CONNECTED weights [O,I].
using Shape = std::vector<std::int32_t>;

/// Product of the extents (1 for a scalar). Extents must not be negative; a reader checks that the product fits.
std::size_t elementCount(const Shape &shape);

/// "1×49×10×1", or "scalar".
std::string shapeText(const Shape &shape);

} // namespace espalier
