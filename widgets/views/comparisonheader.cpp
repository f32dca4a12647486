// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/comparisonheader.h"

#include "widgets/models/variantmodel.h"
#include "widgets/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace espalier::ui {

namespace {

constexpr int margin = 5; // as ComparisonDelegate's cells
constexpr int arrowRoom = 11;

} // namespace

ComparisonHeader::ComparisonHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(true);
    setSectionsMovable(true);
    setHighlightSections(false);
    setSortIndicatorClearable(true);
    setStretchLastSection(false);
    setMinimumSectionSize(40);
    setAccessibleName(tr("Columns"));
}

QSize ComparisonHeader::sizeHint() const
{
    return {QHeaderView::sizeHint().width(),
            int(std::ceil(2 * QFontMetricsF(smallFont(this)).height())) + 2 * grid + 2};
}

QSize ComparisonHeader::sectionSizeFromContents(int section) const
{
    QFont bold = smallFont(this);
    bold.setWeight(QFont::DemiBold);
    const QFontMetricsF metrics(bold);
    const qreal title = metrics.horizontalAdvance(model()->headerData(section, orientation()).toString());
    const qreal unit =
        metrics.horizontalAdvance(model()->headerData(section, orientation(), VariantModel::UnitRole).toString());
    return {int(std::ceil(std::max(title, unit + arrowRoom))) + 2 * margin + 1, sizeHint().height()};
}

void ComparisonHeader::paintEvent(QPaintEvent *event)
{
    QHeaderView::paintEvent(event);
    // Beyond the last section the style would paint a grey box above the white table.
    const QRect beyond = viewport()->rect().adjusted(length() - offset(), 0, 0, 0);
    if (!beyond.isValid())
        return;
    QPainter painter(viewport());
    painter.fillRect(beyond, palette().color(QPalette::Base));
    painter.fillRect(QRect(beyond.left(), beyond.bottom(), beyond.width(), 1), tones(palette()).line);
}

void ComparisonHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    const Tones t = tones(palette());
    const QString title = model()->headerData(section, orientation()).toString();
    const QString unit = model()->headerData(section, orientation(), VariantModel::UnitRole).toString();
    const bool right = model()->headerData(section, orientation(), Qt::TextAlignmentRole).toInt() & Qt::AlignRight;
    const bool sorts = isSortIndicatorShown() && sortIndicatorSection() == section;
    const QFont font = smallFont(this);
    const QFontMetricsF metrics(font);

    painter->save();
    painter->fillRect(rect, palette().color(QPalette::Base));
    painter->setPen(QPen(t.line, 1));
    painter->drawLine(rect.bottomLeft(), rect.bottomRight());

    QRectF room = QRectF(rect).adjusted(margin, grid, -margin, -grid - 1);
    if (section == int(Column::variant))
        room.setLeft(room.left() + 5 * grid); // above the names, not the markers
    QFont bold = font;
    bold.setWeight(QFont::DemiBold);
    painter->setFont(bold);
    painter->setPen(palette().color(QPalette::Text));
    const QString shown = QFontMetricsF(bold).elidedText(title, Qt::ElideRight, room.width());
    painter->drawText(QRectF(room.left(), room.top(), room.width(), metrics.height()),
                      int(right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::TextDontClip, shown);
    painter->setFont(font);
    painter->setPen(t.muted);
    painter->drawText(QRectF(room.left(), room.bottom() - metrics.height(), room.width(), metrics.height()),
                      int(right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, unit);
    if (sorts) {
        // Beside the unit, where there is always room.
        const qreal width = metrics.horizontalAdvance(unit);
        const qreal x = right ? room.right() - width - 6 : room.left() + width + 6;
        const qreal y = room.bottom() - metrics.height() / 2;
        const qreal up = sortIndicatorOrder() == Qt::AscendingOrder ? -1 : 1;
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(t.accent);
        painter->drawPolygon(QPolygonF({{x - 3.5, y - 2 * up}, {x + 3.5, y - 2 * up}, {x, y + 2.5 * up}}));
    }
    painter->restore();
}

} // namespace espalier::ui
