// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/studyinputs.h"

#include "app/studycontroller.h"
#include "widgets/models/variantmodel.h"

#include <QCoreApplication>

#include <algorithm>

namespace espalier::ui {

namespace {

QString idOf(const Row &row)
{
    return QStringLiteral("recipe:") + QString::fromStdString(row.text(Column::recipe));
}

} // namespace

InputScaling scalingFor(const Model &model, const Dataset &data, const std::optional<InputScaling> &chosen)
{
    if (chosen || model.main().inputs.empty())
        return chosen.value_or(InputScaling());
    return impliedScaling(model.main()[model.main().inputs.front()], data.test).scaling;
}

QString obstacleOfModelAndData(const StudyController &study)
{
    if (!study.model())
        return QCoreApplication::translate("espalier::ui::Analysis", "Open a model first.");
    if (!study.data())
        return QCoreApplication::translate("espalier::ui::Analysis", "Open data for the model first.");
    return study.misfit();
}

std::vector<VariantChoice> variantChoices(const StudyController &study)
{
    std::vector<VariantChoice> choices;
    const auto &rows = study.variants()->rows();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const ModelPtr model = study.variantOf(int(row));
        if (!model || std::ranges::any_of(choices, [&](const VariantChoice &c) { return c.id == idOf(rows[row]); }))
            continue;
        const QString title = study.variants()->index(int(row), int(Column::variant)).data().toString();
        choices.push_back({idOf(rows[row]), title, model});
    }
    return choices;
}

ModelPtr findVariant(const StudyController &study, const QString &id)
{
    for (const VariantChoice &choice : variantChoices(study))
        if (choice.id == id)
            return choice.model;
    return nullptr;
}

QString variantChoiceOf(const StudyController &study, int row)
{
    return study.variantOf(row) ? idOf(study.variants()->rows()[std::size_t(row)]) : QString();
}

} // namespace espalier::ui
