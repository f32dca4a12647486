// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/recipelistmodel.h"

#include <QUndoCommand>

#include <functional>
#include <vector>

namespace espalier::ui {

/// Any edit of the recipe list: it was so, it becomes so. Lists are short, and a whole list can never be undone
/// halfway.
class EditRecipes : public QUndoCommand
{
public:
    EditRecipes(RecipeListModel *model, std::vector<RecipeEntry> after, const QString &text);

    void undo() override;
    void redo() override;

private:
    RecipeListModel *m_model;
    std::vector<RecipeEntry> m_before, m_after;
};

/// An edit that puts one thing in the place of another and keeps the other: undone and redone by the same exchange.
class ExchangeState : public QUndoCommand
{
public:
    /// `exchange` says false where what it kept fits no more; then the edit leaves the history.
    ExchangeState(std::function<bool()> exchange, const QString &text);

    void undo() override;
    void redo() override;

private:
    std::function<bool()> m_exchange;
};

} // namespace espalier::ui
