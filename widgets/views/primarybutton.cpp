// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/primarybutton.h"

#include "widgets/theme.h"

#include <QPainter>

namespace espalier::ui {

PrimaryButton::PrimaryButton(const QString &text, QWidget *parent) : QPushButton(text, parent) {}

QSize PrimaryButton::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(text()) + 12 * grid, QPushButton::sizeHint().height()};
}

void PrimaryButton::paintEvent(QPaintEvent *event)
{
    // Disabled it is a button like any other.
    if (!isEnabled())
        return QPushButton::paintEvent(event);
    const Tones t = tones(palette());
    const QColor ink = isDark(palette()) ? QColor(0x0d, 0x1b, 0x24) : QColor(Qt::white);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QColor ground = isDown() ? t.accent.darker(115) : underMouse() ? t.accent.lighter(108) : t.accent;
    painter.setBrush(ground);
    painter.setPen(hasFocus() ? QPen(palette().color(QPalette::WindowText), 1.5) : QPen(ground, 1));
    painter.drawRoundedRect(area, 3, 3);
    const qreal width = fontMetrics().horizontalAdvance(text()), x = (area.width() - width) / 2 + 2 * grid;
    const QPointF middle(x - 3 * grid, area.center().y());
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(QPolygonF({middle + QPointF(-4, -5), middle + QPointF(5, 0), middle + QPointF(-4, 5)}));
    painter.setPen(ink);
    painter.drawText(QRectF(x, 0, width + 4, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
}

} // namespace espalier::ui
