// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/comparison.h"

#include "core/graph/sparsehint.h"
#include "core/metrics/sparsetimes.h"
#include "core/study/benchqueue.h"
#include "core/study/guarded.h"
#include "core/study/hostmeasure.h"
#include "core/study/overallprogress.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace espalier {

namespace {

/// Shares of a row's progress, by how long they usually take.
constexpr double madeAt = 0.3, evaluatedAt = 0.45, hostDoneAt = 0.5;

class Comparison
{
public:
    Comparison(const ComparisonRequest &request, const BenchFunction &bench, const ComparisonEvents &events,
               const Progress &progress);
    std::vector<Row> run();

private:
    struct Variant
    {
        Recipe recipe;
        std::string label;
        ModelPtr model;
        bool isKnown = false;
    };

    std::size_t rowsPerVariant() const { return std::max<std::size_t>(1, m_request.boards.size()); }
    std::size_t firstRow(std::size_t variant) const { return variant * rowsPerVariant(); }

    Row emptyRow(const Variant &variant, std::size_t board) const;
    bool takeKnown(std::size_t variant);
    void runHost(std::size_t variant);
    Result<void> make(std::size_t variant, Row &row);
    Result<ModelPtr> apply(std::size_t variant, TechniqueContext &context);
    Result<void> measure(std::size_t variant, Row &row);
    void queueBoards(std::size_t variant);
    void takeNotes();
    void handle(const BenchQueue::Note &note);
    void store(std::size_t variant, const Row &host);
    void changed(std::size_t variant, const std::string &phase);
    void finish(std::size_t index, const Result<void> &outcome);
    const ModelPtr &modelOf(std::size_t index) const { return m_variants[index / rowsPerVariant()].model; }

    const ComparisonRequest &m_request;
    const BenchFunction &m_bench;
    const ComparisonEvents &m_events;
    const Progress &m_progress;
    std::vector<Variant> m_variants;
    std::vector<Row> m_rows;
    std::vector<std::string> m_hardware; ///< of each board; one that starts again is not seen, so they are asked first
    OverallProgress m_overall;
    ThreadPool m_pool;
    BenchQueue m_queue; ///< last: its threads end before anything they use
};

std::size_t rowCount(const ComparisonRequest &request)
{
    return (request.recipes.size() + 1) * std::max<std::size_t>(1, request.boards.size());
}

Comparison::Comparison(const ComparisonRequest &request, const BenchFunction &bench, const ComparisonEvents &events,
                       const Progress &progress)
    : m_request(request), m_bench(bench), m_events(events), m_progress(progress),
      m_overall(progress, rowCount(request)), m_pool(request.threads),
      m_queue(request.boards.empty() ? 0 : m_pool.size(), int(request.boards.size()))
{
    for (const std::string &board : request.boards)
        m_hardware.push_back(request.hardwareOf ? request.hardwareOf(board) : std::string());
    const std::vector<std::string> labels = distinctLabels(request.recipes);
    m_variants.push_back({{}, Recipe().label(), request.model, false});
    for (std::size_t i = 0; i < labels.size(); ++i)
        m_variants.push_back({request.recipes[i], labels[i], nullptr, false});
    for (const Variant &variant : m_variants)
        for (std::size_t board = 0; board < rowsPerVariant(); ++board)
            m_rows.push_back(emptyRow(variant, board));
    for (std::size_t i = 0; i < m_variants.size(); ++i)
        m_variants[i].isKnown = takeKnown(i);
}

bool Comparison::takeKnown(std::size_t variant)
{
    std::vector<Row> found;
    for (std::size_t i = 0; i < rowsPerVariant(); ++i) {
        const Row &wanted = m_rows[firstRow(variant) + i];
        const auto known = std::ranges::find_if(m_request.known, [&](const Row &row) {
            return row.status() == Status::ok && row.text(Column::recipe) == wanted.text(Column::recipe) &&
                   row.text(Column::board) == wanted.text(Column::board);
        });
        if (known == m_request.known.end())
            return false;
        found.push_back(*known);
        found.back().set(Column::variant, wanted.text(Column::variant));
    }
    std::ranges::move(found, m_rows.begin() + std::ptrdiff_t(firstRow(variant)));
    return true;
}

Row Comparison::emptyRow(const Variant &variant, std::size_t board) const
{
    Row row;
    row.set(Column::variant, variant.label);
    row.set(Column::recipe, variant.recipe.text());
    row.set(Column::model, m_request.modelName);
    if (m_request.data)
        row.set(Column::data, m_request.data->name);
    if (board < m_request.boards.size())
        row.set(Column::board, m_request.boards[board]);
    row.set(Column::toolVersion, std::string(ESPALIER_VERSION));
    row.set(Column::seed, std::int64_t(m_request.seed));
    return row;
}

std::vector<Row> Comparison::run()
{
    // Quick variants first, all of them on the host before any board: then their host times disturb nobody. While a
    // recipe trains for minutes the boards measure what is there; only its host time has to wait for a quiet machine.
    m_queue.pause();
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        if (m_variants[i / rowsPerVariant()].isKnown)
            m_overall.finish(i);
    const auto trains = [](const Variant &variant) { return variant.recipe.needs() == TechniqueNeeds::training; };
    for (const bool training : {false, true}) {
        for (std::size_t i = 0; i < m_variants.size(); ++i)
            if (!m_variants[i].isKnown && trains(m_variants[i]) == training)
                runHost(i);
        m_queue.resume();
        takeNotes();
    }
    while (const std::optional<BenchQueue::Note> note = m_queue.waitForNext())
        handle(*note);
    return m_rows;
}

void Comparison::runHost(std::size_t variant)
{
    takeNotes();
    Row row = m_rows[firstRow(variant)];
    row.clear(Column::board);
    const auto stages = [&]() -> Result<void> {
        if (m_progress.cancelled())
            return cancelled();
        if (const Result<void> made = make(variant, row); !made)
            return made;
        store(variant, row);
        for (std::size_t i = 0; i < rowsPerVariant() && m_events.rowStarted; ++i)
            m_events.rowStarted(firstRow(variant) + i, m_rows[firstRow(variant) + i]);
        return measure(variant, row);
    };
    const Result<void> outcome = guarded(stages);
    store(variant, row);
    if (outcome && !m_request.boards.empty())
        return queueBoards(variant);
    for (std::size_t i = 0; i < rowsPerVariant(); ++i)
        finish(firstRow(variant) + i, outcome);
}

Result<void> Comparison::make(std::size_t variant, Row &row)
{
    Variant &v = m_variants[variant];
    if (!v.recipe.empty()) {
        TechniqueContext context{m_request.data, m_request.scaling, m_request.seed, m_pool,
                                 m_overall.part(firstRow(variant), 0, madeAt, v.label + ": making")};
        Result<ModelPtr> made = apply(variant, context);
        if (m_events.noted)
            for (const std::string &note : context.notes)
                m_events.noted(firstRow(variant), note);
        if (!made)
            return made.error();
        v.model = *std::move(made);
    }
    return measureModel(row, *v.model, v.recipe.empty() ? m_request.modelFile : nullptr);
}

// On a thread of its own, since training takes long: this one tells what boards have measured meanwhile.
Result<ModelPtr> Comparison::apply(std::size_t variant, TechniqueContext &context)
{
    std::mutex mutex;
    std::vector<TrainedEpoch> epochs;
    std::optional<Result<ModelPtr>> made;
    if (m_events.epochFinished)
        context.epochFinished = [&](const TrainedEpoch &epoch) {
            {
                const std::lock_guard lock(mutex);
                epochs.push_back(epoch);
            }
            m_queue.wake();
        };
    const std::jthread maker([&] {
        Result<ModelPtr> result = guarded([&] { return m_variants[variant].recipe.apply(m_request.model, context); });
        {
            const std::lock_guard lock(mutex);
            made = std::move(result);
        }
        m_queue.wake();
    });
    const auto hasNews = [&] {
        const std::lock_guard lock(mutex);
        return made || !epochs.empty();
    };
    while (true) {
        if (const std::optional<BenchQueue::Note> note = m_queue.waitForNext(hasNews)) {
            handle(*note);
            continue;
        }
        std::vector<TrainedEpoch> news;
        bool isMade = false;
        {
            const std::lock_guard lock(mutex);
            news.swap(epochs);
            isMade = made.has_value();
        }
        for (const TrainedEpoch &epoch : news)
            m_events.epochFinished(firstRow(variant), epoch);
        if (isMade)
            return *std::move(made);
    }
}

Result<void> Comparison::measure(std::size_t variant, Row &row)
{
    takeNotes();
    const std::size_t first = firstRow(variant);
    const std::string label = m_variants[variant].label;
    const Result<ProgramPtr> program = Program::compile(m_variants[variant].model);
    if (!program)
        return program.error();
    if (m_request.data) {
        changed(variant, "evaluating");
        const Result<Evaluation> evaluated =
            measureAccuracy(row, *program, *m_request.data, m_request.scaling, m_request.limit, m_pool,
                            m_overall.part(first, madeAt, evaluatedAt, label + ": evaluating"));
        if (!evaluated)
            return evaluated.error();
        const auto accuracy = row.number(Column::accuracy);
        const auto original = variant == 0 ? accuracy : m_rows[0].number(Column::accuracy);
        if (accuracy && original)
            row.set(Column::accuracyDelta, *accuracy - *original);
        store(variant, row);
    }
    if (!m_request.measureHostTime)
        return {};
    changed(variant, "timing on this host");
    m_queue.pause();
    takeNotes();
    const Result<HostTime> timed =
        measureHostTime(row, *program, m_overall.part(first, evaluatedAt, hostDoneAt, label + ": timing on this host"));
    if (timed && sparseHint(*m_variants[variant].model)) {
        const Result<SparseTimes> times = sparseTimes(m_variants[variant].model, m_progress);
        if (!times)
            return times.error();
        row.set(Column::why, times->text());
    }
    // Before the first boards start, the queue stays paused for the other quick variants.
    if (m_variants[variant].recipe.needs() == TechniqueNeeds::training)
        m_queue.resume();
    return timed ? Result<void>() : timed.error();
}

void Comparison::queueBoards(std::size_t variant)
{
    changed(variant, "waiting for its board");
    for (std::size_t i = 0; i < m_request.boards.size(); ++i) {
        const std::size_t index = firstRow(variant) + i;
        const std::string &board = m_request.boards[i];
        m_queue.add({index, board, m_hardware[i], [this, index, board, variant]() -> Result<BenchRecord> {
                         if (m_progress.cancelled())
                             return cancelled();
                         BenchOptions options;
                         options.data = m_request.data;
                         options.scaling = m_request.scaling;
                         const Progress part =
                             m_overall.part(index, hostDoneAt, 1, m_variants[variant].label + ": " + board);
                         return guarded([&] { return m_bench(m_variants[variant].model, board, options, part); });
                     }});
    }
}

void Comparison::takeNotes()
{
    while (const std::optional<BenchQueue::Note> note = m_queue.next())
        handle(*note);
}

void Comparison::handle(const BenchQueue::Note &note)
{
    if (!note.result) {
        if (m_events.rowChanged)
            m_events.rowChanged(note.row, m_rows[note.row], note.board);
        return;
    }
    if (!*note.result)
        return finish(note.row, note.result->error());
    fill(m_rows[note.row], **note.result);
    finish(note.row, {});
}

void Comparison::store(std::size_t variant, const Row &host)
{
    for (std::size_t i = 0; i < rowsPerVariant(); ++i) {
        Row &row = m_rows[firstRow(variant) + i];
        row = host;
        if (i < m_request.boards.size())
            row.set(Column::board, m_request.boards[i]);
    }
}

void Comparison::changed(std::size_t variant, const std::string &phase)
{
    for (std::size_t i = 0; i < rowsPerVariant() && m_events.rowChanged; ++i)
        m_events.rowChanged(firstRow(variant) + i, m_rows[firstRow(variant) + i], phase);
}

void Comparison::finish(std::size_t index, const Result<void> &outcome)
{
    Row &row = m_rows[index];
    if (outcome) {
        row.set(Column::status, std::string(name(Status::ok)));
    } else if (outcome.error().code == ErrorCode::cancelled) {
        row.set(Column::status, std::string(name(Status::cancelled)));
        row.set(Column::why, std::string("The comparison was stopped before this row was complete."));
    } else {
        row.set(Column::status, std::string(name(Status::failed)));
        row.set(Column::why, outcome.error().message);
    }
    m_overall.finish(index);
    if (m_events.rowFinished)
        m_events.rowFinished(index, row, modelOf(index));
}

} // namespace

Result<std::vector<Row>> runComparison(const ComparisonRequest &request, const BenchFunction &bench,
                                       const ComparisonEvents &events, const Progress &progress)
{
    if (!request.model)
        return invalidArgument("there is no model to compare; open one first");
    if (!request.boards.empty() && !bench)
        return invalidArgument("boards are asked for, but this program has no way to reach one");
    if (request.data)
        if (const Result<void> fits = checkFit(request.model->main(), request.data->test); !fits)
            return fits.error().in(request.data->name);
    return Comparison(request, bench, events, progress).run();
}

} // namespace espalier
