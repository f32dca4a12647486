// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace espalier {

/// Quantizes floats to int8 as TFLite's dynamic-range kernels do and returns scale and zero point. Symmetric: scale =
/// max|x| / 127, zero point 0. Asymmetric: [min, max] widened to hold 0, onto [-128, 127]. Zeros alone: scale 1.
struct QuantizedAtRunTime
{
    float scale = 1;
    std::int32_t zeroPoint = 0;
};
QuantizedAtRunTime quantizeAtRunTime(const float *from, std::size_t count, bool asymmetric, std::int8_t *to);

} // namespace espalier
