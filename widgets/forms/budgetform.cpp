// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/budgetform.h"

#include "widgets/coretexts.h"
#include "widgets/forms/realspinbox.h"
#include "widgets/theme.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>

#include <cmath>
#include <limits>

namespace espalier::ui {

namespace {

/// Where a limit begins that has no original to begin at: of the size that boards know.
double usualFigure(Column column)
{
    const std::string_view unit = info(column).unit;
    return unit == "ratio" ? 0.9 : unit == "B" ? 256 * 1024 : unit == "ms" ? 10 : unit == "mJ" ? 1 : 10e6;
}

/// As many decimals as a person would type.
double rounded(double shown)
{
    return std::round(shown * 100) / 100;
}

/// What was typed in a unit as the column has it, without the last bits that the conversion adds.
double unscaled(double shown, double factor)
{
    return QString::number(shown / factor, 'g', 12).toDouble();
}

} // namespace

BudgetForm::BudgetForm(QWidget *parent) : QWidget(parent)
{
    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 3 * grid);
    layout->setHorizontalSpacing(3 * grid);
    layout->setVerticalSpacing(grid);
    auto *heading = new QLabel(tr("What a variant may cost, and has to reach"), this);
    heading->setFont(headingFont(this));
    layout->addWidget(heading, 0, 0, 1, 3);
    int row = 1;
    for (const Column column : budgetColumns()) {
        Line line;
        line.isLimited = new QCheckBox(columnTitle(column), this);
        line.limit = new RealSpinBox(this);
        line.limit->setBounds(-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity());
        line.limit->setEnabled(false);
        line.limit->setMinimumWidth(32 * grid);
        const QString key = QString::fromUtf8(info(column).key.data(), qsizetype(info(column).key.size()));
        line.isLimited->setObjectName(QStringLiteral("limit_") + key);
        line.limit->setObjectName(QStringLiteral("value_") + key);
        const QString relation = info(column).better == Better::lower ? tr("at most") : tr("at least");
        //: a limit of a budget: %1 is a figure, %2 "at most" or "at least"
        line.limit->setAccessibleName(tr("%1 %2").arg(columnTitle(column), relation));
        layout->addWidget(line.isLimited, row, 0);
        layout->addWidget(new QLabel(relation, this), row, 1);
        layout->addWidget(line.limit, row, 2);
        ++row;
        m_lines.emplace(column, line);
        connect(line.isLimited, &QCheckBox::toggled, this, [this, column] { take(column); });
        connect(line.limit, &QDoubleSpinBox::valueChanged, this, [this, column] { take(column); });
    }
}

void BudgetForm::setBudget(const Budget &budget, const std::function<std::optional<double>(Column)> &reference)
{
    m_writing = true;
    m_budget = budget;
    for (auto &[column, line] : m_lines) {
        const auto limit = budget.limit(column), known = reference(column);
        const double proposal = known.value_or(column == Column::accuracyDelta ? 0 : usualFigure(column));
        line.format = columnFormat(column, known.value_or(limit.value_or(proposal)));
        line.limit->setSuffix(line.format.unit.isEmpty() ? QString() : QChar(0x00a0) + line.format.unit);
        line.isLimited->setChecked(limit.has_value());
        line.limit->setEnabled(limit.has_value());
        line.limit->setValue(limit ? *limit * line.format.factor : rounded(proposal * line.format.factor));
    }
    m_writing = false;
}

void BudgetForm::take(Column column)
{
    if (m_writing)
        return;
    const Line &line = m_lines.at(column);
    line.limit->setEnabled(line.isLimited->isChecked());
    const auto limit = line.isLimited->isChecked() ? std::optional(unscaled(line.limit->value(), line.format.factor))
                                                   : std::optional<double>();
    if (limit == m_budget.limit(column))
        return;
    m_budget.setLimit(column, limit);
    emit budgetChanged(m_budget);
}

} // namespace espalier::ui
