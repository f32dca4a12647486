// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/analysis.h"
#include "app/analyses/studyinputs.h"
#include "app/studycontroller.h"
#include "core/exporters/reporttables.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

namespace espalier::ui {

namespace {

class CalibrationAnalysis : public Analysis
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::Analysis)
public:
    QString id() const override { return QStringLiteral("calibration"); }
    QString title() const override { return tr("&Calibration Doctor"); }
    Texts texts() const override
    {
        return {tr("Do the calibration data suit the model?"),
                tr("Ranges of every tensor on calibration and on test data, what would be clipped, how many of the 256 "
                   "levels are used, and how many samples give the ranges."),
                tr("Model"), tr("Samples, at most"), tr("Examine")};
    }
    Amount amount() const override { return {2, 1000000, 500, {}}; }

    std::vector<Choice> choices(const StudyController &study) const override
    {
        std::vector<Choice> all = {{QString(), tr("Original")}};
        std::ranges::move(variantChoices(study), std::back_inserter(all));
        return all;
    }

    QString choiceForRow(const StudyController &study, int row) const override { return variantChoiceOf(study, row); }
    QString obstacle(const StudyController &study) const override { return obstacleOfModelAndData(study); }

    Work work(const StudyController &study, const QString &choice, int amount) const override
    {
        const ModelPtr variant = choice.isEmpty() ? study.model() : findVariant(study, choice);
        const ModelPtr model = variant ? variant : study.model();
        return [model, data = study.data(), scaling = scalingFor(*model, *study.data(), study.chosenScaling()),
                amount](const Progress &progress, const Show &) -> Result<AnalysisResult> {
            const Result<Diagnosis> diagnosis = diagnose(model, *data, scaling, std::size_t(amount), progress);
            if (!diagnosis)
                return diagnosis.error();
            return resultOf(*diagnosis);
        };
    }

private:
    static AnalysisResult resultOf(const Diagnosis &diagnosis)
    {
        AnalysisResult result;
        result.table = diagnosisTable(diagnosis);
        CurveChart coverage;
        coverage.xTitle = tr("Calibration samples");
        coverage.yTitle = tr("Share of the final ranges (%)");
        coverage.xLogarithmic = true;
        Curve curve{tr("ranges"), {}};
        for (const RangeCoverage &point : diagnosis.coverage)
            curve.points.emplace_back(double(point.samples), 100 * point.covered);
        coverage.curves.push_back(std::move(curve));
        result.charts.push_back(std::move(coverage));
        return result;
    }
};

const CalibrationAnalysis object;

} // namespace

extern const Analysis &calibrationAnalysis;
const Analysis &calibrationAnalysis = object;

} // namespace espalier::ui
