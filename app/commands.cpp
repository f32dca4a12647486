// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"

namespace espalier::ui {

EditRecipes::EditRecipes(RecipeListModel *model, std::vector<RecipeEntry> after, const QString &text)
    : QUndoCommand(text), m_model(model), m_before(model->entries()), m_after(std::move(after))
{
}

void EditRecipes::undo()
{
    m_model->setEntries(m_before);
}

void EditRecipes::redo()
{
    m_model->setEntries(m_after);
}

ExchangeState::ExchangeState(std::function<bool()> exchange, const QString &text)
    : QUndoCommand(text), m_exchange(std::move(exchange))
{
}

void ExchangeState::undo()
{
    setObsolete(!m_exchange());
}

void ExchangeState::redo()
{
    setObsolete(!m_exchange());
}

} // namespace espalier::ui
