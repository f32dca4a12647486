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
#include <iterator>
#include <set>
#include <utility>

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

bool isSamePlace(const Row &a, const Row &b)
{
    return a.text(Column::recipe) == b.text(Column::recipe) && a.text(Column::board) == b.text(Column::board);
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
    request.known = knownRows(request, expected);
    std::vector<Variant> before = std::exchange(m_variantModels, {});
    for (const int place : m_variants->expectRows(expected))
        m_variantModels.push_back(place >= 0 && std::size_t(place) < before.size() ? before[std::size_t(place)]
                                                                                   : Variant());
    m_arriving.clear();
    m_expectedRows = int(expected.size());
    m_finishedRows = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Row row = m_variants->rows()[i];
        if (std::ranges::find_if(request.known, [&](const Row &known) { return isSamePlace(known, row); }) !=
            request.known.end()) {
            m_variants->finishRow(i, row);
            ++m_finishedRows;
        }
    }
    setModified(true);

    const std::set<std::string> byRunner = runnerBoards();
    const auto post = m_comparer->poster();
    const auto work = [this, request, post, byRunner](const Progress &progress) {
        ComparisonEvents events;
        events.rowStarted = [this, post](std::size_t index, const Row &row) {
            post([this, index, row] { m_variants->startRow(index, row); });
        };
        events.rowChanged = [this, post](std::size_t index, const Row &row, const std::string &phase) {
            post([this, index, row, phase] {
                m_variants->changeRow(index, row, QString::fromStdString(phase));
                saveFinishedRows(); // what this computer measured does not wait for a board
            });
        };
        events.rowFinished = [this, post](std::size_t index, const Row &row, const ModelPtr &variant) {
            const auto bytes = std::int64_t(row.number(Column::sizeBytes).value_or(0));
            const ModelSummaryPtr summary = variant ? summarize(*variant, bytes) : nullptr;
            post([this, index, row, variant, summary] { finishRow(index, row, variant, summary); });
        };
        // What is told of a variant's first row holds for its rows on other boards, too.
        const std::size_t rows = std::max<std::size_t>(1, request.boards.size());
        events.noted = [this, post, rows](std::size_t index, const std::string &note) {
            post([this, index, rows, note] {
                for (std::size_t row = index; row < index + rows; ++row)
                    arrivingAt(row).notes += QString::fromStdString(note);
            });
        };
        events.epochFinished = [this, post, rows](std::size_t index, const TrainedEpoch &epoch) {
            post([this, index, rows, epoch] {
                for (std::size_t row = index; row < index + rows; ++row) {
                    arrivingAt(row).training.push_back(epoch);
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
    const auto done = [this](const Result<std::vector<Row>> &rows) { finishComparison(rows); };
    m_comparer->start<std::vector<Row>>(tr("Comparing"), work, done);
    emit comparisonStarted(int(expected.size()));
}

// Where every row is known, a person who runs the comparison wants it measured again.
std::vector<Row> StudyController::knownRows(const ComparisonRequest &request, const std::vector<Row> &expected) const
{
    std::vector<Row> known;
    if (!m_staleSha256.empty())
        return known;
    const std::string data = request.data ? request.data->name : std::string();
    for (const std::vector<Row> &rows = m_variants->rows(); const Row &wanted : expected) {
        const auto row = std::ranges::find_if(rows, [&](const Row &each) { return isSamePlace(each, wanted); });
        if (row != rows.end() && row->status() == Status::ok && row->text(Column::model) == request.modelName &&
            row->text(Column::data) == data && row->text(Column::toolVersion) == ESPALIER_VERSION)
            known.push_back(*row);
    }
    // A variant is measured on all its boards or on none.
    const auto isWhole = [&](const Row &row) {
        const auto isOfIt = [&](const Row &each) { return each.text(Column::recipe) == row.text(Column::recipe); };
        return std::ranges::count_if(known, isOfIt) == std::ranges::count_if(expected, isOfIt);
    };
    std::vector<Row> whole;
    std::ranges::copy_if(known, std::back_inserter(whole), isWhole);
    return whole.size() == expected.size() ? std::vector<Row>() : whole;
}

void StudyController::finishRow(std::size_t index, const Row &row, ModelPtr variant, ModelSummaryPtr summary)
{
    ++m_finishedRows;
    Variant &arrived = arrivingAt(index);
    arrived.model = std::move(variant);
    arrived.summary = std::move(summary);
    if (index >= m_variantModels.size())
        m_variantModels.resize(index + 1);
    if (m_variants->finishRow(index, row))
        m_variantModels[index] = std::move(arrived);
    else if (row.status() == Status::failed)
        //: %1 is a variant that could not be measured again, %2 a sentence that says why
        emit errorOccurred(
            tr("“%1” keeps its figures from before. %2")
                .arg(QString::fromStdString(row.text(Column::variant)), QString::fromStdString(row.text(Column::why))));
    arrived = {};
    saveFinishedRows();
    emit summaryAvailable(int(index));
}

void StudyController::finishComparison(const Result<std::vector<Row>> &rows)
{
    m_arriving.clear();
    m_variants->cancelUnfinished();
    const auto isCancelled = [](const Row &row) { return row.status() == Status::cancelled; };
    if (rows && std::ranges::none_of(*rows, isCancelled)) {
        // Now that all that was asked for is there, what was not asked for goes.
        m_variants->keepFirst(rows->size());
        m_variantModels.resize(rows->size());
        std::erase_if(m_benches, [this](const auto &bench) {
            return std::ranges::find(m_variantModels, bench.first.first, &Variant::model) == m_variantModels.end();
        });
        m_staleSha256.clear();
        saveFinishedRows();
    }
    if (!rows)
        report(rows.error());
    emit comparisonFinished();
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
    const int rows = m_expectedRows;
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
