// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace espalier {

/// The tables that espalier/interpolation.h reads, as TensorFlow Lite Micro has them: each entry stands half as far
/// above or below the function as the straight line to the next is off in the middle.

/// logistic(i / 24) - 1/2 in Q0.16; the last entry is the largest value of the type.
const std::array<std::int16_t, 256> &sigmoidTable();

/// e^x for x from -10 to 0 in Q0.15, at 512 equal steps.
const std::array<std::int16_t, 513> &exponentialTable();

/// 1 / (1 + x) for x from 0 to 1 in Q0.15, at 512 equal steps.
const std::array<std::int16_t, 513> &reciprocalTable();

} // namespace espalier
