// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <string>

namespace espalier {

/// How the numbers of one column are written for people: one unit and one count of decimals for all of its cells, '.'
/// as the mark whatever the locale.
struct FigureFormat
{
    double factor = 1; ///< shown = value * factor
    std::string unit;  ///< "KiB", "%", "ms", "M"; empty where there is none
    int decimals = 0;
    bool isSigned = false; ///< differences carry their sign

    std::string text(double value) const;
};

/// The format in which `reference` (the original's figure) reads well.
FigureFormat figureFormat(Column column, double reference);

/// A figure alone with its unit: "97.5 KiB", "2.66 M".
std::string figureText(Column column, double value);

} // namespace espalier
