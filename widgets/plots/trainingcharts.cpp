// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/trainingcharts.h"

#include <QCoreApplication>

#include <algorithm>
#include <functional>
#include <optional>

namespace espalier::ui {

namespace {

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::TrainingCharts)
};

/// The curves of one step in a chart of one figure; that of the samples kept back only where there are any.
void addCurves(CurveChart &chart, std::span<const TrainedEpoch> epochs, const QString &step, double unit,
               const std::function<std::optional<double>(const EpochResult &)> &training,
               std::optional<double> EpochResult::*keptBack)
{
    Curve seen{Texts::tr("training"), {}}, kept{Texts::tr("kept back"), {}};
    if (!step.isEmpty()) {
        seen.name = step;
        //: %1 is a step of a recipe
        kept.name = Texts::tr("%1, kept back").arg(step);
    }
    for (const TrainedEpoch &epoch : epochs) {
        if (const std::optional<double> value = training(epoch.result))
            seen.points.emplace_back(epoch.result.epoch, unit * *value);
        if (const std::optional<double> value = epoch.result.*keptBack)
            kept.points.emplace_back(epoch.result.epoch, unit * *value);
    }
    const bool anyKept = !kept.points.empty();
    chart.curves.push_back(std::move(seen));
    if (anyKept)
        chart.curves.push_back(std::move(kept));
}

} // namespace

std::vector<CurveChart> trainingCharts(std::span<const TrainedEpoch> epochs, const QStringList &steps)
{
    CurveChart loss, accuracy;
    loss.xTitle = accuracy.xTitle = Texts::tr("Epoch");
    loss.yTitle = Texts::tr("Loss");
    accuracy.yTitle = Texts::tr("Accuracy (%)");
    const bool isOneStep = std::ranges::all_of(epochs, [&](const TrainedEpoch &e) { return e.step == epochs[0].step; });
    for (auto first = epochs.begin(); first != epochs.end();) {
        const auto end =
            std::find_if(first, epochs.end(), [&](const TrainedEpoch &e) { return e.step != first->step; });
        const std::span<const TrainedEpoch> ofStep(first, end);
        const QString step = isOneStep ? QString() : steps.value(qsizetype(first->step) - 1);
        addCurves(
            loss, ofStep, step, 1, [](const EpochResult &e) { return e.trainLoss; }, &EpochResult::validationLoss);
        addCurves(
            accuracy, ofStep, step, 100, [](const EpochResult &e) { return e.trainAccuracy; },
            &EpochResult::validationAccuracy);
        first = end;
    }
    const bool classifies =
        std::ranges::any_of(epochs, [](const TrainedEpoch &e) { return e.result.trainAccuracy.has_value(); });
    return classifies ? std::vector{std::move(loss), std::move(accuracy)} : std::vector{std::move(loss)};
}

} // namespace espalier::ui
