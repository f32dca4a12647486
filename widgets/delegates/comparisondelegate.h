// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace espalier::ui {

/// Paints the cells of the comparison: the original's row tinted, marker and name first, numbers in tabular figures at
/// the right, a small word beside what was not measured, better and worse in colour and sign.
class ComparisonDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// The ground of a row, with the hairline below it: of a cell, or of the room beyond the last one.
    void paintGround(QPainter &painter, const QRect &rect, const QPalette &palette, const QModelIndex &index,
                     bool isSelected) const;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

    /// The row under the mouse, here or in another view; -1: none.
    void setHoveredRow(int row) { m_hoveredRow = row; }
    int hoveredRow() const { return m_hoveredRow; }

private:
    int m_hoveredRow = -1;
};

/// Width that the source word of a column takes beside each number, 0 where the column has none.
qreal sourceWordRoom(const QFont &smallFont, const QString &word);

} // namespace espalier::ui
