// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/delegates/recipedelegate.h"

#include "widgets/models/recipelistmodel.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>

#include <cmath>

namespace espalier::ui {

namespace {

constexpr int padding = 2 * grid;
constexpr int markerRoom = 5 * grid;

} // namespace

QRect RecipeDelegate::tickRect(const QStyleOptionViewItem &option)
{
    const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
    const int size = style->pixelMetric(QStyle::PM_IndicatorWidth, &option, option.widget);
    const int line = QFontMetrics(option.font).height();
    return {option.rect.left() + padding, option.rect.top() + grid + 2 + (line - size) / 2, size, size};
}

void RecipeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tones t = tones(option.palette);
    const bool ticked = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, t.selection);
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(option.rect, t.hover);

    QStyleOptionViewItem tick = option;
    tick.rect = tickRect(option);
    tick.state = (option.state & ~(QStyle::State_HasFocus | QStyle::State_Selected)) |
                 (ticked ? QStyle::State_On : QStyle::State_Off);
    const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &tick, painter, option.widget);

    const QFontMetricsF metrics(option.font);
    const QPointF markerCentre(tick.rect.right() + padding + 6, tick.rect.center().y() + 1);
    const int variant = index.data(RecipeListModel::VariantIndexRole).toInt();
    drawMarker(*painter, markerCentre, 4.5, variant, variantColor(variant));

    const qreal left = markerCentre.x() - 6 + markerRoom, right = option.rect.right() - padding;
    const qreal top = option.rect.top() + grid + 2;
    painter->setFont(option.font);
    painter->setPen(ticked ? option.palette.color(QPalette::Text) : t.muted);
    painter->drawText(QPointF(left, top + metrics.ascent()),
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, right - left));
    const QFont mono = monospaceFont(option.widget);
    const QFontMetricsF monoMetrics(mono);
    painter->setFont(mono);
    painter->setPen(t.muted);
    painter->drawText(
        QPointF(left, top + metrics.height() + 2 + monoMetrics.ascent()),
        monoMetrics.elidedText(index.data(RecipeListModel::RecipeTextRole).toString(), Qt::ElideRight, right - left));
    if (option.state & QStyle::State_HasFocus) {
        painter->setPen(QPen(t.accent, 1));
        painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
    }
    painter->restore();
}

QSize RecipeDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    const qreal lines = QFontMetricsF(option.font).height() + 2 + QFontMetricsF(monospaceFont(option.widget)).height();
    return {160, int(std::ceil(lines)) + 2 * (grid + 2)};
}

bool RecipeDelegate::editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option,
                                 const QModelIndex &index)
{
    const auto toggle = [&] {
        const bool ticked = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        return model->setData(index, ticked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
    };
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        if (mouse->button() == Qt::LeftButton &&
            tickRect(option).adjusted(-4, -4, 4, 4).contains(mouse->position().toPoint()))
            return toggle();
    }
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Space || key == Qt::Key_Select)
            return toggle();
    }
    return false;
}

} // namespace espalier::ui
