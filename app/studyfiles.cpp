// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studycontroller.h"

#include "app/samplestudy.h"
#include "app/studyfile.h"
#include "app/summarize.h"
#include "core/formats/modelformat.h"
#include "device/boards/preflight.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/models/variantmodel.h"

#include <QDir>
#include <QStandardPaths>
#include <QUndoStack>

#include <algorithm>

namespace espalier::ui {

namespace {

/// A study with the files that it names, as far as they can be read.
struct OpenedStudy
{
    Study study;
    std::optional<Result<LoadedModel>> model;
    std::optional<Result<DatasetPtr>> data;
};

OpenedStudy withFiles(Study study, const Progress &progress)
{
    OpenedStudy opened{std::move(study), std::nullopt, std::nullopt};
    if (!opened.study.model.empty())
        opened.model = loadModel(opened.study.model);
    if (!opened.study.data.empty())
        opened.data = openDataset(opened.study.data, progress);
    return opened;
}

std::shared_ptr<OpenedStudy> shared(OpenedStudy opened)
{
    return std::make_shared<OpenedStudy>(std::move(opened));
}

} // namespace

Result<LoadedModel> loadModel(const std::filesystem::path &path)
{
    Result<Bytes> file = readFile(path);
    if (!file)
        return file.error();
    Result<ModelPtr> model = readModel(path);
    if (!model)
        return model.error();
    LoadedModel loaded;
    loaded.sha256 = sha256(*file);
    auto summary = std::make_shared<ModelSummary>(*summarize(**model, std::int64_t(file->size())));
    summary->fits = device::preflight(**model);
    loaded.summary = std::move(summary);
    loaded.model = *std::move(model);
    loaded.file = std::make_shared<const Bytes>(*std::move(file));
    return loaded;
}

Study StudyController::snapshot() const
{
    Study study;
    study.model = m_modelPath;
    study.modelSha256 = m_staleSha256.empty() ? m_modelSha256 : m_staleSha256;
    if (m_data)
        study.data = m_data->path;
    study.scaling = m_scaling;
    for (const RecipeEntry &entry : m_recipes->entries())
        study.recipes.push_back({entry.recipe, entry.ticked});
    study.boards = m_chosenBoards;
    study.budget = m_variants->budget();
    study.columns = m_columns;
    for (std::size_t i = 0; i < m_variants->rows().size(); ++i)
        if (const std::optional<Row> row = m_variants->kept(i)) {
            study.rows.push_back(*row);
            if (i < m_variantModels.size() && !m_variantModels[i].training.empty())
                study.take({row->text(Column::recipe), m_variantModels[i].training});
        }
    return study;
}

void StudyController::openStudy(const std::filesystem::path &path)
{
    m_modelLoader->start<std::shared_ptr<OpenedStudy>>(
        tr("Opening %1").arg(QString::fromStdString(path.filename().string())),
        [path](const Progress &progress) -> Result<std::shared_ptr<OpenedStudy>> {
            Result<Study> study = readStudy(path);
            if (!study)
                return study.error();
            return shared(withFiles(*std::move(study), progress));
        },
        [this, path](Result<std::shared_ptr<OpenedStudy>> opened) {
            if (!opened)
                return reportOpening(Kind::study, opened.error());
            settle(Kind::study);
            OpenedStudy &found = **opened;
            takeStudy(found.study, std::move(found.model), std::move(found.data));
            if (path == recoveryPath()) {
                m_modified = true; // it has no name yet
            } else {
                m_studyPath = path;
                emit fileOpened(QString::fromStdString(path.string()));
            }
            emit studyChanged();
        });
}

void StudyController::openSample()
{
    const SampleStudy sample = sampleStudy();
    Study study;
    study.model = sample.model;
    study.data = sample.data;
    for (const Recipe &recipe : sample.recipes)
        study.recipes.push_back({recipe, true});
    m_modelLoader->start<std::shared_ptr<OpenedStudy>>(
        tr("Opening the sample study"),
        [study](const Progress &progress) -> Result<std::shared_ptr<OpenedStudy>> {
            return shared(withFiles(study, progress));
        },
        [this, missing = sample.missing](Result<std::shared_ptr<OpenedStudy>> opened) {
            OpenedStudy &found = **opened;
            takeStudy(found.study, std::move(found.model), std::move(found.data));
            if (!missing.empty())
                emit errorOccurred(QString::fromStdString(missing));
        });
}

void StudyController::takeStudy(const Study &study, std::optional<Result<LoadedModel>> model,
                                std::optional<Result<DatasetPtr>> data)
{
    m_dataLoader->cancel();
    newStudy();
    if (model && *model)
        takeModel(study.model, **std::move(model));
    else if (model)
        reportOpening(Kind::model, model->error());
    if (data && *data)
        takeData(**std::move(data));
    else if (data)
        reportOpening(Kind::data, data->error());
    if (study.scaling)
        setScaling(study.scaling);
    std::vector<RecipeEntry> entries;
    for (const Study::Entry &entry : study.recipes)
        entries.push_back({entry.recipe, entry.ticked, RecipeListModel::freeVariantIndex(entries)});
    m_recipes->setEntries(std::move(entries));
    setChosenBoards(study.boards);
    m_variants->setBudget(study.budget);
    m_variants->setRows(study.rows);
    m_variantModels.assign(study.rows.size(), {});
    for (std::size_t i = 0; i < study.rows.size(); ++i)
        m_variantModels[i].training = study.trainingOf(study.rows[i].text(Column::recipe));
    if (!study.modelSha256.empty() && !m_modelSha256.empty() && study.modelSha256 != m_modelSha256 &&
        !study.rows.empty()) {
        m_staleSha256 = study.modelSha256;
        emit errorOccurred(tr("The model “%1” has changed since the figures of this study were measured: run the "
                              "comparison again.")
                               .arg(QString::fromStdString(m_modelPath.filename().string())));
    }
    m_history->clear();
    m_columns = study.columns;
    m_modified = false;
    emit columnsRead(m_columns);
    emit studyChanged();
}

void StudyController::setColumns(std::vector<Column> columns)
{
    if (columns == m_columns)
        return;
    m_columns = std::move(columns);
    setModified(true);
}

void StudyController::setBudget(const Budget &budget)
{
    if (budget == m_variants->budget())
        return;
    m_variants->setBudget(budget);
    setModified(true);
}

void StudyController::saveStudy(const std::filesystem::path &path)
{
    m_studyPath = path;
    m_modified = false;
    emit studyChanged();
    wantSaved(path);
}

void StudyController::saveFinishedRows()
{
    // What was measured is on the disk as soon as it is known: in the study's file, or until it has one in a file that
    // the next start finds.
    m_forgetRecovery = false;
    wantSaved(m_studyPath.empty() ? recoveryPath() : m_studyPath);
}

void StudyController::wantSaved(const std::filesystem::path &path)
{
    auto study = std::make_shared<const Study>(snapshot());
    const auto same = std::ranges::find(m_saveWanted, path, [](const auto &wanted) { return wanted.first; });
    if (same == m_saveWanted.end())
        m_saveWanted.emplace_back(path, std::move(study));
    else
        same->second = std::move(study);
    saveNext();
}

void StudyController::saveNext()
{
    if (m_saver->isRunning() || m_saveWanted.empty())
        return; // what runs now calls again when it is done, and then saves the newest state once
    const auto [path, study] = m_saveWanted.front();
    m_saveWanted.erase(m_saveWanted.begin());
    m_saver->start<bool>(
        tr("Saving %1").arg(QString::fromStdString(path.filename().string())),
        [study = study, path = path](const Progress &) -> Result<bool> {
            std::error_code ignored;
            std::filesystem::create_directories(path.parent_path(), ignored);
            if (const Result<void> written = writeStudy(*study, path); !written)
                return written.error();
            return true;
        },
        [this, path = path](Result<bool> written) {
            if (!written) {
                report(written.error());
                setModified(true);
            } else if (path == m_studyPath) {
                emit fileOpened(QString::fromStdString(path.string()));
                m_forgetRecovery = true; // what waited there has a name now
                if (m_saveWanted.empty())
                    emit studySaved();
            }
            if (m_forgetRecovery)
                forgetRecovery();
            saveNext();
        });
}

std::filesystem::path StudyController::recoveryPath()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    return QDir(folder).filePath(QStringLiteral("unsaved.espalier")).toStdString();
}

void StudyController::forgetRecovery()
{
    std::erase_if(m_saveWanted, [](const auto &wanted) { return wanted.first == recoveryPath(); });
    m_forgetRecovery = m_saver && m_saver->isRunning();
    if (!m_forgetRecovery) {
        std::error_code ignored;
        std::filesystem::remove(recoveryPath(), ignored);
    }
}

} // namespace espalier::ui
