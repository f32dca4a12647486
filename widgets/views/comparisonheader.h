// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace espalier::ui {

/// Column titles with the unit of the whole column below, and an arrow at the column that sorts.
class ComparisonHeader : public QHeaderView
{
    Q_OBJECT
public:
    explicit ComparisonHeader(QWidget *parent = nullptr);

    QSize sizeHint() const override;

protected:
    QSize sectionSizeFromContents(int section) const override;
    void paintEvent(QPaintEvent *event) override;
    void paintSection(QPainter *painter, const QRect &rect, int section) const override;
};

} // namespace espalier::ui
