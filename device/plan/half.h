// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace espalier::device {

/// IEEE half-precision bits as floats, exactly.
std::vector<float> floatsOfHalves(std::span<const std::uint16_t> halves);

} // namespace espalier::device
