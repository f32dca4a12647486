// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QListView;

namespace espalier::ui {

class RecipeListModel;

/// The recipes of the study with tick boxes, and the actions on them. It changes nothing itself: the owner does, and
/// keeps the history.
class RecipeListView : public QWidget
{
    Q_OBJECT
public:
    explicit RecipeListView(RecipeListModel *model, QWidget *parent = nullptr);

    QListView *list() const { return m_list; }
    int currentRow() const;
    void setCurrentRow(int row);

    /// For the menu: add, edit, duplicate, remove, move up, move down.
    const QList<QAction *> &editActions() const { return m_actions; }

signals:
    void addRequested();
    void editRequested(int row);
    void duplicateRequested(int row);
    void removeRequested(int row);
    void moveRequested(int from, int to);
    void recipeSelected(int row);

private:
    QAction *addAction(const QString &text, const QKeySequence &shortcut, const QString &icon);
    void updateActions();

    RecipeListModel *m_model;
    QListView *m_list;
    QList<QAction *> m_actions;
    QAction *m_add, *m_edit, *m_duplicate, *m_remove, *m_up, *m_down;
};

} // namespace espalier::ui
