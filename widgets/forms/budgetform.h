// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/budget.h"
#include "widgets/format.h"

#include <QWidget>

#include <functional>
#include <map>

class QCheckBox;

namespace espalier::ui {

class RealSpinBox;

/// The limits of a budget, a line for each figure that can have one. A limit that is switched on begins at the
/// original's figure, or where that has none at a usual one, so that nothing has to be typed from nowhere.
class BudgetForm : public QWidget
{
    Q_OBJECT
public:
    explicit BudgetForm(QWidget *parent = nullptr);

    const Budget &budget() const { return m_budget; }
    /// Shows it in units that suit `reference`, the figure of the original in a column where there is one.
    void setBudget(const Budget &budget, const std::function<std::optional<double>(Column)> &reference);

signals:
    void budgetChanged(const espalier::Budget &budget); ///< by the person

private:
    struct Line
    {
        QCheckBox *isLimited;
        RealSpinBox *limit;
        ColumnFormat format;
    };

    void take(Column column);

    Budget m_budget;
    std::map<Column, Line> m_lines;
    bool m_writing = false;
};

} // namespace espalier::ui
