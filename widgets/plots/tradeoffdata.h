// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"
#include "widgets/format.h"

#include <QString>

#include <cstddef>
#include <span>
#include <vector>

namespace espalier::ui {

/// A variant as a dot: its figures in the units of the axes.
struct TradeoffPoint
{
    std::size_t row = 0;
    double x = 0, y = 0;
    bool onFront = false;
};

/// What the trade-off plot shows of some rows, on screen and in a file alike.
struct TradeoffData
{
    std::vector<TradeoffPoint> points; ///< rows that have both figures
    std::vector<std::size_t> front;    ///< indices into points, ascending in x
    ColumnFormat xFormat, yFormat;
    QString xTitle, yTitle; ///< metric, unit and kind: "Instructions, M, counted"
    bool lowerXIsBetter = true;
};

TradeoffData tradeoffData(std::span<const Row> rows, Column x, Column y);

/// The name at a dot: the variant's, with its board where the rows are of several.
QString pointLabel(std::span<const Row> rows, std::size_t row);

/// The columns that make sense as an axis.
std::vector<Column> axisColumns();

} // namespace espalier::ui
