// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>

#include <span>
#include <vector>

namespace espalier::ui {

/// The part of a number line that a plot shows, and where its ticks stand.
struct AxisScale
{
    double lower = 0, upper = 1;
    bool logarithmic = false;

    /// 0 at `lower`, 1 at `upper`.
    double share(double value) const;
};

/// A scale that shows all values with a margin around them. Logarithmic only where all values are positive.
AxisScale scaleFor(std::span<const double> values, bool logarithmic);

/// Round numbers within the scale, about `count` of them, at least two.
std::vector<double> ticks(const AxisScale &scale, int count);

/// The texts of ticks: as many decimals as tell them apart.
std::vector<QString> tickTexts(std::span<const double> ticks, const QLocale &locale);

} // namespace espalier::ui
