// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <espalier/fixedpoint.h>

namespace espalier {

/// A real factor as a 31-bit fraction and a power of two, rounded half away from zero as TFLite does; below 2^-32 it
/// becomes 0. `real` must be finite; the shift fits multiplyByQuantizedMultiplier only where |real| < 2^31.
rt::QuantizedMultiplier quantizeMultiplier(double real);

/// The same for a factor that comes from a file: an error where it is negative, not finite or 2^31 or more.
Result<rt::QuantizedMultiplier> checkedMultiplier(double real);

} // namespace espalier
