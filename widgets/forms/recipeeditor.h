// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/recipe.h"

#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

class QLabel;
class QLineEdit;
class QMenu;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace espalier::ui {

class ParameterForm;

/// A recipe as a line of text and as a chain of forms, both editable: each follows the other. The forms come from the
/// techniques' parameter lists.
class RecipeEditor : public QWidget
{
    Q_OBJECT
public:
    explicit RecipeEditor(QWidget *parent = nullptr);

    /// The layers of the model that recipes are for, to choose from.
    void setLayerNames(const QStringList &names);
    void setRecipe(const Recipe &recipe);
    /// Nothing while the line does not parse.
    const std::optional<Recipe> &recipe() const { return m_recipe; }
    QLineEdit *line() const { return m_line; }

    void addStep(const Technique &technique);
    void removeStep(std::size_t index);
    void moveStep(std::size_t from, std::size_t to);

signals:
    void recipeChanged(); ///< recipe() is another one, or none any more

private:
    void readLine();
    void showRecipe();
    void rebuildSteps();
    void setSteps(std::vector<Recipe::Step> steps);
    QWidget *makeStep(std::size_t index, const Recipe::Step &step);
    QMenu *makeTechniqueMenu();

    std::optional<Recipe> m_recipe = Recipe();
    QLineEdit *m_line;
    QLabel *m_message;
    QScrollArea *m_scroll;
    QToolButton *m_add;
    std::vector<ParameterForm *> m_forms;
    QStringList m_layerNames;
};

} // namespace espalier::ui
