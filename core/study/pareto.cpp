// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/comparison.h"
#include "core/study/figuresource.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

struct Point
{
    std::size_t row = 0;
    double x = 0, y = 0;         ///< as the column has them
    double xCost = 0, yCost = 0; ///< turned so that less is better
};

double cost(Column column, double value)
{
    return info(column).better == Better::higher ? -value : value;
}

} // namespace

std::vector<std::size_t> paretoFront(std::span<const Row> rows, Column x, Column y)
{
    std::vector<Point> points;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto xValue = rows[i].number(x), yValue = rows[i].number(y);
        if (rows[i].status() != Status::ok || !xValue || !yValue || std::isnan(*xValue) || std::isnan(*yValue))
            continue;
        const std::size_t first = points.empty() ? i : points.front().row;
        if (figureSource(rows[i], x) != figureSource(rows[first], x) ||
            figureSource(rows[i], y) != figureSource(rows[first], y))
            continue;
        points.push_back({i, *xValue, *yValue, cost(x, *xValue), cost(y, *yValue)});
    }
    // The best in x first; of those that are equal the best in y: then each new least y is on the front.
    std::ranges::stable_sort(points, [](const Point &a, const Point &b) {
        return a.xCost != b.xCost ? a.xCost < b.xCost : a.yCost < b.yCost;
    });
    std::vector<Point> front;
    for (const Point &point : points) {
        const bool equal = !front.empty() && front.back().x == point.x && front.back().y == point.y;
        if (front.empty() || point.yCost < front.back().yCost || equal)
            front.push_back(point);
    }
    std::ranges::stable_sort(front, {}, &Point::x);
    std::vector<std::size_t> indices;
    for (const Point &point : front)
        indices.push_back(point.row);
    return indices;
}

} // namespace espalier
