// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/analysis.h"
#include "app/analyses/studyinputs.h"
#include "app/studycontroller.h"
#include "core/exporters/reporttables.h"
#include "widgets/coretexts.h"

#include <QCoreApplication>

namespace espalier::ui {

namespace {

class SensitivityAnalysis : public Analysis
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::Analysis)
public:
    QString id() const override { return QStringLiteral("sensitivity"); }
    QString title() const override { return tr("&Pruning Sensitivity"); }
    Texts texts() const override
    {
        return {tr("Which layers can be pruned?"),
                tr("Each layer alone is pruned more and more, without retraining. Layers whose line stays up can lose "
                   "weights for free."),
                tr("Technique"), tr("Test samples"), tr("Measure")};
    }
    Amount amount() const override { return {10, 1000000, 1000, {}}; }

    std::vector<Choice> choices(const StudyController &) const override
    {
        std::vector<Choice> all;
        for (const std::string &each : sensitivityTechniques())
            all.push_back({QString::fromStdString(each), coreText(findTechnique(each)->title)});
        return all;
    }

    QString obstacle(const StudyController &study) const override { return obstacleOfModelAndData(study); }

    Work work(const StudyController &study, const QString &choice, int amount) const override
    {
        SensitivityRequest request;
        request.model = study.model();
        request.data = study.data();
        request.scaling = scalingFor(*request.model, *request.data, study.chosenScaling());
        request.technique = findTechnique(choice.toStdString());
        request.shares = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
        request.limit = std::size_t(amount);
        return [request](const Progress &progress, const Show &) -> Result<AnalysisResult> {
            ThreadPool pool;
            const Result<Sensitivity> sensitivity = measureSensitivity(request, pool, progress);
            if (!sensitivity)
                return sensitivity.error();
            return resultOf(*sensitivity, request.shares);
        };
    }

private:
    static AnalysisResult resultOf(const Sensitivity &sensitivity, const std::vector<double> &shares)
    {
        AnalysisResult result;
        result.table = sensitivityTable(sensitivity, shares);
        result.rows = AnalysisResult::Rows::curves;
        CurveChart chart;
        chart.xTitle = tr("Pruned (%)");
        chart.yTitle = tr("Accuracy (%)");
        chart.level = 100 * sensitivity.accuracy;
        chart.levelText = tr("whole model");
        for (const SensitivityCurve &layer : sensitivity.curves) {
            Curve curve{QString::fromStdString(layer.layer), {{0, 100 * sensitivity.accuracy}}};
            for (std::size_t i = 0; i < shares.size(); ++i)
                curve.points.emplace_back(100 * shares[i], 100 * layer.accuracies[i]);
            chart.curves.push_back(std::move(curve));
        }
        result.charts.push_back(std::move(chart));
        return result;
    }
};

const SensitivityAnalysis object;

} // namespace

extern const Analysis &sensitivityAnalysis;
const Analysis &sensitivityAnalysis = object;

} // namespace espalier::ui
