// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/recipelistview.h"

#include "widgets/delegates/recipedelegate.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/symbols.h"
#include "widgets/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QToolButton>

namespace espalier::ui {

RecipeListView::RecipeListView(RecipeListModel *model, QWidget *parent)
    : QWidget(parent), m_model(model), m_list(new QListView(this))
{
    m_list->setObjectName(QStringLiteral("recipes"));
    m_list->setAccessibleName(tr("Recipes"));
    m_list->setModel(model);
    m_list->setItemDelegate(new RecipeDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->viewport()->setAutoFillBackground(false); // on the panel's own ground
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);

    m_add = addAction(tr("&Add Recipe…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), QStringLiteral("add"));
    m_edit = addAction(tr("&Edit Recipe…"), QKeySequence(Qt::Key_F2), QStringLiteral("edit"));
    m_duplicate = addAction(tr("&Duplicate Recipe"), QKeySequence(Qt::CTRL | Qt::Key_D), QStringLiteral("duplicate"));
    m_remove = addAction(tr("&Remove Recipe"), QKeySequence::Delete, QStringLiteral("remove"));
    m_up = addAction(tr("Move &Up"), QKeySequence(Qt::ALT | Qt::Key_Up), QStringLiteral("up"));
    m_down = addAction(tr("Move &Down"), QKeySequence(Qt::ALT | Qt::Key_Down), QStringLiteral("down"));
    // Delete means something else in other views; these work where the recipes are.
    for (QAction *action : {m_edit, m_duplicate, m_remove, m_up, m_down})
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);

    auto *title = new QLabel(tr("Recipes"), this);
    title->setFont(headingFont(this));
    auto *header = new QHBoxLayout;
    header->setContentsMargins(3 * grid, grid, 2 * grid, 0);
    header->setSpacing(0);
    header->addWidget(title);
    header->addStretch();
    for (QAction *action : m_actions) {
        auto *button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setAutoRaise(true);
        button->setIconSize({16, 16});
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(action->text().remove(QLatin1Char('&')));
        header->addWidget(button);
    }
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(grid);
    layout->addLayout(header);
    layout->addWidget(m_list, 1);
    setFocusProxy(m_list);

    connect(m_add, &QAction::triggered, this, &RecipeListView::addRequested);
    connect(m_edit, &QAction::triggered, this, [this] { emit editRequested(currentRow()); });
    connect(m_duplicate, &QAction::triggered, this, [this] { emit duplicateRequested(currentRow()); });
    connect(m_remove, &QAction::triggered, this, [this] { emit removeRequested(currentRow()); });
    connect(m_up, &QAction::triggered, this, [this] { emit moveRequested(currentRow(), currentRow() - 1); });
    connect(m_down, &QAction::triggered, this, [this] { emit moveRequested(currentRow(), currentRow() + 1); });
    connect(m_list, &QListView::doubleClicked, this,
            [this](const QModelIndex &index) { emit editRequested(index.row()); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        updateActions();
        if (current.isValid())
            emit recipeSelected(current.row());
    });
    for (const auto signal : {&QAbstractItemModel::modelReset})
        connect(model, signal, this, &RecipeListView::updateActions);
    connect(model, &QAbstractItemModel::rowsInserted, this, &RecipeListView::updateActions);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &RecipeListView::updateActions);
    updateActions();
}

QAction *RecipeListView::addAction(const QString &text, const QKeySequence &shortcut, const QString &icon)
{
    auto *action = new QAction(symbolIcon(icon), text, this);
    action->setShortcut(shortcut);
    QString plain = text;
    plain.remove(QLatin1Char('&')).remove(QChar(0x2026));
    action->setToolTip(plain + QStringLiteral(" (%1)").arg(shortcut.toString(QKeySequence::NativeText)));
    m_list->addAction(action);
    m_actions.append(action);
    return action;
}

int RecipeListView::currentRow() const
{
    return m_list->currentIndex().row();
}

void RecipeListView::setCurrentRow(int row)
{
    if (row == currentRow())
        return;
    const QModelIndex index = row < 0 ? QModelIndex() : m_model->index(row);
    m_list->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
}

void RecipeListView::updateActions()
{
    const int row = currentRow();
    for (QAction *action : {m_edit, m_duplicate, m_remove})
        action->setEnabled(row >= 0);
    m_up->setEnabled(row > 0);
    m_down->setEnabled(row >= 0 && row + 1 < m_model->rowCount());
}

} // namespace espalier::ui
