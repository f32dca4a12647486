// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/technique.h"
#include "widgets/plots/curvechart.h"

#include <QStringList>

#include <span>

namespace espalier::ui {

/// The loss over epochs and, where the network names classes, the accuracy in percent: on the training data and, where
/// some were kept back, on these. Both charts have the same curves, two for each step of a recipe that trained.
/// `steps`: what the steps are called, from the first; where only one trained its name is left out.
std::vector<CurveChart> trainingCharts(std::span<const TrainedEpoch> epochs, const QStringList &steps = {});

} // namespace espalier::ui
