// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <optional>
#include <span>
#include <vector>

namespace espalier::ui {

/// A dot that wants its name beside it.
struct LabelRequest
{
    QPointF dot;
    qreal radius = 0;
    QSizeF size;     ///< of the text
    qreal least = 0; ///< width that the text may be cut to where the whole finds no room; 0: none
};

/// Where each name goes: its rectangle, and whether it stands so far from its dot that a line should join them.
struct LabelPlace
{
    QRectF rect;
    bool needsLeader = false;
};

/// Places every name inside `bounds` where it covers no dot, no other name and no obstacle: beside its dot where that
/// is free, further off otherwise, cut where that helps; a name without any room gets none. Earlier requests choose
/// first. The same requests give the same places.
std::vector<std::optional<LabelPlace>> placeLabels(std::span<const LabelRequest> requests, const QRectF &bounds,
                                                   std::span<const QRectF> obstacles = {});

/// A line of horizontal and vertical pieces as obstacles.
std::vector<QRectF> lineObstacles(std::span<const QPointF> corners);

} // namespace espalier::ui
