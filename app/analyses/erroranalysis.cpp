// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/analysis.h"
#include "app/analyses/studyinputs.h"
#include "app/studycontroller.h"
#include "core/exporters/reporttables.h"
#include "core/formats/modelformat.h"

#include <QCoreApplication>

namespace espalier::ui {

namespace {

class ErrorAnalysis : public Analysis
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::Analysis)
public:
    QString id() const override { return QStringLiteral("error"); }
    QString title() const override { return tr("&Error Debugger"); }
    Texts texts() const override
    {
        return {tr("Where does a variant part from the original?"),
                tr("Signal to quantization noise of every layer, from the input on and alone, and the accuracy that "
                   "the worst layers would give back."),
                tr("Variant"), tr("Samples"), tr("Compare")};
    }
    Amount amount() const override { return {1, 100000, 100, {}}; }
    bool takesFiles() const override { return true; }

    std::vector<Choice> choices(const StudyController &study) const override { return variantChoices(study); }

    QString choiceForRow(const StudyController &study, int row) const override { return variantChoiceOf(study, row); }
    QString obstacle(const StudyController &study) const override { return obstacleOfModelAndData(study); }

    Work work(const StudyController &study, const QString &choice, int amount) const override
    {
        ErrorDebugRequest request;
        request.reference = study.model();
        request.variant = findVariant(study, choice);
        request.data = study.data();
        request.samples = std::size_t(amount);
        request.referenceScaling = scalingFor(*request.reference, *request.data, study.chosenScaling());
        return [request, path = choice, chosen = study.chosenScaling()](
                   const Progress &progress, const Show &) mutable -> Result<AnalysisResult> {
            if (!request.variant) {
                if (path.isEmpty())
                    return invalidArgument("there is no variant yet: run a comparison, or choose another file");
                Result<ModelPtr> model = readModel(path.toStdString());
                if (!model)
                    return model.error();
                request.variant = std::move(*model);
            }
            request.variantScaling = scalingFor(*request.variant, *request.data, chosen);
            ThreadPool pool;
            const Result<ErrorDebug> debug = debugError(request, pool, progress);
            if (!debug)
                return debug.error();
            return resultOf(*debug);
        };
    }

private:
    static AnalysisResult resultOf(const ErrorDebug &debug)
    {
        AnalysisResult result;
        result.table = errorTable(debug);
        result.rows = AnalysisResult::Rows::points;
        CurveChart chart;
        chart.xTitle = tr("Layer, in the order they run");
        chart.yTitle = tr("Signal to noise (dB)");
        chart.level = breakingSqnrDb;
        chart.levelText = tr("breaks below");
        Curve accumulated{tr("from the input on"), {}}, alone{tr("alone"), {}};
        for (std::size_t i = 0; i < debug.layers.size(); ++i) {
            const LayerError &layer = debug.layers[i];
            chart.xNames.push_back(QString::fromStdString(layer.layer));
            if (layer.accumulated.sqnrDb)
                accumulated.points.emplace_back(double(i + 1), *layer.accumulated.sqnrDb);
            if (layer.alone && layer.alone->sqnrDb)
                alone.points.emplace_back(double(i + 1), *layer.alone->sqnrDb);
        }
        chart.curves = {std::move(accumulated), std::move(alone)};
        result.charts.push_back(std::move(chart));
        return result;
    }
};

const ErrorAnalysis object;

} // namespace

extern const Analysis &errorAnalysis;
const Analysis &errorAnalysis = object;

} // namespace espalier::ui
