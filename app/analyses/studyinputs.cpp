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

std::vector<Analysis::Choice> variantChoices(const StudyController &study)
{
    std::vector<Analysis::Choice> choices;
    const auto &rows = study.variants()->rows();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const ModelPtr model = study.variantOf(int(row));
        const QString id = idOf(rows[row]);
        if (!model || model == study.model() ||
            std::ranges::any_of(choices, [&](const Analysis::Choice &choice) { return choice.id == id; }))
            continue;
        choices.push_back({id, study.variants()->index(int(row), int(Column::variant)).data().toString()});
    }
    return choices;
}

ModelPtr findVariant(const StudyController &study, const QString &id)
{
    const auto &rows = study.variants()->rows();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const ModelPtr model = study.variantOf(int(row));
        if (model && idOf(rows[row]) == id)
            return model;
    }
    return nullptr;
}

QString variantChoiceOf(const StudyController &study, int row)
{
    return study.variantOf(row) ? idOf(study.variants()->rows()[std::size_t(row)]) : QString();
}

} // namespace espalier::ui
