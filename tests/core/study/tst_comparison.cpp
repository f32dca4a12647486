// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/benchqueue.h"
#include "core/study/comparison.h"
#include "support/tinystudy.h"

#include <QtTest>

#include <atomic>
#include <latch>
#include <map>
#include <set>
#include <stop_token>
#include <thread>

using namespace espalier;

namespace {

Recipe recipe(const char *text)
{
    const Result<Recipe> parsed = Recipe::parse(text);
    if (!parsed)
        qFatal("%s", parsed.error().message.c_str());
    return *parsed;
}

ComparisonRequest request(std::initializer_list<const char *> recipes = {})
{
    ComparisonRequest request;
    request.model = tinyModel();
    request.modelName = "tiny.tflite";
    request.data = tinyData(request.model);
    for (const char *text : recipes)
        request.recipes.push_back(recipe(text));
    request.threads = 2;
    return request;
}

/// A board that measures at once; on "broken" nothing works.
Result<BenchRecord> fakeBench(const ModelPtr &model, const std::string &board, const BenchOptions &, const Progress &)
{
    if (board == "broken")
        return failed("the board does not answer");
    BenchRecord record;
    record.board = board;
    record.timeSource = Source::counted;
    record.instructions = std::int64_t(1000 + model->main().tensors.size());
    record.exact = true;
    return record;
}

std::vector<std::string> texts(const std::vector<Row> &rows, Column column)
{
    std::vector<std::string> result;
    for (const Row &row : rows)
        result.push_back(row.text(column));
    return result;
}

using Texts = std::vector<std::string>;

/// The tiny data with a training split, which are its test samples.
DatasetPtr trainingPoints()
{
    Dataset data = *tinyData(tinyModel());
    data.train = data.test;
    return std::make_shared<const Dataset>(std::move(data));
}

} // namespace

class TestComparison : public QObject
{
    Q_OBJECT

private slots:
    void theOriginalComesFirst()
    {
        const Result<std::vector<Row>> rows =
            runComparison(request({"quantize-int8", "prune-magnitude sparsity=0.9"}), nullptr);
        QVERIFY(rows);
        QCOMPARE(rows->size(), 3u);
        QCOMPARE(texts(*rows, Column::recipe), (Texts{"", "quantize-int8", "prune-magnitude sparsity=0.9"}));
        for (const Row &row : *rows) {
            QCOMPARE(row.text(Column::why), std::string());
            QCOMPARE(row.text(Column::status), std::string("ok"));
            QCOMPARE(row.text(Column::model), std::string("tiny.tflite"));
            QCOMPARE(row.text(Column::toolVersion), std::string(ESPALIER_VERSION));
            QCOMPARE(row.number(Column::samples), double(tinySamples));
            QVERIFY(row.number(Column::sizeBytes) > 0.0 && row.number(Column::hostMs) > 0.0);
            QVERIFY(!row.has(Column::board) && !row.has(Column::latencyMs));
            QCOMPARE(*row.number(Column::accuracyDelta),
                     *row.number(Column::accuracy) - *rows->front().number(Column::accuracy));
        }
        // The labels are the float model's own answers.
        QCOMPARE(rows->front().number(Column::accuracy), 1.0);
        QVERIFY(*(*rows)[1].number(Column::sizeBytes) < *rows->front().number(Column::sizeBytes));
        QVERIFY(*(*rows)[2].number(Column::sparsity) >= 0.89);
        QVERIFY(*(*rows)[2].number(Column::accuracy) < 1);
    }

    void theOriginalsSizeIsThatOfItsFile()
    {
        ComparisonRequest wanted = request();
        wanted.modelFile = std::make_shared<const Bytes>(Bytes(12345));
        QCOMPARE(runComparison(wanted, nullptr)->front().number(Column::sizeBytes), 12345.0);
    }

    void withoutDataThereIsNoAccuracy()
    {
        ComparisonRequest wanted = request({"prune-magnitude"});
        wanted.data = nullptr;
        const Result<std::vector<Row>> rows = runComparison(wanted, nullptr);
        QVERIFY(rows);
        for (const Row &row : *rows) {
            QCOMPARE(row.status(), Status::ok);
            for (const Column column : {Column::accuracy, Column::accuracyDelta, Column::samples, Column::data})
                QVERIFY(!row.has(column));
        }
    }

    void aFailureStandsBesideTheOthers()
    {
        const Result<std::vector<Row>> rows =
            runComparison(request({"quantize-int8 | quantize-int8", "quantize-int8"}), nullptr);
        QVERIFY(rows);
        QCOMPARE(texts(*rows, Column::status), (Texts{"ok", "failed", "ok"}));
        QVERIFY((*rows)[1].text(Column::why).find("step 2") != std::string::npos);
        QVERIFY(!(*rows)[1].has(Column::sizeBytes));
    }

    void boardsMakeARowEach()
    {
        ComparisonRequest wanted = request({"quantize-int8", "prune-random"});
        wanted.boards = {"one", "broken", "two"};
        std::map<std::size_t, Row> finished;
        std::set<std::size_t> started;
        ComparisonEvents events;
        events.rowStarted = [&](std::size_t index, const Row &) { started.insert(index); };
        events.rowFinished = [&](std::size_t index, const Row &row, const ModelPtr &variant) {
            QVERIFY(variant && started.contains(index));
            QVERIFY(finished.emplace(index, row).second);
        };
        const Result<std::vector<Row>> rows = runComparison(wanted, fakeBench, events);
        QVERIFY(rows);
        QCOMPARE(texts(*rows, Column::board),
                 (Texts{"one", "broken", "two", "one", "broken", "two", "one", "broken", "two"}));
        for (std::size_t i = 0; i < rows->size(); ++i) {
            const Row &row = (*rows)[i];
            QVERIFY(finished.at(i) == row);
            QVERIFY(row.has(Column::accuracy) && row.has(Column::hostMs));
            const bool broken = row.text(Column::board) == "broken";
            QCOMPARE(row.status(), broken ? Status::failed : Status::ok);
            QCOMPARE(row.has(Column::instructions), !broken);
            QCOMPARE(row.text(Column::timeSource), std::string(broken ? "" : "counted"));
        }
        QCOMPARE((*rows)[1].text(Column::why), std::string("the board does not answer"));
    }

    void knownRowsAreNotMeasuredAgain()
    {
        ComparisonRequest wanted = request({"quantize-int8", "prune-random"});
        wanted.boards = {"one", "two"};
        const Result<std::vector<Row>> all = runComparison(wanted, fakeBench);
        QVERIFY(all);
        wanted.known = *all;
        wanted.known.erase(wanted.known.begin() + 3); // quantize-int8 on board two
        wanted.known[4].set(Column::status, std::string("cancelled"));
        std::set<std::size_t> told;
        ComparisonEvents events;
        events.rowStarted = [&](std::size_t index, const Row &) { told.insert(index); };
        events.rowFinished = [&](std::size_t index, const Row &, const ModelPtr &) { told.insert(index); };
        const Result<std::vector<Row>> rows = runComparison(wanted, fakeBench, events);
        QVERIFY(rows);
        QVERIFY(told == std::set<std::size_t>({2, 3, 4, 5})); // a variant as a whole
        QVERIFY((*rows)[0] == (*all)[0] && (*rows)[1] == (*all)[1]);
        QCOMPARE(texts(*rows, Column::status), Texts(6, "ok"));
        QVERIFY((*rows)[5].number(Column::accuracyDelta) == (*all)[5].number(Column::accuracyDelta));
    }

    // What a board measures while a recipe trains is told then, not when the training is over: this one would last for
    // minutes, and stops once the row is there.
    void boardsAreHeardWhileARecipeTrains()
    {
        ComparisonRequest wanted = request({"prune-global epochs=10000"});
        wanted.data = trainingPoints();
        wanted.boards = {"one"};
        wanted.measureHostTime = false;
        std::latch trains(1);
        const BenchFunction bench = [&](const ModelPtr &model, const std::string &board, const BenchOptions &options,
                                        const Progress &progress) {
            trains.wait();
            return fakeBench(model, board, options, progress);
        };
        const std::thread::id here = std::this_thread::get_id();
        int epochs = 0;
        bool isHeard = false;
        std::stop_source stop;
        ComparisonEvents events;
        events.epochFinished = [&](std::size_t row, const TrainedEpoch &) {
            QCOMPARE(row, 1u);
            QVERIFY(std::this_thread::get_id() == here);
            if (++epochs == 1)
                trains.count_down();
        };
        events.rowFinished = [&](std::size_t index, const Row &row, const ModelPtr &) {
            if (index != 0)
                return;
            isHeard = row.has(Column::instructions);
            stop.request_stop();
        };
        const Result<std::vector<Row>> rows = runComparison(wanted, bench, events, Progress(stop.get_token(), {}));
        QVERIFY(rows && isHeard);
        QVERIFY2(rows->back().status() == Status::cancelled, rows->back().text(Column::why).c_str());
        QVERIFY(epochs >= 1 && epochs < 10000);
    }

    void whatABoardThrowsIsAFailure()
    {
        ComparisonRequest wanted = request();
        wanted.boards = {"one"};
        const BenchFunction throws = [](const ModelPtr &, const std::string &, const BenchOptions &,
                                        const Progress &) -> Result<BenchRecord> { throw std::bad_alloc(); };
        const Result<std::vector<Row>> rows = runComparison(wanted, throws);
        QVERIFY(rows);
        QCOMPARE(rows->front().status(), Status::failed);
        QVERIFY(rows->front().text(Column::why).find("memory") != std::string::npos);
    }

    void stoppingEndsTheRestAsCancelled()
    {
        std::stop_source stop;
        ComparisonEvents events;
        events.rowFinished = [&](std::size_t index, const Row &, const ModelPtr &) {
            if (index == 1)
                stop.request_stop();
        };
        const Result<std::vector<Row>> rows =
            runComparison(request({"prune-random", "prune-random sparsity=0.4", "prune-random sparsity=0.5"}), nullptr,
                          events, Progress(stop.get_token(), {}));
        QVERIFY(rows);
        QCOMPARE(texts(*rows, Column::status), (Texts{"ok", "ok", "cancelled", "cancelled"}));
    }

    void stoppingReachesTheBoards()
    {
        ComparisonRequest wanted = request({"prune-random"});
        wanted.boards = {"one"};
        std::stop_source stop;
        const BenchFunction waits = [&](const ModelPtr &, const std::string &, const BenchOptions &,
                                        const Progress &progress) -> Result<BenchRecord> {
            stop.request_stop();
            return progress.cancelled() ? cancelled() : failed("it was not told");
        };
        const Result<std::vector<Row>> rows = runComparison(wanted, waits, {}, Progress(stop.get_token(), {}));
        QVERIFY(rows);
        QCOMPARE(texts(*rows, Column::status), (Texts{"cancelled", "cancelled"}));
    }

    // A board takes one job at a time; that one is busy holds up nobody else, whatever is queued before, and one piece
    // of hardware is one by any name.
    void busyBoardsHoldUpNobodyElse()
    {
        ComparisonRequest wanted = request({"prune-random", "prune-random sparsity=0.4", "prune-random sparsity=0.6"});
        wanted.boards = {"slow@1", "slow", "quick"};
        wanted.hardwareOf = [](const std::string &board) { return board.starts_with("slow") ? "port 1" : "port 2"; };
        wanted.measureHostTime = false;
        std::latch quickDone(4);
        std::atomic<int> onSlow = 0, mostOnSlow = 0;
        const BenchFunction bench = [&](const ModelPtr &model, const std::string &board, const BenchOptions &options,
                                        const Progress &progress) {
            if (board == "quick") {
                quickDone.count_down();
            } else {
                mostOnSlow = std::max(mostOnSlow.load(), ++onSlow);
                quickDone.wait(); // for ever, if jobs of the idle board stood behind it
                --onSlow;
            }
            return fakeBench(model, board, options, progress);
        };
        const Result<std::vector<Row>> rows = runComparison(wanted, bench);
        QVERIFY(rows);
        QCOMPARE(texts(*rows, Column::status), Texts(12, "ok"));
        QCOMPARE(mostOnSlow.load(), 1);
    }

    void theNumberOfThreadsChangesNothing()
    {
        std::vector<std::vector<Row>> results;
        for (const int threads : {1, 2, 5}) {
            ComparisonRequest wanted = request({"quantize-int8", "prune-random", "prune-magnitude | quantize-int8"});
            wanted.boards = {"one", "two"};
            wanted.threads = threads;
            wanted.measureHostTime = false;
            const Result<std::vector<Row>> rows = runComparison(wanted, fakeBench);
            QVERIFY(rows);
            results.push_back(*rows);
        }
        QVERIFY(results[0] == results[1]);
        QVERIFY(results[0] == results[2]);
    }

    void progressNeverGoesBack()
    {
        ComparisonRequest wanted = request({"quantize-int8", "prune-random"});
        wanted.boards = {"one", "two"};
        std::int64_t last = 0, total = 0;
        bool forward = true;
        const Progress progress({}, [&](std::string_view, std::int64_t done, std::int64_t of) {
            forward = forward && done >= last && (total == 0 || total == of);
            last = done;
            total = of;
        });
        QVERIFY(runComparison(wanted, fakeBench, {}, progress));
        QVERIFY(forward);
        QCOMPARE(last, total);
        QCOMPARE(total, 6000);
    }

    void whatCannotStartIsAnError()
    {
        ComparisonRequest wanted = request();
        wanted.model = nullptr;
        QVERIFY(!runComparison(wanted, nullptr));
        wanted = request();
        wanted.boards = {"one"};
        QVERIFY(!runComparison(wanted, nullptr));
        wanted = request();
        Dataset other = *wanted.data;
        other.test.shape = {5};
        wanted.data = std::make_shared<const Dataset>(other);
        const Result<std::vector<Row>> rows = runComparison(wanted, nullptr);
        QVERIFY(!rows);
        QCOMPARE(rows.error().code, ErrorCode::unusableInput);
    }

    void aPausedQueueIsQuiet()
    {
        BenchQueue queue(2, 0);
        std::atomic<int> running = 0;
        std::latch begun(1), release(1);
        queue.add({0, "slow", "", [&]() -> Result<BenchRecord> {
                       ++running;
                       begun.count_down();
                       release.wait();
                       --running;
                       return BenchRecord();
                   }});
        begun.wait();
        std::jthread releaser([&] { release.count_down(); });
        queue.pause();
        QCOMPARE(running.load(), 0);
        queue.add({1, "next", "", [&]() -> Result<BenchRecord> {
                       ++running;
                       return BenchRecord();
                   }});
        std::size_t notes = 0;
        while (queue.next())
            ++notes;
        QCOMPARE(notes, 2u); // the first began and ended
        QCOMPARE(running.load(), 0);
        queue.resume();
        const auto began = queue.waitForNext(), ended = queue.waitForNext();
        QVERIFY(began && !began->result && ended && ended->result);
        QCOMPARE(ended->row, 1u);
        QVERIFY(!queue.waitForNext());
    }
};

QTEST_APPLESS_MAIN(TestComparison)
#include "tst_comparison.moc"
