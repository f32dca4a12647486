// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QString>

#include <optional>
#include <vector>

namespace espalier::ui {

/// A line through points, in the chart's units.
struct Curve
{
    QString name;
    std::vector<QPointF> points; ///< x ascending, finite
};

/// What a CurvePlot shows: curves over one axis, and a level that they are judged by.
struct CurveChart
{
    QString xTitle, yTitle; ///< metric and unit
    bool xLogarithmic = false;
    std::vector<Curve> curves;
    std::optional<double> level; ///< a horizontal line
    QString levelText;
    bool namesAtEnds = true;     ///< of curves; false: they stand elsewhere, and here in the tool tips alone
    std::vector<QString> xNames; ///< what stands at x = 1, 2, …; empty where x is a number
};

} // namespace espalier::ui
