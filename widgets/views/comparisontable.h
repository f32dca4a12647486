// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace espalier::ui {

class ComparisonDelegate;
class ComparisonSort;
class VariantModel;

/// The table itself: whole rows, the original on top whatever the order, and across the empty cells of a row what runs
/// in it now or why it failed.
class ComparisonTable : public QTableView
{
    Q_OBJECT
public:
    explicit ComparisonTable(VariantModel *model, QWidget *parent = nullptr);

    ComparisonSort *sorting() const { return m_sorting; }

    /// Rows are numbered as in the VariantModel; -1: none.
    int currentVariantRow() const;
    void setCurrentVariantRow(int row);
    void setHoveredVariantRow(int row);

    /// The selected rows, or all where none is, with their visible columns and exact figures, for a spreadsheet.
    QString selectionText(QChar separator) const;
    void fitColumns();
    /// Rows stay where they are while figures arrive; this puts them in the chosen order.
    void sortAgain();

signals:
    void variantRowSelected(int row);
    void variantRowHovered(int row);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;

private:
    int shownWidth() const;
    void paintNote(QPainter &painter, int row) const;
    int variantRow(const QModelIndex &index) const;

    VariantModel *m_model;
    ComparisonSort *m_sorting;
    ComparisonDelegate *m_delegate;
    bool m_following = false; ///< the selection is being set from outside
};

} // namespace espalier::ui
