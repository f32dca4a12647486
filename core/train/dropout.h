// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <span>

namespace espalier {

/// Each value becomes 0 with this probability (in steps of 2^-16, below 1), else is divided by the probability to stay.
/// The same draws do the same to the derivatives.
void dropOut(double rate, Random random, std::span<float> values);

} // namespace espalier
