// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace espalier {

/// The nearest IEEE 754 half, ties to even; from 65520 on it is infinite.
std::uint16_t toFloat16(float value);

/// The same number; every half is a float exactly.
float fromFloat16(std::uint16_t half);

} // namespace espalier
