// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/text.h"

#include <cmath>
#include <string>

namespace espalier {

/// A share as labels show it: 0.5 is "50 %", 0.125 is "12.5 %".
inline std::string percentText(double share)
{
    return numberText(std::round(share * 1e4) / 1e2) + " %";
}

} // namespace espalier
