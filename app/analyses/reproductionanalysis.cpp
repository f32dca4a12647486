// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/analysis.h"
#include "app/studycontroller.h"
#include "core/exporters/reporttables.h"
#include "core/study/boardchoice.h"
#include "core/study/papertable.h"
#include "device/boards/board.h"
#include "widgets/coretexts.h"

#include <QCoreApplication>

#include <set>

namespace espalier::ui {

namespace {

class ReproductionAnalysis : public Analysis
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::Analysis)
public:
    QString id() const override { return QStringLiteral("reproduction"); }
    QString title() const override { return tr("&Reproduce a Paper's Table"); }
    Texts texts() const override
    {
        return {tr("Reproduce a paper's table"),
                tr("Trains the table's networks on the open data, makes every row's variant, and sets our figures "
                   "beside the published ones. All samples take minutes to hours; a few thousand show how it works."),
                tr("Table"), tr("Samples, at most"), tr("Reproduce")};
    }
    Amount amount() const override { return {100, 10000000, 2000, {}}; }

    std::vector<Choice> choices(const StudyController &) const override
    {
        std::vector<Choice> all;
        for (const PaperTable *table : paperTables())
            all.push_back({QString::fromUtf8(table->id.data(), qsizetype(table->id.size())), coreText(table->title)});
        return all;
    }

    QString obstacle(const StudyController &study) const override
    {
        return study.data() ? QString() : tr("Open data to train on first.");
    }

    Work work(const StudyController &study, const QString &choice, int amount) const override
    {
        ReproductionRequest request;
        request.table = findPaperTable(choice.toStdString());
        request.data = study.data();
        request.quick = std::size_t(amount);
        const std::set<std::string> byRunner = study.runnerBoards();
        if (const std::string board = BoardChoice::of(request.table->board).board; byRunner.contains(board))
            request.board = board; // without a compiler there is no estimate of time
        return [request, byRunner](const Progress &progress, const Show &) -> Result<AnalysisResult> {
            const auto bench = [&](const ModelPtr &model, const std::string &board, BenchOptions options,
                                   const Progress &part) {
                options.useRunner = byRunner.contains(board);
                return device::benchmark(model, board, options, part);
            };
            const Result<Reproduction> reproduction = reproduce(request, bench, progress);
            if (!reproduction)
                return reproduction.error();
            AnalysisResult result;
            result.table = reproductionTable(*reproduction);
            return result;
        };
    }
};

const ReproductionAnalysis object;

} // namespace

extern const Analysis &reproductionAnalysis;
const Analysis &reproductionAnalysis = object;

} // namespace espalier::ui
