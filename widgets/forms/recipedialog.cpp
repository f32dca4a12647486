// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/recipedialog.h"

#include "widgets/forms/recipeeditor.h"
#include "widgets/theme.h"

#include <QDialogButtonBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace espalier::ui {

RecipeDialog::RecipeDialog(const Recipe &recipe, QWidget *parent)
    : QDialog(parent), m_editor(new RecipeEditor(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setWindowTitle(recipe.empty() ? tr("New Recipe") : tr("Edit Recipe"));
    resize(520, 480);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4 * grid, 4 * grid, 4 * grid, 4 * grid);
    layout->setSpacing(3 * grid);
    layout->addWidget(m_editor, 1);
    layout->addWidget(m_buttons);
    m_editor->setRecipe(recipe);
    connect(m_editor, &RecipeEditor::recipeChanged, this, &RecipeDialog::updateButtons);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    updateButtons();
}

Recipe RecipeDialog::recipe() const
{
    return m_editor->recipe().value_or(Recipe());
}

void RecipeDialog::updateButtons()
{
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(m_editor->recipe() && !m_editor->recipe()->empty());
}

} // namespace espalier::ui
