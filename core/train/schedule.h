// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace espalier {

/// The learning rate at a step from 0 to `steps`: half a cosine from `start` to 0. Computed without the C library's
/// cosine, whose last bit differs between libraries.
double cosineRate(double start, std::int64_t step, std::int64_t steps);

} // namespace espalier
