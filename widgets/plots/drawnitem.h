// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <functional>
#include <utility>

namespace espalier::ui {

/// What a plot of ours draws by itself: over the axes' bounds, too, and never selected. Its plot owns it.
class DrawnItem : public QCPAbstractItem
{
public:
    DrawnItem(QCustomPlot *plot, std::function<void(QPainter &)> drawing)
        : QCPAbstractItem(plot), m_drawing(std::move(drawing))
    {
        setClipToAxisRect(false);
        setSelectable(false);
    }
    double selectTest(const QPointF &, bool, QVariant *) const override { return -1; }

protected:
    void draw(QCPPainter *painter) override { m_drawing(*painter); }

private:
    std::function<void(QPainter &)> m_drawing;
};

} // namespace espalier::ui
