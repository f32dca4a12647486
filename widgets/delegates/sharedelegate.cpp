// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/delegates/sharedelegate.h"

#include "widgets/models/operatormodel.h"
#include "widgets/theme.h"

#include <QPainter>

#include <cmath>

namespace espalier::ui {

void ShareDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const double share = index.data(OperatorModel::ShareRole).toDouble();
    const Tones t = tones(option.palette);
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, option.palette.highlight());
    const QRect room = option.rect.adjusted(2, 3, -2, -3);
    QColor bar = t.accent;
    bar.setAlphaF(0.3f);
    painter->fillRect(QRect(room.left(), room.top(), int(std::round(share * room.width())), room.height()), bar);
    const QFontMetricsF metrics(option.font);
    painter->setFont(option.font);
    painter->setPen(
        option.palette.color(option.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text));
    drawTabular(*painter, room.right() - grid,
                std::round(room.center().y() + (metrics.ascent() - metrics.descent()) / 2), index.data().toString());
    painter->restore();
}

} // namespace espalier::ui
