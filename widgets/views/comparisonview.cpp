// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/comparisonview.h"

#include "widgets/coretexts.h"
#include "widgets/forms/budgetform.h"
#include "widgets/models/insight.h"
#include "widgets/models/variantmodel.h"
#include "widgets/theme.h"
#include "widgets/views/comparisontable.h"

#include <QAction>
#include <QButtonGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QStackedLayout>
#include <QToolButton>
#include <QWidgetAction>

namespace espalier::ui {

namespace {

constexpr Column usual[] = {Column::variant,   Column::accuracy,    Column::accuracyDelta, Column::sparsity,
                            Column::sizeBytes, Column::zippedBytes, Column::macs,          Column::hostMs};
constexpr Column usualOnBoards[] = {Column::board,    Column::latencyMs,  Column::instructions,
                                    Column::ramBytes, Column::flashBytes, Column::fidelity};

QToolButton *textButton(const QString &text, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setText(text);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

ComparisonView::ComparisonView(VariantModel *model, QWidget *parent)
    : QWidget(parent), m_model(model), m_table(new ComparisonTable(model, this)), m_columnsMenu(new QMenu(this)),
      m_figures(textButton(tr("Figures"), this)), m_relative(textButton(tr("Against the original"), this)),
      m_budgetButton(textButton(tr("Budget"), this)), m_budgetMenu(new QMenu(this)), m_budgetForm(new BudgetForm),
      m_budget(new QLabel(this)), m_insight(new QLabel(this)), m_stack(new QStackedLayout)
{
    m_table->setObjectName(QStringLiteral("comparison"));
    m_budget->setObjectName(QStringLiteral("budget"));
    m_budget->setWordWrap(true);
    m_budget->setContentsMargins(3 * grid, 2 * grid, 3 * grid, 0);
    m_insight->setObjectName(QStringLiteral("insight"));
    m_insight->setWordWrap(true);
    m_insight->setContentsMargins(3 * grid, 2 * grid, 3 * grid, 2 * grid);
    m_insight->setTextInteractionFlags(Qt::TextBrowserInteraction);
    m_insight->setTextFormat(Qt::RichText);
    // Room for two lines always, so that the table does not move with the selection.
    m_insight->setMinimumHeight(2 * fontMetrics().lineSpacing() + 4 * grid);
    m_insight->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    connect(m_insight, &QLabel::linkActivated, this, &ComparisonView::recipeSuggested);

    auto *page = new QWidget(this);
    auto *pageLayout = new QVBoxLayout(page);
    pageLayout->setContentsMargins({});
    pageLayout->setSpacing(0);
    pageLayout->addWidget(m_table, 1);
    pageLayout->addWidget(m_budget);
    pageLayout->addWidget(m_insight);
    m_stack->addWidget(page);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    buildHeader();
    layout->addLayout(m_stack, 1);
    setFocusProxy(m_table);

    buildColumnsMenu();
    applyColumns();
    connect(m_table, &ComparisonTable::variantRowSelected, this, &ComparisonView::rowSelected);
    connect(m_table, &ComparisonTable::variantRowHovered, this, &ComparisonView::rowHovered);
    connect(m_table, &ComparisonTable::variantRowSelected, this, &ComparisonView::updateInsight);
    connect(model, &VariantModel::modelReset, this, &ComparisonView::updateState);
    connect(model, &VariantModel::rowsInserted, this, &ComparisonView::updateState);
    connect(model, &VariantModel::dataChanged, this, &ComparisonView::updateInsight);
    connect(model, &VariantModel::dataChanged, this, &ComparisonView::updateBudget);
    updateState();
}

void ComparisonView::buildHeader()
{
    auto *title = new QLabel(tr("Comparison"), this);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    title->setFont(bold);
    auto *group = new QButtonGroup(this);
    for (QToolButton *button : {m_figures, m_relative}) {
        button->setCheckable(true);
        group->addButton(button);
    }
    m_figures->setChecked(true);
    m_figures->setToolTip(tr("The figures as they were measured"));
    m_relative->setToolTip(tr("Each figure against the original's, as papers print it: 75% ↓, 1.94x ↑"));
    connect(m_relative, &QToolButton::toggled, this, &ComparisonView::setRelative);
    QToolButton *columnsButton = textButton(tr("Columns"), this);
    columnsButton->setMenu(m_columnsMenu);
    columnsButton->setPopupMode(QToolButton::InstantPopup);

    m_budgetButton->setObjectName(QStringLiteral("budgetButton"));
    m_budgetButton->setToolTip(tr("Limits that a variant has to keep, such as the flash of a board"));
    m_budgetButton->setMenu(m_budgetMenu);
    m_budgetButton->setPopupMode(QToolButton::InstantPopup);
    auto *action = new QWidgetAction(m_budgetMenu);
    action->setDefaultWidget(m_budgetForm);
    m_budgetMenu->addAction(action);
    connect(m_budgetMenu, &QMenu::aboutToShow, this, [this] {
        const Row *original = m_model->rows().empty() ? nullptr : m_model->originalOf(0);
        m_budgetForm->setBudget(m_model->budget(), [&](Column column) {
            return original ? original->number(column) : std::optional<double>();
        });
    });
    connect(m_budgetForm, &BudgetForm::budgetChanged, this, &ComparisonView::budgetChosen);

    auto *header = new QHBoxLayout;
    header->setContentsMargins(3 * grid, grid, 2 * grid, grid);
    header->setSpacing(grid);
    header->addWidget(title);
    header->addStretch();
    header->addWidget(m_figures);
    header->addWidget(m_relative);
    header->addSpacing(2 * grid);
    header->addWidget(m_budgetButton);
    header->addWidget(columnsButton);
    static_cast<QVBoxLayout *>(layout())->addLayout(header);
}

void ComparisonView::buildColumnsMenu()
{
    for (const ColumnInfo &column : columns()) {
        if (column.column == Column::variant)
            continue;
        QAction *action = m_columnsMenu->addAction(columnTitle(column.column));
        action->setCheckable(true);
        action->setData(int(column.column));
        connect(action, &QAction::triggered, this,
                [this, which = column.column](bool shown) { chooseColumn(which, shown); });
    }
    m_columnsMenu->addSeparator();
    QAction *usualAction = m_columnsMenu->addAction(tr("The Usual Columns"));
    connect(usualAction, &QAction::triggered, this, [this] {
        m_chosen = false;
        applyColumns();
        emit columnsChosen();
    });
    QHeaderView *header = m_table->horizontalHeader();
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QHeaderView::customContextMenuRequested, this,
            [this, header](QPoint at) { m_columnsMenu->popup(header->viewport()->mapToGlobal(at)); });
}

std::set<Column> ComparisonView::visibleColumns() const
{
    return m_columns;
}

void ComparisonView::setChosenColumns(const std::set<Column> &columns)
{
    m_columns = columns;
    m_columns.insert(Column::variant);
    m_chosen = true;
    applyColumns();
}

void ComparisonView::chooseColumn(Column column, bool shown)
{
    if (shown)
        m_columns.insert(column);
    else
        m_columns.erase(column);
    m_chosen = true;
    applyColumns();
    emit columnsChosen();
}

void ComparisonView::setExpectsBoards(bool expects)
{
    m_expectsBoards = expects;
    applyColumns();
}

void ComparisonView::applyColumns()
{
    if (!m_chosen) {
        m_columns = std::set<Column>(std::begin(usual), std::end(usual));
        if (m_expectsBoards || m_model->anyHas(Column::board)) {
            m_columns.insert(std::begin(usualOnBoards), std::end(usualOnBoards));
            if (!m_model->hasSeveralBoards())
                m_columns.erase(Column::board);
            // Emulators count instructions and physical boards take time: a column that nobody can fill stays away.
            const bool counted = m_model->anyHas(Column::instructions), timed = m_model->anyHas(Column::latencyMs);
            if (!timed)
                m_columns.erase(Column::latencyMs);
            if (timed && !counted)
                m_columns.erase(Column::instructions);
        }
    }
    for (const ColumnInfo &column : columns())
        m_table->setColumnHidden(int(column.column), !m_columns.contains(column.column));
    for (QAction *action : m_columnsMenu->actions())
        if (action->isCheckable())
            action->setChecked(m_columns.contains(Column(action->data().toInt())));
    m_table->fitColumns();
}

void ComparisonView::setEmptyState(QWidget *widget)
{
    m_stack->addWidget(widget);
    updateState();
}

void ComparisonView::updateState()
{
    applyColumns();
    m_stack->setCurrentIndex(m_model->rows().empty() && m_stack->count() > 1 ? 1 : 0);
    updateInsight();
    updateBudget();
}

void ComparisonView::setCurrentRow(int row)
{
    m_table->setCurrentVariantRow(row);
    updateInsight();
}

void ComparisonView::setRelative(bool relative)
{
    (relative ? m_relative : m_figures)->setChecked(true);
    m_model->setRelative(relative);
    m_table->fitColumns();
}

void ComparisonView::updateInsight()
{
    const int row = m_table->currentVariantRow();
    QString text;
    if (row >= 0 && std::size_t(row) < m_model->rows().size()) {
        const Row &shown = m_model->rows()[std::size_t(row)];
        if (const auto insight = insightAbout(shown, m_model->originalOf(std::size_t(row)))) {
            text = QStringLiteral("<b>%1</b>: %2")
                       .arg(m_model->index(row, int(Column::variant)).data().toString().toHtmlEscaped(),
                            insight->text.toHtmlEscaped());
            if (!insight->action.isEmpty())
                text += QStringLiteral(" <a href=\"%1\" style=\"color:%2\">%3</a>")
                            .arg(insight->recipe.toHtmlEscaped(), tones(palette()).accent.name(),
                                 insight->action.toHtmlEscaped());
        }
    }
    if (m_insight->text() != text)
        m_insight->setText(text);
}

void ComparisonView::editBudget()
{
    m_budgetMenu->popup(m_budgetButton->mapToGlobal(m_budgetButton->rect().bottomLeft()));
}

void ComparisonView::updateBudget()
{
    const Budget &budget = m_model->budget();
    m_budget->setVisible(!budget.empty());
    if (budget.empty())
        return;
    const BudgetOutcome outcome = outcomeOf(budget, m_model->rows());
    const auto rows = int(outcome.rows);
    //: how many rows keep all limits: %1 of %n
    QString text = tr("%1 of %n variant(s) within the budget.", nullptr, rows).arg(outcome.kept);
    if (outcome.best) {
        const QString name = m_model->index(int(*outcome.best), int(Column::variant)).data().toString();
        text += QLatin1Char(' ') + tr("The best is <b>%1</b>.").arg(name.toHtmlEscaped());
    }
    if (outcome.unknown > 0)
        text += QLatin1Char(' ') + tr("%n variant(s) lack a figure that has a limit.", nullptr, int(outcome.unknown));
    if (m_budget->text() != text)
        m_budget->setText(text);
}

void ComparisonView::copy() const
{
    QGuiApplication::clipboard()->setText(m_table->selectionText(QLatin1Char('\t')));
}

void ComparisonView::copyAsCsv() const
{
    QGuiApplication::clipboard()->setText(m_table->selectionText(QLatin1Char(',')));
}

} // namespace espalier::ui
