// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/labelplacer.h"

#include <algorithm>
#include <array>

namespace espalier::ui {

namespace {

struct Direction
{
    qreal x, y;
};

// Right of the dot reads best, then left, above, below, then the corners.
constexpr std::array<Direction, 8> directions = {
    {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}}};
constexpr std::array<qreal, 4> distances = {5, 14, 28, 44};

QRectF beside(const LabelRequest &request, QSizeF size, Direction direction, qreal distance)
{
    const qreal reach = request.radius + distance;
    const bool corner = direction.x != 0 && direction.y != 0;
    const QPointF nearest = request.dot + QPointF(direction.x, direction.y) * (corner ? reach * 0.71 : reach);
    QRectF rect(QPointF(), size);
    rect.moveCenter(nearest + QPointF(direction.x * size.width() / 2, direction.y * size.height() / 2));
    return rect;
}

QRectF dotRect(const LabelRequest &request)
{
    const qreal r = request.radius + 2;
    return {request.dot.x() - r, request.dot.y() - r, 2 * r, 2 * r};
}

} // namespace

std::vector<std::optional<LabelPlace>> placeLabels(std::span<const LabelRequest> requests, const QRectF &bounds,
                                                   std::span<const QRectF> obstacles)
{
    std::vector<std::optional<LabelPlace>> places(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto isFree = [&](const QRectF &rect) {
            return bounds.contains(rect) &&
                   std::ranges::none_of(obstacles, [&](const QRectF &o) { return o.intersects(rect); }) &&
                   std::ranges::none_of(requests, [&](const LabelRequest &r) { return dotRect(r).intersects(rect); }) &&
                   std::ranges::none_of(places, [&](const auto &p) { return p && p->rect.intersects(rect); });
        };
        const auto place = [&](QSizeF size) {
            for (std::size_t ring = 0; ring < distances.size() && !places[i]; ++ring)
                for (const Direction direction : directions) {
                    const QRectF rect = beside(requests[i], size, direction, distances[ring]);
                    if (!isFree(rect))
                        continue;
                    places[i] = LabelPlace{rect, ring > 0};
                    break;
                }
        };
        const QSizeF whole = requests[i].size;
        place(whole);
        if (!places[i] && requests[i].least > 0 && requests[i].least < whole.width())
            place({requests[i].least, whole.height()});
    }
    return places;
}

std::vector<QRectF> lineObstacles(std::span<const QPointF> corners)
{
    std::vector<QRectF> obstacles;
    for (std::size_t i = 1; i < corners.size(); ++i)
        obstacles.push_back(QRectF(corners[i - 1], corners[i]).normalized().adjusted(-1, -1, 1, 1));
    return obstacles;
}

} // namespace espalier::ui
