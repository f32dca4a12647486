// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobrunner.h"
#include "core/data/inputscaling.h"
#include "core/study/bench.h"
#include "core/study/budget.h"
#include "core/techniques/recipe.h"
#include "widgets/models/boardmemory.h"
#include "widgets/models/modelsummary.h"

#include <QObject>
#include <QStringList>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <vector>

class QUndoStack;

namespace espalier::device {
class BoardWatch;
}

namespace espalier {
struct ComparisonRequest;
struct Exporter;
struct Study;
} // namespace espalier

namespace espalier::ui {

class RecipeListModel;
struct RecipeEntry;
class VariantModel;

/// A model with what is known of its file. Reading takes long and belongs on a worker thread.
struct LoadedModel
{
    ModelPtr model;
    ModelSummaryPtr summary;
    SharedBytes file;
    std::string sha256;
};
Result<LoadedModel> loadModel(const std::filesystem::path &path);

/// Owns the study that the window shows: model, data, recipes, boards and rows. All of it lives on the GUI thread; what
/// takes long runs in jobs.
class StudyController : public QObject
{
    Q_OBJECT
public:
    explicit StudyController(QObject *parent = nullptr);
    ~StudyController() override;

    VariantModel *variants() const { return m_variants; }
    RecipeListModel *recipes() const { return m_recipes; }
    QUndoStack *history() const { return m_history; }
    /// Everything that may run: a window shows their progress.
    const std::vector<JobRunner *> &jobs() const { return m_jobs; }

    const ModelPtr &model() const { return m_model; }
    const std::filesystem::path &modelPath() const { return m_modelPath; }
    const ModelSummaryPtr &modelSummary() const { return m_modelSummary; }
    const DatasetPtr &data() const { return m_data; }
    std::optional<ImpliedScaling> impliedScaling() const;
    const std::optional<InputScaling> &chosenScaling() const { return m_scaling; }
    QString misfit() const; ///< how data and model do not fit together; empty where they do
    /// The operators of a row's variant; null where its model is not at hand.
    ModelSummaryPtr summaryOf(int row) const;
    ModelPtr variantOf(int row) const;
    /// What the techniques said about a row's variant.
    QStringList notesOf(int row) const;
    /// How the training within its recipe has gone so far.
    const std::vector<TrainedEpoch> &trainingOf(int row) const;
    /// What its benchmark told of its board's memory; a study's file does not keep that.
    BoardMemory memoryOf(int row) const;

    const std::vector<BoardInfo> &boards() const { return m_boards; }
    /// What is plugged in over USB now; told anew within a second of a change once watchBoards() was called.
    const std::vector<PluggedBoard> &pluggedBoards() const { return m_plugged; }
    const std::vector<std::string> &chosenBoards() const { return m_chosenBoards; }
    /// Boards that only the resident runner can measure on now: it needs no compiler.
    std::set<std::string> runnerBoards() const;

    const std::filesystem::path &studyPath() const { return m_studyPath; }
    bool isModified() const { return m_modified; }
    bool isComparing() const { return m_comparer->isRunning(); }
    /// Why a comparison cannot start now; empty where it can.
    QString obstacle() const;

    /// Opens whatever the paths are: studies, models, data.
    void open(const std::vector<std::filesystem::path> &paths);
    void openModel(const std::filesystem::path &path);
    void openData(const std::filesystem::path &path);
    void openStudy(const std::filesystem::path &path);
    void openSample();
    void saveStudy(const std::filesystem::path &path);
    void newStudy();
    /// The columns that the table shows, which belong to the study; empty: the usual ones.
    void setColumns(std::vector<Column> columns);
    void setBudget(const Budget &budget);
    /// Where figures wait that were never saved under a name.
    static std::filesystem::path recoveryPath();
    /// Throws that file away: the person said so, or saved the study under a name.
    void forgetRecovery();

    /// An edit that can be undone: figures found with another scaling go, and come back with it.
    void setScaling(const std::optional<InputScaling> &scaling);
    void findBoards();
    void watchBoards();
    /// Installs the udev rule, for which the person is asked for the administrator's password.
    void permitBoards();
    void setChosenBoards(std::vector<std::string> ids);

    void addRecipe(const Recipe &recipe);
    /// Those that are not there yet, as one change; `text` names it in the history.
    void addRecipes(const std::vector<Recipe> &recipes, const QString &text);
    void addUsualRecipes();
    void replaceRecipe(int row, const Recipe &recipe);
    void duplicateRecipe(int row);
    void removeRecipe(int row);
    void moveRecipe(int from, int to);
    void tickRecipe(int row, bool ticked);
    void tickAllRecipes(bool ticked);

    /// Measures what has no figures yet; where everything has, all of it anew. Figures from before stay until those
    /// that replace them are complete.
    void run();
    /// Measures one row's variant again, on its board or the first that is chosen. The row keeps its figures where that
    /// fails.
    void benchmarkRow(int row);
    /// How boards are measured; device::benchmark() where nothing else is said.
    void setBench(BenchFunction bench) { m_bench = std::move(bench); }
    void cancel();

    void exportRows(const Exporter &exporter, const std::filesystem::path &path);
    void exportVariant(int row, const std::filesystem::path &path);

signals:
    void modelChanged();
    void dataChanged();
    void scalingChanged();
    void boardsFound();
    void boardsPlugged();
    void boardsChosen();
    void studyChanged(); ///< path or modified state
    void studySaved();   ///< the file is on the disk
    void columnsRead(const std::vector<espalier::Column> &columns);
    void fileOpened(const QString &path);
    void comparisonStarted(int rows);
    void comparisonProgressed(int finishedRows, int rows, const QString &phase, double fraction);
    void comparisonFinished();
    /// A board waits for a person's hands; `picture`, an SVG file, shows what they are to do.
    void handsWanted(const QString &sentence, const QString &picture);
    void summaryAvailable(int row);
    void trainingAdvanced(int row);
    void errorOccurred(const QString &sentence);
    /// What such an error said is over, since the same kind of thing was opened after all.
    void errorSettled(const QString &sentence);

private:
    struct Variant
    {
        ModelPtr model;
        ModelSummaryPtr summary;
        QStringList notes;
        std::vector<TrainedEpoch> training;
    };

    using Benches = std::map<std::pair<ModelPtr, std::string>, std::shared_ptr<const BenchRecord>>;
    /// What comparisons found so far.
    struct Found
    {
        std::vector<Row> rows;
        std::vector<Variant> variants;
        Benches benches;
        std::string staleSha256;
    };

    JobRunner *addJobs();
    void report(const Error &error);
    enum class Kind { model, data, study };
    void reportOpening(Kind kind, const Error &error);
    void settle(Kind kind);
    void setModified(bool modified);
    void clearRows();
    Found found() const;
    void setFound(Found found);
    void editRecipes(std::vector<RecipeEntry> entries, const QString &text);
    void takeModel(const std::filesystem::path &path, LoadedModel loaded);
    void takeStudy(const Study &study, std::optional<Result<LoadedModel>> model,
                   std::optional<Result<DatasetPtr>> data);
    Study snapshot() const;
    void beginAnotherStudy();
    void wantSaved(const std::filesystem::path &path);
    void saveNext();
    Variant &arrivingAt(std::size_t row);
    std::vector<Row> knownRows(const ComparisonRequest &request, const std::vector<Row> &expected) const;
    void finishRow(std::size_t index, const Row &row, ModelPtr variant, ModelSummaryPtr summary);
    void finishComparison(const Result<std::vector<Row>> &rows);
    void takeData(DatasetPtr data);
    void saveFinishedRows();
    Result<BenchRecord> benchmark(const ModelPtr &model, const std::string &board, const BenchOptions &options,
                                  const Progress &progress, const std::function<void(std::function<void()>)> &post);
    void showProgress(const QString &phase, qint64 done, qint64 total);

    VariantModel *m_variants;
    RecipeListModel *m_recipes;
    QUndoStack *m_history;
    std::vector<JobRunner *> m_jobs;
    JobRunner *m_modelLoader, *m_dataLoader, *m_comparer, *m_bencher, *m_boardFinder, *m_permitter, *m_writer, *m_saver;

    ModelPtr m_model;
    std::filesystem::path m_modelPath;
    ModelSummaryPtr m_modelSummary;
    SharedBytes m_modelFile;
    std::string m_modelSha256;
    std::string m_staleSha256; ///< of the model's file when rows were measured, where it has changed since then
    DatasetPtr m_data;
    std::optional<InputScaling> m_scaling;
    std::vector<BoardInfo> m_boards;
    std::vector<PluggedBoard> m_plugged;
    std::unique_ptr<device::BoardWatch> m_boardWatch;
    std::vector<std::string> m_chosenBoards;
    std::vector<Variant> m_variantModels; ///< by row
    std::vector<Variant> m_arriving;      ///< likewise, what the comparison that runs has found of unfinished rows
    BenchFunction m_bench;
    Benches m_benches; ///< by variant and board
    std::vector<Column> m_columns;
    std::filesystem::path m_studyPath;
    /// Files to write, with the study as it was when that was asked for: it may be another one by then.
    std::vector<std::pair<std::filesystem::path, std::shared_ptr<const Study>>> m_saveWanted;
    bool m_modified = false;
    bool m_forgetRecovery = false; ///< as soon as nothing writes it any more
    std::map<Kind, QStringList> m_openingErrors;
    int m_expectedRows = 0, m_finishedRows = 0; ///< of the comparison
};

} // namespace espalier::ui
