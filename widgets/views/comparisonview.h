// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/budget.h"
#include "core/study/row.h"

#include <QWidget>

#include <set>

class QLabel;
class QMenu;
class QStackedLayout;
class QToolButton;

namespace espalier::ui {

class BudgetForm;
class ComparisonTable;
class VariantModel;

/// The comparison: its table, what to show in it, and one line below that explains the selected row. Where there are no
/// rows it teaches the next step.
class ComparisonView : public QWidget
{
    Q_OBJECT
public:
    explicit ComparisonView(VariantModel *model, QWidget *parent = nullptr);

    ComparisonTable *table() const { return m_table; }

    /// Columns that the person sees. Without a choice of theirs: the usual ones, and those of boards when the
    /// comparison is on boards.
    std::set<Column> visibleColumns() const;
    void setChosenColumns(const std::set<Column> &columns);
    bool hasChosenColumns() const { return m_chosen; }
    void setExpectsBoards(bool expects);

    /// Shown instead of the table while there are no rows; the caller owns it no longer.
    void setEmptyState(QWidget *widget);

    QMenu *columnsMenu() const { return m_columnsMenu; }
    /// Opens the form of limits below its button.
    void editBudget();

public slots:
    void setCurrentRow(int row);
    void setRelative(bool relative);
    void copy() const;
    void copyAsCsv() const;

signals:
    void rowSelected(int row);
    void rowHovered(int row);
    void columnsChosen();
    void budgetChosen(const espalier::Budget &budget);
    void recipeSuggested(const QString &recipe); ///< the link below the table was followed

private:
    void buildHeader();
    void buildColumnsMenu();
    void applyColumns();
    void chooseColumn(Column column, bool shown);
    void updateInsight();
    void updateBudget();
    void updateState();

    VariantModel *m_model;
    ComparisonTable *m_table;
    QMenu *m_columnsMenu;
    QToolButton *m_figures, *m_relative;
    QToolButton *m_budgetButton;
    QMenu *m_budgetMenu;
    BudgetForm *m_budgetForm;
    QLabel *m_budget, *m_insight;
    QStackedLayout *m_stack;
    std::set<Column> m_columns;
    bool m_chosen = false, m_expectsBoards = false, m_fitted = false;
};

} // namespace espalier::ui
