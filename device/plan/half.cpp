// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/half.h"

#include <espalier/scalar.h>

#include <algorithm>

namespace espalier::device {

std::vector<float> floatsOfHalves(std::span<const std::uint16_t> halves)
{
    std::vector<float> floats(halves.size());
    std::ranges::transform(halves, floats.begin(), [](std::uint16_t bits) { return rt::toFloat(rt::Half{bits}); });
    return floats;
}

} // namespace espalier::device
