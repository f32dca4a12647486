// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studycontroller.h"

#include "app/summarize.h"
#include "core/base/file.h"
#include "core/exporters/exporter.h"
#include "core/formats/modelformat.h"
#include "core/study/boardchoice.h"
#include "core/study/comparison.h"
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/models/variantmodel.h"

#include <algorithm>
#include <set>

namespace espalier::ui {

namespace {

/// The rows that a comparison will fill, in its order: every variant, on every board.
std::vector<Row> expectedRows(const ComparisonRequest &request)
{
    std::vector<Recipe> chains{Recipe()};
    chains.insert(chains.end(), request.recipes.begin(), request.recipes.end());
    const std::vector<std::string> boards = request.boards.empty() ? std::vector<std::string>{""} : request.boards;
    const std::vector<std::string> labels = distinctLabels(chains);
    std::vector<Row> rows;
    for (std::size_t i = 0; i < chains.size(); ++i)
        for (const std::string &board : boards) {
            Row row;
            row.set(Column::variant, labels[i]);
            row.set(Column::recipe, chains[i].text());
            if (!board.empty())
                row.set(Column::board, board);
            rows.push_back(std::move(row));
        }
    return rows;
}

// The picture of how a person enters this board's bootloader; empty where there is none.
QString pictureOf(const std::string &boardId)
{
    const auto board = device::findBoard(boardId);
    const std::string name = board && (*board)->physical ? (*board)->physical->flash.picture : std::string();
    return name.empty() ? QString() : QStringLiteral(":/espalier/%1.svg").arg(QString::fromStdString(name));
}

} // namespace

void StudyController::run()
{
    if (const QString why = obstacle(); !why.isEmpty()) {
        emit errorOccurred(why);
        return;
    }
    ComparisonRequest request;
    request.model = m_model;
    request.modelName = m_modelPath.filename().string();
    request.modelFile = m_modelFile;
    request.data = m_data;
    if (m_data)
        request.scaling = m_scaling.value_or(impliedScaling()->scaling);
    for (const RecipeEntry &entry : m_recipes->entries())
        if (entry.ticked && std::ranges::find(request.recipes, entry.recipe) == request.recipes.end())
            request.recipes.push_back(entry.recipe);
    request.boards = m_chosenBoards;
    request.hardwareOf = device::hardwareOf;

    const std::vector<Row> expected = expectedRows(request);
    m_variantModels.assign(expected.size(), {});
    m_benches.clear();
    m_finishedRows = 0;
    m_variants->expectRows(expected);
    setModified(true);

    const std::set<std::string> byRunner = runnerBoards();
    const auto post = m_comparer->poster();
    const auto work = [this, request, post, byRunner](const Progress &progress) {
        ComparisonEvents events;
        events.rowStarted = [this, post](std::size_t index, const Row &row) {
            post([this, index, row] { m_variants->startRow(index, row); });
        };
        events.rowChanged = [this, post](std::size_t index, const Row &row, const std::string &phase) {
            post([this, index, row, phase] { m_variants->changeRow(index, row, QString::fromStdString(phase)); });
        };
        events.rowFinished = [this, post](std::size_t index, const Row &row, const ModelPtr &variant) {
            const auto bytes = std::int64_t(row.number(Column::sizeBytes).value_or(0));
            const ModelSummaryPtr summary = variant ? summarize(*variant, bytes) : nullptr;
            post([this, index, row, variant, summary] {
                variantAt(index).model = variant;
                variantAt(index).summary = summary;
                m_variants->finishRow(index, row);
                ++m_finishedRows;
                saveFinishedRows();
                emit summaryAvailable(int(index));
            });
        };
        // What is told of a variant's first row holds for its rows on other boards, too.
        const std::size_t rows = std::max<std::size_t>(1, request.boards.size());
        events.noted = [this, post, rows](std::size_t index, const std::string &note) {
            post([this, index, rows, note] {
                for (std::size_t row = index; row < index + rows; ++row)
                    variantAt(row).notes += QString::fromStdString(note);
            });
        };
        events.epochFinished = [this, post, rows](std::size_t index, const TrainedEpoch &epoch) {
            post([this, index, rows, epoch] {
                for (std::size_t row = index; row < index + rows; ++row) {
                    variantAt(row).training.push_back(epoch);
                    emit trainingAdvanced(int(row));
                }
            });
        };
        const auto bench = [this, post, byRunner](const ModelPtr &model, const std::string &board, BenchOptions options,
                                                  const Progress &part) {
            options.useRunner = byRunner.contains(BoardChoice::of(board).board);
            return benchmark(model, board, options, part, post);
        };
        return runComparison(request, bench, events, progress);
    };
    const auto done = [this](Result<std::vector<Row>> rows) {
        m_variants->cancelUnfinished();
        if (!rows)
            report(rows.error());
        emit comparisonFinished();
    };
    m_comparer->start<std::vector<Row>>(tr("Comparing"), work, done);
    emit comparisonStarted(int(expected.size()));
}

std::set<std::string> StudyController::runnerBoards() const
{
    std::set<std::string> ids;
    for (const BoardInfo &board : m_boards)
        if (!board.missing.empty() && board.missingForRunner.empty())
            ids.insert(board.id);
    return ids;
}

// The row keeps the figures; what lies where in the memory is for the inspector.
Result<BenchRecord> StudyController::benchmark(const ModelPtr &model, const std::string &board,
                                               const BenchOptions &options, const Progress &progress,
                                               const std::function<void(std::function<void()>)> &post)
{
    Result<BenchRecord> record = m_bench(model, board, options, progress);
    if (!record && record.error().wantsHands) {
        const QString picture = pictureOf(board); // here, since boards are asked
        if (!picture.isEmpty())
            post([this, sentence = QString::fromStdString(record.error().message), picture] {
                emit handsWanted(sentence, picture);
            });
    }
    if (record)
        post([this, variant = std::pair(model, board), kept = std::make_shared<const BenchRecord>(*record)] {
            m_benches[variant] = kept;
        });
    return record;
}

void StudyController::benchmarkRow(int row)
{
    const ModelPtr model = variantOf(row);
    if (!model || m_comparer->isRunning() || m_bencher->isRunning())
        return;
    const auto index = std::size_t(row);
    const Row before = m_variants->rows()[index];
    std::string board = before.text(Column::board);
    if (board.empty() && !m_chosenBoards.empty())
        board = m_chosenBoards.front();
    if (board.empty()) {
        emit errorOccurred(tr("Choose a board first."));
        return;
    }
    m_variants->changeRow(index, before, QString::fromStdString(board));
    BenchOptions options;
    options.perLayer = true; // of one variant it is worth a second run
    options.useRunner = runnerBoards().contains(BoardChoice::of(board).board);
    m_bencher->start<BenchRecord>(
        tr("Benchmarking %1").arg(QString::fromStdString(before.text(Column::variant))),
        [this, model, board, options, post = m_bencher->poster()](const Progress &progress) {
            return benchmark(model, board, options, progress, post);
        },
        [this, index, before](Result<BenchRecord> record) {
            Row after = before;
            if (record) {
                after.clear(Column::why);
                after.set(Column::status, std::string(name(Status::ok)));
                fill(after, *record);
                setModified(true);
            } else {
                report(record.error());
            }
            m_variants->finishRow(index, after);
            emit summaryAvailable(int(index));
            if (record)
                saveFinishedRows();
        });
}

void StudyController::showProgress(const QString &phase, qint64 done, qint64 total)
{
    const auto rows = int(m_variants->rows().size());
    const double overall = total > 0 ? double(done) / double(total) : -1;
    // What is done of the whole beyond the finished rows is the share of the one that runs, where only one does.
    int running = -1, count = 0;
    for (int row = 0; row < rows; ++row)
        if (m_variants->state(std::size_t(row)) == VariantModel::State::running) {
            running = row;
            ++count;
        }
    if (count == 1 && overall >= 0)
        m_variants->setRowProgress(std::size_t(running), std::clamp(overall * rows - m_finishedRows, 0.0, 1.0));
    emit comparisonProgressed(m_finishedRows, rows, phase, overall);
}

void StudyController::exportRows(const Exporter &exporter, const std::filesystem::path &path)
{
    m_writer->start<bool>(
        tr("Writing %1").arg(QString::fromStdString(path.filename().string())),
        [write = exporter.write, rows = m_variants->rows(), path](const Progress &) -> Result<bool> {
            if (const Result<void> written = writeFile(path, write(rows)); !written)
                return written.error();
            return true;
        },
        [this](Result<bool> written) {
            if (!written)
                report(written.error());
        });
}

void StudyController::exportVariant(int row, const std::filesystem::path &path)
{
    const ModelPtr model = variantOf(row);
    if (!model)
        return;
    m_writer->start<bool>(
        tr("Writing %1").arg(QString::fromStdString(path.filename().string())),
        [model, path](const Progress &) -> Result<bool> {
            if (const Result<void> written = writeModel(*model, path); !written)
                return written.error();
            return true;
        },
        [this](Result<bool> written) {
            if (!written)
                report(written.error());
        });
}

} // namespace espalier::ui
