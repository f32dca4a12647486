// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/analyses/analysis.h"
#include "core/data/dataset.h"
#include "core/data/inputscaling.h"
#include "core/graph/model.h"

#include <QString>

#include <optional>
#include <vector>

namespace espalier::ui {

class StudyController;

/// How raw values become what a model takes: as the person chose, else as model and data imply.
InputScaling scalingFor(const Model &model, const Dataset &data, const std::optional<InputScaling> &chosen);

/// Why nothing can be told about model and data together; empty where it can.
QString obstacleOfModelAndData(const StudyController &study);

/// Every variant of the comparison whose model is at hand, each once, but for the original.
std::vector<Analysis::Choice> variantChoices(const StudyController &study);
/// The model of a variant, or of the original, by what stands for it in a choice; null where it is not at hand.
ModelPtr findVariant(const StudyController &study, const QString &id);
/// The choice that a row of the comparison stands for; empty where its model is not at hand.
QString variantChoiceOf(const StudyController &study, int row);

} // namespace espalier::ui
