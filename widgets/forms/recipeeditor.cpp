// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/recipeeditor.h"

#include "widgets/coretexts.h"
#include "widgets/forms/parameterform.h"
#include "widgets/models/techniquemodel.h"
#include "widgets/theme.h"

#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollArea>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace espalier::ui {

namespace {

QToolButton *iconButton(QStyle::StandardPixmap icon, const QString &name, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setIcon(parent->style()->standardIcon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setAutoRaise(true);
    return button;
}

} // namespace

RecipeEditor::RecipeEditor(QWidget *parent)
    : QWidget(parent), m_line(new QLineEdit(this)), m_message(new QLabel(this)), m_scroll(new QScrollArea(this)),
      m_add(new QToolButton(this))
{
    m_line->setObjectName(QStringLiteral("recipeLine"));
    m_line->setFont(monospaceFont(this));
    m_line->setAccessibleName(tr("Recipe as text"));
    m_line->setPlaceholderText(QStringLiteral("prune-magnitude sparsity=0.5 | quantize-int8"));
    m_message->setObjectName(QStringLiteral("recipeMessage"));
    m_message->setWordWrap(true);
    m_message->setMinimumHeight(2 * fontMetrics().height());
    m_message->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_add->setText(tr("Add Step"));
    m_add->setObjectName(QStringLiteral("addStep"));
    m_add->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_add->setPopupMode(QToolButton::InstantPopup);
    m_add->setMenu(makeTechniqueMenu());
    m_add->setFocusPolicy(Qt::StrongFocus);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(2 * grid);
    layout->addWidget(m_line);
    layout->addWidget(m_message);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_add, 0, Qt::AlignLeft);
    connect(m_line, &QLineEdit::textEdited, this, &RecipeEditor::readLine);
    rebuildSteps();
    showRecipe();
}

QMenu *RecipeEditor::makeTechniqueMenu()
{
    auto *menu = new QMenu(this);
    menu->setToolTipsVisible(true);
    std::optional<TechniqueFamily> family;
    for (const Technique *technique : techniques()) {
        if (technique->family != family)
            menu->addSection(familyTitle(technique->family));
        family = technique->family;
        QAction *action = menu->addAction(coreText(technique->title));
        action->setToolTip(techniqueToolTip(*technique));
        action->setData(QString::fromUtf8(technique->id.data(), qsizetype(technique->id.size())));
        connect(action, &QAction::triggered, this, [this, technique] { addStep(*technique); });
    }
    return menu;
}

void RecipeEditor::setLayerNames(const QStringList &names)
{
    m_layerNames = names;
    for (ParameterForm *form : m_forms)
        form->setLayerNames(names);
}

void RecipeEditor::setRecipe(const Recipe &recipe)
{
    m_recipe = recipe;
    m_line->setText(QString::fromStdString(recipe.text()));
    rebuildSteps();
    showRecipe();
}

void RecipeEditor::readLine()
{
    auto parsed = Recipe::parse(m_line->text().toStdString());
    if (!parsed) {
        m_recipe.reset();
        QPalette warning = palette();
        warning.setColor(QPalette::WindowText, tones(palette()).bad);
        m_message->setPalette(warning);
        m_message->setText(QString::fromStdString(parsed.error().message));
        m_scroll->setEnabled(false);
    } else {
        const bool sameChain = m_recipe && std::ranges::equal(m_recipe->steps(), parsed->steps(), {},
                                                              &Recipe::Step::technique, &Recipe::Step::technique);
        m_recipe = *parsed;
        if (sameChain)
            for (std::size_t i = 0; i < m_forms.size(); ++i)
                m_forms[i]->setValues(m_recipe->steps()[i].values);
        else
            rebuildSteps();
        showRecipe();
    }
    emit recipeChanged();
}

void RecipeEditor::showRecipe()
{
    m_scroll->setEnabled(true);
    m_message->setPalette(palette());
    if (m_recipe->empty())
        m_message->setText(tr("A recipe is a chain of steps. Add the first one below, or type it above."));
    else
        m_message->setText(tr("In the table: %1").arg(QString::fromStdString(m_recipe->label())));
}

void RecipeEditor::setSteps(std::vector<Recipe::Step> steps)
{
    m_recipe = Recipe(std::move(steps));
    m_line->setText(QString::fromStdString(m_recipe->text()));
    rebuildSteps();
    showRecipe();
    emit recipeChanged();
}

void RecipeEditor::addStep(const Technique &technique)
{
    std::vector<Recipe::Step> steps = m_recipe ? m_recipe->steps() : std::vector<Recipe::Step>();
    steps.push_back({&technique, *ParameterValues::parse(technique.parameters, {})});
    setSteps(std::move(steps));
}

void RecipeEditor::removeStep(std::size_t index)
{
    std::vector<Recipe::Step> steps = m_recipe->steps();
    steps.erase(steps.begin() + std::ptrdiff_t(index));
    setSteps(std::move(steps));
}

void RecipeEditor::moveStep(std::size_t from, std::size_t to)
{
    std::vector<Recipe::Step> steps = m_recipe->steps();
    std::swap(steps[from], steps[to]);
    setSteps(std::move(steps));
}

void RecipeEditor::rebuildSteps()
{
    m_forms.clear();
    auto *chain = new QWidget;
    auto *layout = new QVBoxLayout(chain);
    layout->setContentsMargins(0, 0, 2 * grid, 0);
    layout->setSpacing(3 * grid);
    for (std::size_t i = 0; m_recipe && i < m_recipe->steps().size(); ++i)
        layout->addWidget(makeStep(i, m_recipe->steps()[i]));
    layout->addStretch();
    m_scroll->setWidget(chain); // deletes the chain before
}

QWidget *RecipeEditor::makeStep(std::size_t index, const Recipe::Step &step)
{
    auto *box = new QFrame;
    auto *title = new QLabel(QStringLiteral("%1. %2").arg(index + 1).arg(coreText(step.technique->title)), box);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    title->setFont(bold);
    QToolButton *up = iconButton(QStyle::SP_ArrowUp, tr("Earlier"), box);
    QToolButton *down = iconButton(QStyle::SP_ArrowDown, tr("Later"), box);
    QToolButton *remove = iconButton(QStyle::SP_TitleBarCloseButton, tr("Remove this step"), box);
    up->setEnabled(index > 0);
    down->setEnabled(index + 1 < m_recipe->steps().size());
    // Queued: the step that holds the button goes away with the change.
    connect(
        up, &QToolButton::clicked, this, [this, index] { moveStep(index, index - 1); }, Qt::QueuedConnection);
    connect(
        down, &QToolButton::clicked, this, [this, index] { moveStep(index, index + 1); }, Qt::QueuedConnection);
    connect(
        remove, &QToolButton::clicked, this, [this, index] { removeStep(index); }, Qt::QueuedConnection);

    auto *header = new QHBoxLayout;
    header->setSpacing(grid);
    header->addWidget(title, 1);
    for (QToolButton *button : {up, down, remove})
        header->addWidget(button);

    auto *summary = new QLabel(coreText(step.technique->summary), box);
    summary->setWordWrap(true);
    summary->setFont(smallFont(this));
    QPalette muted = palette();
    muted.setColor(QPalette::WindowText, tones(palette()).muted);
    summary->setPalette(muted);
    summary->setToolTip(techniqueToolTip(*step.technique));

    auto *form = new ParameterForm(step.technique->parameters, box);
    form->setLayerNames(m_layerNames);
    form->setValues(step.values);
    m_forms.push_back(form);
    connect(form, &ParameterForm::valuesChanged, this, [this, form, index] {
        std::vector<Recipe::Step> steps = m_recipe->steps();
        steps[index].values = form->values();
        m_recipe = Recipe(std::move(steps));
        m_line->setText(QString::fromStdString(m_recipe->text()));
        showRecipe();
        emit recipeChanged();
    });

    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(grid);
    layout->addLayout(header);
    layout->addWidget(summary);
    layout->addSpacing(grid);
    layout->addWidget(form);
    return box;
}

} // namespace espalier::ui
