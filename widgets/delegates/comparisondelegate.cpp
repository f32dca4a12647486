// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/delegates/comparisondelegate.h"

#include "widgets/models/variantmodel.h"
#include "widgets/theme.h"

#include <QPainter>

#include <cmath>

namespace espalier::ui {

namespace {

constexpr int margin = 5;
constexpr int markerRoom = 5 * grid;

QFont smaller(const QFont &font)
{
    QFont small = font;
    small.setPointSizeF(font.pointSizeF() * 0.82);
    return small;
}

qreal baselineOf(const QRectF &rect, const QFontMetricsF &metrics)
{
    return std::round(rect.center().y() + (metrics.ascent() - metrics.descent()) / 2);
}

void drawSourceWord(QPainter &painter, const QRectF &cell, const QFont &font, const QString &word, const Tones &t)
{
    const QFontMetricsF metrics(font);
    const qreal width = metrics.horizontalAdvance(word) + 6, height = metrics.height() + 1;
    const QRectF badge(cell.right() - margin - width + 0.5, std::round(cell.center().y() - height / 2) + 0.5, width,
                       height);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(badge, 3, 3);
    painter.setFont(font);
    painter.setPen(t.muted);
    painter.drawText(badge, Qt::AlignCenter, word);
}

} // namespace

qreal sourceWordRoom(const QFont &font, const QString &word)
{
    return word.isEmpty() ? 0 : QFontMetricsF(smaller(font)).horizontalAdvance(word) + 6 + grid;
}

void ComparisonDelegate::paintGround(QPainter &painter, const QRect &rect, const QPalette &palette,
                                     const QModelIndex &index, bool isSelected) const
{
    const Tones t = tones(palette);
    if (index.data(VariantModel::VariantIndexRole).toInt() == 0)
        painter.fillRect(rect, t.baseline);
    if (isSelected)
        painter.fillRect(rect, t.selection);
    else if (index.row() == m_hoveredRow)
        painter.fillRect(rect, t.hover);
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), t.line);
}

void ComparisonDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tones t = tones(option.palette);
    const QRectF rect = option.rect;
    painter->save();
    painter->setClipRect(option.rect);
    paintGround(*painter, option.rect, option.palette, index, option.state & QStyle::State_Selected);

    const QFontMetricsF metrics(option.font);
    const qreal y = baselineOf(rect, metrics);
    const auto verdict = Budget::Verdict(index.data(VariantModel::VerdictRole).toInt());
    const QString text = index.data().toString();
    painter->setFont(option.font);
    painter->setPen(option.palette.color(QPalette::Text));

    if (index.column() == int(Column::variant)) {
        const int variant = index.data(VariantModel::VariantIndexRole).toInt();
        drawMarker(*painter, {rect.left() + margin + 6, rect.center().y() + 0.5}, 4.5, variant,
                   variant == 0 ? t.muted : variantColor(variant));
        const QRectF room = rect.adjusted(margin + markerRoom, 0, -margin, 0);
        if (index.data(VariantModel::FailedRole).toBool())
            painter->setPen(t.bad);
        else if (verdict == Budget::Verdict::exceeded)
            painter->setPen(t.muted);
        painter->drawText(QPointF(room.left(), y), metrics.elidedText(text, Qt::ElideMiddle, room.width()));
    } else if (info(Column(index.column())).type == ColumnType::text) {
        const QRectF room = rect.adjusted(margin, 0, -margin, 0);
        painter->drawText(QPointF(room.left(), y), metrics.elidedText(text, Qt::ElideRight, room.width()));
    } else if (!text.isEmpty()) {
        const QString widest =
            index.model()->headerData(index.column(), Qt::Horizontal, VariantModel::SourceWordRole).toString();
        const QString word = index.data(VariantModel::SourceWordRole).toString();
        const int judgement = index.data(VariantModel::JudgementRole).toInt();
        // Figures are judged where they are differences; a column of plain figures stays quiet.
        const bool isDifference = index.column() == int(Column::accuracyDelta) || text.endsWith(QChar(0x2193)) ||
                                  text.endsWith(QChar(0x2191));
        if (isDifference && judgement != 0)
            painter->setPen(judgement > 0 ? t.good : t.bad);
        else if (text == QLatin1String("—"))
            painter->setPen(t.muted);
        const qreal right = rect.right() + 1 - margin - sourceWordRoom(option.font, widest);
        if (verdict == Budget::Verdict::exceeded) {
            // A line under the figure, so that colour alone does not tell.
            painter->setPen(t.bad);
            const qreal width = tabularWidth(option.font, text);
            painter->fillRect(QRectF(right - width, y + 3, width, 2), t.bad);
        }
        drawTabular(*painter, right, y, text);
        if (!word.isEmpty())
            drawSourceWord(*painter, rect, smaller(option.font), word, t);
    }
    painter->restore();
}

QSize ComparisonDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QFontMetricsF metrics(option.font);
    const int height = int(std::ceil(metrics.height())) + 3 * grid;
    const QString text = index.data().toString();
    if (index.column() == int(Column::variant))
        return {int(std::ceil(metrics.horizontalAdvance(text))) + 2 * margin + markerRoom, height};
    const QString word =
        index.model()->headerData(index.column(), Qt::Horizontal, VariantModel::SourceWordRole).toString();
    return {int(std::ceil(tabularWidth(option.font, text) + sourceWordRoom(option.font, word))) + 2 * margin, height};
}

} // namespace espalier::ui
