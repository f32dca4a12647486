// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studycontroller.h"

#include "app/commands.h"
#include "app/samplestudy.h"
#include "app/studyfile.h"
#include "app/udevrules.h"
#include "core/exporters/exporter.h"
#include "core/formats/modelformat.h"
#include "core/study/boardchoice.h"
#include "device/boards/board.h"
#include "device/discovery/boardwatch.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/models/variantmodel.h"

#include <QUndoStack>

#include <algorithm>
#include <utility>

namespace espalier::ui {

namespace {

QString nameOf(const std::filesystem::path &path)
{
    return QString::fromStdString(path.filename().string());
}

} // namespace

StudyController::StudyController(QObject *parent)
    : QObject(parent), m_variants(new VariantModel(this)), m_recipes(new RecipeListModel(this)),
      m_history(new QUndoStack(this)), m_modelLoader(addJobs()), m_dataLoader(addJobs()), m_comparer(addJobs()),
      m_bencher(addJobs()), m_boardFinder(new JobRunner(this)), m_permitter(addJobs()), m_writer(addJobs()),
      m_saver(new JobRunner(this)), m_bench(device::benchmark)
{
    connect(m_recipes, &RecipeListModel::tickRequested, this, &StudyController::tickRecipe);
    const auto recipesChanged = [this] {
        m_variants->setVariantIndices(m_recipes->variantIndices());
        setModified(true);
    };
    connect(m_recipes, &RecipeListModel::modelReset, this, recipesChanged);
    connect(m_recipes, &RecipeListModel::dataChanged, this, recipesChanged);
    connect(m_recipes, &RecipeListModel::rowsInserted, this, recipesChanged);
    connect(m_recipes, &RecipeListModel::rowsRemoved, this, recipesChanged);
    connect(m_comparer, &JobRunner::progressed, this, &StudyController::showProgress);
}

StudyController::~StudyController()
{
    m_boardWatch.reset(); // it calls this object
    delete m_saver;       // joins what is being written; what was asked for since then follows here
    m_saver = nullptr;
    if (m_forgetRecovery)
        forgetRecovery();
    for (const auto &[path, study] : m_saveWanted)
        if (const Result<void> written = writeStudy(*study, path); !written)
            qWarning("%s", written.error().message.c_str());
}

JobRunner *StudyController::addJobs()
{
    m_jobs.push_back(new JobRunner(this));
    return m_jobs.back();
}

void StudyController::report(const Error &error)
{
    if (error.code != ErrorCode::cancelled)
        emit errorOccurred(QString::fromStdString(error.message));
}

void StudyController::reportOpening(Kind kind, const Error &error)
{
    report(error);
    m_openingErrors[kind] += QString::fromStdString(error.message);
}

void StudyController::settle(Kind kind)
{
    for (const QString &sentence : std::exchange(m_openingErrors[kind], {}))
        emit errorSettled(sentence);
}

void StudyController::setModified(bool modified)
{
    if (modified == m_modified)
        return;
    m_modified = modified;
    emit studyChanged();
}

void StudyController::clearRows()
{
    m_comparer->abandon();
    m_bencher->abandon();
    m_variantModels.clear();
    m_arriving.clear();
    m_benches.clear();
    m_staleSha256.clear();
    m_variants->setRows({});
}

StudyController::Found StudyController::found() const
{
    Found found;
    for (std::size_t i = 0; i < m_variants->rows().size(); ++i)
        if (const std::optional<Row> row = m_variants->kept(i)) {
            found.rows.push_back(*row);
            found.variants.push_back(i < m_variantModels.size() ? m_variantModels[i] : Variant());
        }
    found.benches = m_benches;
    found.staleSha256 = m_staleSha256;
    return found;
}

void StudyController::setFound(Found found)
{
    clearRows();
    m_variantModels = std::move(found.variants);
    m_benches = std::move(found.benches);
    m_staleSha256 = std::move(found.staleSha256);
    m_variants->setRows(std::move(found.rows));
}

std::optional<ImpliedScaling> StudyController::impliedScaling() const
{
    if (!m_model || !m_data || m_model->main().inputs.empty())
        return std::nullopt;
    return espalier::impliedScaling(m_model->main()[m_model->main().inputs.front()], m_data->test);
}

QString StudyController::misfit() const
{
    if (!m_model || !m_data)
        return {};
    const Result<void> fits = checkFit(m_model->main(), m_data->test);
    return fits ? QString() : QString::fromStdString(fits.error().message);
}

ModelSummaryPtr StudyController::summaryOf(int row) const
{
    if (row >= 0 && std::size_t(row) < m_variants->rows().size() && m_variants->isOriginal(std::size_t(row)))
        return m_modelSummary; // at hand also in a study that was opened
    return row >= 0 && std::size_t(row) < m_variantModels.size() ? m_variantModels[std::size_t(row)].summary : nullptr;
}

ModelPtr StudyController::variantOf(int row) const
{
    return row >= 0 && std::size_t(row) < m_variantModels.size() ? m_variantModels[std::size_t(row)].model : nullptr;
}

QStringList StudyController::notesOf(int row) const
{
    return row >= 0 && std::size_t(row) < m_variantModels.size() ? m_variantModels[std::size_t(row)].notes
                                                                 : QStringList();
}

const std::vector<TrainedEpoch> &StudyController::trainingOf(int row) const
{
    static const std::vector<TrainedEpoch> none;
    if (row >= 0 && std::size_t(row) < m_arriving.size() && !m_arriving[std::size_t(row)].training.empty())
        return m_arriving[std::size_t(row)].training; // it trains now
    return row >= 0 && std::size_t(row) < m_variantModels.size() ? m_variantModels[std::size_t(row)].training : none;
}

BoardMemory StudyController::memoryOf(int row) const
{
    const ModelPtr model = variantOf(row);
    if (!model || std::size_t(row) >= m_variants->rows().size())
        return {};
    const std::string &id = m_variants->rows()[std::size_t(row)].text(Column::board);
    const auto found = m_benches.find({model, id});
    if (found == m_benches.end())
        return {};
    const auto board = std::ranges::find(m_boards, BoardChoice::of(id).board, &BoardInfo::id);
    return {found->second, board == m_boards.end() ? 0 : board->ramBytes};
}

StudyController::Variant &StudyController::arrivingAt(std::size_t row)
{
    if (row >= m_arriving.size())
        m_arriving.resize(row + 1);
    return m_arriving[row];
}

QString StudyController::obstacle() const
{
    if (!m_model)
        return tr("Open a model first.");
    if (m_modelSummary && m_modelSummary->unsupported > 0)
        return tr("%n operator(s) of the model cannot run here.", nullptr, m_modelSummary->unsupported);
    if (const QString sentence = misfit(); !sentence.isEmpty())
        return sentence;
    return {};
}

void StudyController::open(const std::vector<std::filesystem::path> &paths)
{
    for (const std::filesystem::path &path : paths) {
        const std::string suffix = path.extension().string();
        const bool isModel = std::ranges::any_of(modelFormats(), [&](const ModelFormat *format) {
            return std::ranges::any_of(format->suffixes,
                                       [&](std::string_view s) { return suffix == "." + std::string(s); });
        });
        if (suffix == ".espalier")
            openStudy(path);
        else if (isModel)
            openModel(path);
        else
            openData(path);
    }
}

void StudyController::openModel(const std::filesystem::path &path)
{
    m_modelLoader->start<LoadedModel>(
        tr("Opening %1").arg(nameOf(path)), [path](const Progress &) { return loadModel(path); },
        [this, path](Result<LoadedModel> loaded) {
            if (!loaded)
                return reportOpening(Kind::model, loaded.error());
            takeModel(path, *std::move(loaded));
            emit fileOpened(QString::fromStdString(path.string()));
        });
}

void StudyController::takeModel(const std::filesystem::path &path, LoadedModel loaded)
{
    settle(Kind::model);
    m_model = std::move(loaded.model);
    m_modelFile = std::move(loaded.file);
    m_modelSha256 = std::move(loaded.sha256);
    m_modelPath = path;
    m_modelSummary = std::move(loaded.summary);
    m_scaling.reset();
    beginAnotherStudy();
    setModified(true);
    emit modelChanged();
    emit scalingChanged();
}

// Figures of another model or other data do not take the place of those that a file has.
void StudyController::beginAnotherStudy()
{
    if (!m_variants->rows().empty() && !m_studyPath.empty()) {
        m_studyPath.clear();
        emit studyChanged();
    }
    clearRows();
}

void StudyController::openData(const std::filesystem::path &path)
{
    m_dataLoader->start<DatasetPtr>(
        tr("Opening %1").arg(nameOf(path)), [path](const Progress &progress) { return openDataset(path, progress); },
        [this, path](Result<DatasetPtr> data) {
            if (!data)
                return reportOpening(Kind::data, data.error());
            takeData(*data);
            emit fileOpened(QString::fromStdString(path.string()));
        });
}

void StudyController::takeData(DatasetPtr data)
{
    settle(Kind::data);
    m_data = std::move(data);
    m_scaling.reset();
    beginAnotherStudy();
    setModified(true);
    emit dataChanged();
    emit scalingChanged();
}

void StudyController::newStudy()
{
    cancel();
    m_model.reset();
    m_modelSummary.reset();
    m_modelPath.clear();
    m_modelFile.reset();
    m_modelSha256.clear();
    m_columns.clear();
    m_variants->setBudget({});
    setChosenBoards({});
    m_data.reset();
    m_scaling.reset();
    m_studyPath.clear();
    clearRows();
    m_recipes->setEntries({});
    m_history->clear();
    m_modified = false;
    emit modelChanged();
    emit dataChanged();
    emit scalingChanged();
    emit studyChanged();
}

void StudyController::setScaling(const std::optional<InputScaling> &scaling)
{
    // Figures found with another scaling do not stand beside new ones.
    const auto other = std::make_shared<std::pair<std::optional<InputScaling>, Found>>(scaling, Found());
    const auto exchange = [this, other, model = m_model, data = m_data] {
        if (model != m_model || data != m_data)
            return false;
        Found now = found();
        setFound(std::exchange(other->second, std::move(now)));
        std::swap(m_scaling, other->first);
        setModified(true);
        if (!m_variants->rows().empty())
            saveFinishedRows();
        emit scalingChanged();
        return true;
    };
    m_history->push(new ExchangeState(exchange, tr("change the scaling")));
}

void StudyController::findBoards()
{
    m_boardFinder->start<std::vector<BoardInfo>>(
        tr("Looking for boards"),
        [](const Progress &) -> Result<std::vector<BoardInfo>> { return device::boardInfos(); },
        [this](Result<std::vector<BoardInfo>> found) {
            m_boards = *std::move(found);
            emit boardsFound();
        });
}

void StudyController::watchBoards()
{
    m_boardWatch = std::make_unique<device::BoardWatch>([this](const std::vector<device::UsbBoard> &found) {
        const auto show = [this, plugged = device::pluggedBoards(found)] {
            m_plugged = plugged;
            emit boardsPlugged();
            findBoards();
        };
        QMetaObject::invokeMethod(this, show, Qt::QueuedConnection);
    });
}

void StudyController::permitBoards()
{
    m_permitter->start<std::string>(
        tr("Permitting boards"), [](const Progress &progress) { return installUdevRules(progress); },
        [this](Result<std::string> done) {
            if (!done)
                report(done.error());
        });
}

void StudyController::setChosenBoards(std::vector<std::string> ids)
{
    if (ids == m_chosenBoards)
        return;
    m_chosenBoards = std::move(ids);
    setModified(true);
    emit boardsChosen();
}

void StudyController::editRecipes(std::vector<RecipeEntry> entries, const QString &text)
{
    m_history->push(new EditRecipes(m_recipes, std::move(entries), text));
}

void StudyController::addRecipe(const Recipe &recipe)
{
    std::vector<RecipeEntry> entries = m_recipes->entries();
    if (std::ranges::find(entries, recipe, &RecipeEntry::recipe) != entries.end()) {
        emit errorOccurred(tr("The recipe “%1” is in the list already.").arg(QString::fromStdString(recipe.text())));
        return;
    }
    entries.push_back({recipe, true, RecipeListModel::freeVariantIndex(entries)});
    editRecipes(std::move(entries), tr("add “%1”").arg(QString::fromStdString(recipe.label())));
}

void StudyController::addRecipes(const std::vector<Recipe> &recipes, const QString &text)
{
    std::vector<RecipeEntry> entries = m_recipes->entries();
    for (const Recipe &recipe : recipes)
        if (std::ranges::find(entries, recipe, &RecipeEntry::recipe) == entries.end())
            entries.push_back({recipe, true, RecipeListModel::freeVariantIndex(entries)});
    if (entries != m_recipes->entries())
        editRecipes(std::move(entries), text);
}

void StudyController::addUsualRecipes()
{
    addRecipes(sampleStudy().recipes, tr("add the usual recipes"));
}

void StudyController::replaceRecipe(int row, const Recipe &recipe)
{
    std::vector<RecipeEntry> entries = m_recipes->entries();
    if (entries[std::size_t(row)].recipe == recipe)
        return;
    entries[std::size_t(row)].recipe = recipe;
    editRecipes(std::move(entries), tr("edit “%1”").arg(QString::fromStdString(recipe.label())));
}

void StudyController::duplicateRecipe(int row)
{
    std::vector<RecipeEntry> entries = m_recipes->entries();
    RecipeEntry copy = entries[std::size_t(row)];
    copy.variantIndex = RecipeListModel::freeVariantIndex(entries);
    const QString text = tr("duplicate “%1”").arg(QString::fromStdString(copy.recipe.label()));
    entries.insert(entries.begin() + row + 1, std::move(copy));
    editRecipes(std::move(entries), text);
}

void StudyController::removeRecipe(int row)
{
    std::vector<RecipeEntry> entries = m_recipes->entries();
    const QString text = tr("remove “%1”").arg(QString::fromStdString(entries[std::size_t(row)].recipe.label()));
    entries.erase(entries.begin() + row);
    editRecipes(std::move(entries), text);
}

void StudyController::moveRecipe(int from, int to)
{
    std::vector<RecipeEntry> entries = m_recipes->entries();
    if (to < 0 || std::size_t(to) >= entries.size())
        return;
    const QString text = tr("move “%1”").arg(QString::fromStdString(entries[std::size_t(from)].recipe.label()));
    std::swap(entries[std::size_t(from)], entries[std::size_t(to)]);
    editRecipes(std::move(entries), text);
}

void StudyController::tickRecipe(int row, bool ticked)
{
    std::vector<RecipeEntry> entries = m_recipes->entries();
    entries[std::size_t(row)].ticked = ticked;
    const QString label = QString::fromStdString(entries[std::size_t(row)].recipe.label());
    editRecipes(std::move(entries), (ticked ? tr("tick “%1”") : tr("untick “%1”")).arg(label));
}

void StudyController::tickAllRecipes(bool ticked)
{
    std::vector<RecipeEntry> entries = m_recipes->entries();
    for (RecipeEntry &entry : entries)
        entry.ticked = ticked;
    if (entries != m_recipes->entries())
        editRecipes(std::move(entries), ticked ? tr("tick all recipes") : tr("untick all recipes"));
}

void StudyController::cancel()
{
    for (JobRunner *job : m_jobs)
        job->cancel();
}

} // namespace espalier::ui
