// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/recipe.h"

#include <QDialog>

class QDialogButtonBox;

namespace espalier::ui {

class RecipeEditor;

/// Edits one recipe; accepted only with a recipe of at least one step.
class RecipeDialog : public QDialog
{
    Q_OBJECT
public:
    explicit RecipeDialog(const Recipe &recipe, QWidget *parent = nullptr);

    Recipe recipe() const;
    RecipeEditor *editor() const { return m_editor; }

private:
    void updateButtons();

    RecipeEditor *m_editor;
    QDialogButtonBox *m_buttons;
};

} // namespace espalier::ui
