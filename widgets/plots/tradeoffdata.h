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

/// The corners of the Pareto line, dot to dot by way of what is the worse of both, as pixels or anything else that
/// `place` makes of a figure of each axis.
template <class Place>
auto frontCorners(const TradeoffData &data, const Place &place)
{
    std::vector<decltype(place(0.0, 0.0))> corners;
    for (std::size_t i = 0; i < data.front.size(); ++i) {
        const TradeoffPoint &point = data.points[data.front[i]];
        if (i > 0) {
            const TradeoffPoint &before = data.points[data.front[i - 1]];
            corners.push_back(data.lowerXIsBetter ? place(point.x, before.y) : place(before.x, point.y));
        }
        corners.push_back(place(point.x, point.y));
    }
    return corners;
}

/// The columns that make sense as an axis.
std::vector<Column> axisColumns();

} // namespace espalier::ui
