// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/analysis.h"
#include "app/studycontroller.h"
#include "core/study/figureformat.h"
#include "core/train/architectures/architecture.h"
#include "core/train/train.h"
#include "widgets/plots/trainingcharts.h"

#include <QCoreApplication>

namespace espalier::ui {

namespace {

QString fromView(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

class TrainingAnalysis : public Analysis
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::Analysis)
public:
    QString id() const override { return QStringLiteral("training"); }
    QString title() const override { return tr("&Train a Model"); }
    Texts texts() const override
    {
        return {tr("Train a model on these data"),
                tr("A network from nothing, with a tenth of the training samples kept back to judge each epoch. Save "
                   "what comes out and open it as the original of a study."),
                tr("Network"), tr("Epochs"), tr("Train")};
    }
    Amount amount() const override { return {1, 10000, 10, {}}; }

    std::vector<Choice> choices(const StudyController &) const override
    {
        std::vector<Choice> all;
        for (const Architecture *each : architectures())
            all.push_back({fromView(each->id), fromView(each->id)});
        return all;
    }

    QString obstacle(const StudyController &study) const override
    {
        if (!study.data())
            return tr("Open data to train on first.");
        return study.data()->train.count > 0 ? QString() : tr("These data have no training samples.");
    }

    Work work(const StudyController &study, const QString &choice, int amount) const override
    {
        const Architecture *architecture = findArchitecture(choice.toStdString());
        return [architecture, data = study.data(), amount](const Progress &progress,
                                                           const Show &show) -> Result<AnalysisResult> {
            Dataset samples = *data;
            if (architecture->reproducesInput)
                samples.labelKind = LabelKind::anomaly; // learns its input, whatever the labels are
            const Result<Untrained> untrained = architecture->build({data->train.shape, data->classes, 0, 1});
            if (!untrained)
                return untrained.error();
            TrainOptions options;
            options.epochs = amount;
            options.validation = 0.1;
            options.layers = untrained->layers;
            ThreadPool pool;
            std::vector<EpochResult> epochs;
            const auto finished = [&](const EpochResult &epoch) {
                epochs.push_back(epoch);
                show(resultOf(*architecture, *data, epochs, amount));
            };
            const Result<ModelPtr> model = train(untrained->model, samples, options, pool, finished, progress);
            if (!model)
                return model.error();
            AnalysisResult result = resultOf(*architecture, *data, epochs, amount);
            result.model = *model;
            return result;
        };
    }

private:
    static AnalysisResult resultOf(const Architecture &architecture, const Dataset &data,
                                   const std::vector<EpochResult> &epochs, int planned)
    {
        AnalysisResult result;
        result.rows = AnalysisResult::Rows::points;
        result.table.caption =
            std::string(architecture.id) + ", data " + data.name + ", seed 0, " + std::to_string(planned) + " epochs";
        const bool classifies = !architecture.reproducesInput;
        result.table.heads = {{"Epoch", "", true}, {"Loss", "", true}, {"Kept back", "", true}};
        if (classifies) {
            result.table.heads.push_back({"Accuracy", "%", true});
            result.table.heads.push_back({"Kept back", "%", true});
        }
        std::vector<TrainedEpoch> trained;
        for (const EpochResult &epoch : epochs)
            trained.push_back({1, epoch});
        result.charts = trainingCharts(trained);
        FigureFormat four;
        four.decimals = 4;
        const FigureFormat percent = figureFormat(Column::accuracy, 1);
        for (const EpochResult &epoch : epochs) {
            std::vector<std::string> cells = {std::to_string(epoch.epoch), four.text(epoch.trainLoss), ""};
            if (epoch.validationLoss)
                cells.back() = four.text(*epoch.validationLoss);
            if (classifies) {
                cells.push_back(percent.text(epoch.trainAccuracy.value_or(0)));
                cells.emplace_back();
            }
            if (classifies && epoch.validationAccuracy)
                cells.back() = percent.text(*epoch.validationAccuracy);
            result.table.rows.push_back(std::move(cells));
        }
        return result;
    }
};

const TrainingAnalysis object;

} // namespace

extern const Analysis &trainingAnalysis;
const Analysis &trainingAnalysis = object;

} // namespace espalier::ui
