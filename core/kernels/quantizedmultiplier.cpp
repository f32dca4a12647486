// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/quantizedmultiplier.h"

#include "core/base/text.h"

#include <cmath>

namespace espalier {

rt::QuantizedMultiplier quantizeMultiplier(double real)
{
    if (real == 0)
        return {};
    int shift = 0;
    auto fraction = std::int64_t(std::round(std::frexp(real, &shift) * double(std::int64_t(1) << 31)));
    if (fraction == std::int64_t(1) << 31) {
        fraction /= 2;
        ++shift;
    }
    if (shift < -31)
        return {};
    return {std::int32_t(fraction), shift};
}

Result<rt::QuantizedMultiplier> checkedMultiplier(double real)
{
    if (!(real >= 0) || real >= double(std::int64_t(1) << 31) - 1)
        return failed("its scales ask for a factor of " + numberText(real) + ", which fixed point cannot hold");
    return quantizeMultiplier(real);
}

} // namespace espalier
