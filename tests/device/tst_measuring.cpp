// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A board over USB is flashed, greeted, loaded and measured, with a fault at every answer.
#include "core/study/comparison.h"
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/boards/boardturn.h"
#include "device/boards/physicalboard.h"
#include "fakerunner.h"
#include "flashing.h"
#include "randomgraph.h"

#include <QtTest>

#include <atomic>
#include <latch>
#include <optional>

using namespace espalier;
using namespace espalier::device;
using namespace espalier::test;
using namespace std::chrono_literals;

namespace {

// A Pico on a computer of its own, whose runner has the host compute.
struct Measured
{
    ModelPtr model, variant;
    PhysicalBoard pico = *(*findBoard("pico"))->physical;
    FakeWorld world;
    AnswerFault fault;
    int jobs = 0;

    Measured()
    {
        RandomGraph random(3);
        random.addFullyConnected(DType::float32);
        model = variant = modelOf(random.take());
        world.board = running("pico");
        world.running = [this] {
            fault.gone = false;
            const std::size_t layers = makePlan(*variant, pico.target.family)->steps.size();
            return std::unique_ptr<Link>(std::make_unique<FakeRunner>(variant, layers, world, fault));
        };
    }

    ~Measured() { forget(); }

    // A runner that waits for the next plan: it knows one model only, and must not outlive its world.
    void forget() { waitingboards::take("pico" + world.board.port); }

    /// Flashed anew each time.
    Result<BenchRecord> measure(const Progress &progress)
    {
        forget();
        BenchOptions options;
        options.useRunner = true;
        options.place = world.board.port;
        return pico.benchmark(world, variant, options, progress);
    }
};

class Deaf : public AnsweringLink
{
public:
    using AnsweringLink::AnsweringLink;

private:
    std::string answerTo(const std::string &) override { return {}; }
};

} // namespace

class TestMeasuring : public QObject
{
    Q_OBJECT

private slots:
    // Flashed, greeted, loaded, run, compared, profiled: with a fault at every answer, and the next variant after it.
    void measuringFaults()
    {
        RandomGraph random(3);
        random.addFullyConnected(DType::int8);
        random.addNetwork();
        const ModelPtr model = modelOf(random.take());
        PhysicalBoard pico = *(*findBoard("pico"))->physical;
        if (!ResidentRunner::find(pico.flash.board)) {
            pico.flash.board = "pico-emulated"; // the same chip's, which starts without a second boot stage
            pico.faultOf = nullptr;
        }
        const std::size_t layers = makePlan(*model, pico.target.family)->steps.size();
        BenchOptions options;
        options.useRunner = options.perLayer = true;
        AnswerFault fault;
        FakeWorld world;
        world.board = running(pico.flash.board.c_str());
        world.running = [&] {
            fault.gone = false;
            return std::unique_ptr<Link>(std::make_unique<FakeRunner>(model, layers, world, fault));
        };
        const auto measure = [&](int at, Fault kind) {
            fault = {at, kind};
            world.spent = 0ms;
            return pico.benchmark(world, model, options, {});
        };
        const auto whole = measure(-1, Fault::none);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        QCOMPARE(*whole->latencyMs, 100.0);
        QCOMPARE(whole->runs, std::int64_t(10)); // ten of them make the second
        QCOMPARE(whole->temperatureC, std::optional<double>(27.25));
        QCOMPARE(whole->layers.size(), layers);
        const int answers = fault.answers;
        QVERIFY(answers > 25);

        // What stopped the processor, which it tells when somebody asks after its restart.
        fault = {20, Fault::gone};
        fault.record = "pc 10001234 lr 10001077";
        const auto stopped = pico.benchmark(world, model, options, {});
        QVERIFY(!stopped);
        QVERIFY2(stopped.error().message.find("after a fault of its processor: pc 10001234") != std::string::npos,
                 stopped.error().message.c_str());

        options.settings = "clock=200,weights=sram"; // its figures at another clock, and no current for that
        const auto faster = measure(-1, Fault::none);
        QVERIFY2(faster, faster ? "" : faster.error().message.c_str());
        QCOMPARE(*faster->latencyMs, 62.5);
        QVERIFY(!faster->energyMj && whole->energyMj);
        QVERIFY(faster->measuredOn.find("clock 200 MHz, weights in SRAM") != std::string::npos);
        options.settings = "clock=300";
        QCOMPARE(measure(-1, Fault::none).error().code, ErrorCode::invalidArgument);
        options.settings.clear();
        int errors = 0;
        for (int step = 0; step < answers; ++step)
            for (const Fault kind : everyFault) {
                const auto record = measure(step, kind);
                const QByteArray where = "step " + QByteArray::number(step) + " fault " + QByteArray::number(int(kind));
                QVERIFY2(world.spent < 120s, where);
                if (record) { // then its figures are right
                    QCOMPARE(*record->latencyMs, 100.0);
                    QCOMPARE(record->exact, std::optional<bool>(true));
                } else {
                    ++errors;
                    QVERIFY2(isSentence(record.error()), where + record.error().message.c_str());
                }
                const auto next = measure(-1, Fault::none);
                QVERIFY2(next, where + (next ? "" : next.error().message.c_str()));
            }
        QVERIFY(errors > 100);
        QCOMPARE(world.rom.breach, std::string());
        waitingboards::take(pico.flash.board + world.board.port);
    }

    // Sending fails at every piece: the line takes nothing more, or is gone.
    void sendingFaults()
    {
        Measured pico;
        QVERIFY(pico.measure({}));
        const int pieces = pico.fault.writes;
        QVERIFY(pieces > 15);
        for (int piece = 0; piece < pieces; ++piece)
            for (const Fault kind : {Fault::silence, Fault::gone}) {
                pico.fault = {};
                pico.fault.writeAt = piece;
                pico.fault.writeFault = kind;
                pico.world.spent = 0ms;
                const auto record = pico.measure({});
                const QByteArray where =
                    "piece " + QByteArray::number(piece) + " fault " + QByteArray::number(int(kind));
                QVERIFY2(pico.world.spent < 60s, where);
                if (record)
                    QCOMPARE(*record->latencyMs, 100.0);
                else
                    QVERIFY2(isSentence(record.error()), where + record.error().message.c_str());
                pico.fault = {};
                QVERIFY2(pico.measure({}), where);
            }
    }

    // The line has another name after every start; it is forbidden, held, or gone when it is to be opened.
    void openingFaults()
    {
        Measured pico;
        for (const char *tty : {"/dev/ttyACM3", "/dev/ttyACM0", "/dev/ttyACM12"}) {
            pico.world.ttyAfter = tty;
            const auto record = pico.measure({});
            QVERIFY2(record, record ? "" : record.error().message.c_str());
            QCOMPARE(pico.world.board.tty, std::string(tty));
        }
        for (const char *why : {"the serial port may not be used by you: join the group 'dialout' that owns it",
                                "the serial port is held by the program minicom (1): close it there and try again",
                                "the serial port is not there: plug the board in"}) {
            pico.world.spent = 0ms;
            pico.world.opening = missingTool(why);
            const auto refused = pico.measure({});
            QVERIFY(!refused);
            QCOMPARE(refused.error().message, std::string(why));
            QVERIFY(pico.world.spent < 30s);
            pico.world.opening = {};
            QVERIFY(pico.measure({}));
        }
    }

    // Two boards, four variants each, every job of them with both boards at work at once; one fails in between.
    void severalBoardsAtOnce()
    {
        Measured first, second;
        second.world.board.port = "3-1";
        second.world.board.serial = "E661";
        ComparisonRequest request;
        request.model = first.model;
        for (const char *sparsity : {"0.2", "0.4", "0.6"})
            request.recipes.push_back(*Recipe::parse(std::string("prune-random sparsity=") + sparsity));
        request.boards = {"pico@1-2", "pico@3-1"};
        request.hardwareOf = [](const std::string &board) { return board; };
        request.measureHostTime = false;
        request.threads = 1;
        std::latch both(2);
        std::atomic<int> jobs = 0;
        const BenchFunction bench = [&](const ModelPtr &model, const std::string &board, const BenchOptions &,
                                        const Progress &progress) {
            Measured &mine = board == "pico@1-2" ? first : second;
            if (jobs++ < 2)
                both.arrive_and_wait(); // neither waits for the other's end
            mine.variant = model;
            mine.fault = {};
            if (&mine == &second && mine.jobs++ == 1)
                mine.fault = {12, Fault::gone};
            return mine.measure(progress);
        };
        const auto rows = runComparison(request, bench);
        QVERIFY(rows);
        QCOMPARE(rows->size(), std::size_t(8));
        int failures = 0;
        for (const Row &row : *rows) {
            failures += row.status() == Status::failed ? 1 : 0;
            QVERIFY(row.status() == Status::failed || row.number(Column::latencyMs) == 100.0);
        }
        QCOMPARE(failures, 1);
        QCOMPARE((*rows)[3].status(), Status::failed); // the second variant on the second board
    }

    // A board is one by its kind, its port, its number and its serial line, also while it starts again and is nowhere.
    void aBoardHasOneTurn()
    {
        FakeWorld world;
        world.board = running("pico");
        using Wanted = WantedBoard;
        for (const Wanted &name : {Wanted{"pico", "Pico", ""}, Wanted{"pico", "Pico", "1-2"},
                                   Wanted{"pico", "Pico", "E660"}, Wanted{"serial", "board", "/dev/ttyACM0"}}) {
            world.isThere = true;
            auto turn = std::optional(BoardTurn::take(world, {"pico", "Pico", "1-2"}, {}));
            QVERIFY(*turn);
            world.isThere = false; // it starts again
            std::stop_source stop;
            int waits = 0;
            const Progress waiting(stop.get_token(), [&](std::string_view phase, std::int64_t, std::int64_t) {
                if (phase != "waiting for its board")
                    return;
                ++waits;
                stop.request_stop();
            });
            QCOMPARE(BoardTurn::take(world, name, waiting).error().code, ErrorCode::cancelled);
            QCOMPARE(waits, 1);
            turn.reset();
            world.isThere = true;
            QVERIFY(BoardTurn::take(world, name, {}));
        }
        auto turn = BoardTurn::take(world, {"pico", "Pico", ""}, {});
        QVERIFY(turn && BoardTurn::take(world, {"serial", "board", "/dev/pts/other"}, {})); // not that one
        const auto absent = BoardTurn::take(world, {"nano33ble", "Nano", ""}, {});
        QVERIFY(!absent && isSentence(absent.error()));
    }

    // Somebody else's program flashes: our line is closed before, the board's turn is taken, and the line that it comes
    // back with is told.
    void boardsFlashedByAToolComeBack()
    {
        const PhysicalBoard &nano = *(*findBoard("nano33ble"))->physical;
        FakeWorld world;
        world.board = running("nano33ble");
        AnswerFault fault;
        waitingboards::put("nano33ble1-2", std::make_unique<Deaf>(world, fault));
        bool wasBusy = false;
        const auto upload = [&](const std::string &tty) -> Result<void> {
            if (tty != "/dev/ttyACM0" || waitingboards::take("nano33ble1-2"))
                return failed("the line was not given up");
            std::stop_source stop;
            const Progress waiting(stop.get_token(), [&](std::string_view, std::int64_t, std::int64_t) {
                wasBusy = true;
                stop.request_stop();
            });
            (void)BoardTurn::take(world, {"nano33ble", "Nano", ""}, waiting);
            world.enterBootloader();
            world.ttyAfter = "/dev/ttyACM4";
            world.nano.restarted = true;
            return {};
        };
        const auto back = nano.flashByTool(world, "", upload, {});
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(wasBusy);
        QCOMPARE(back->tty, std::string("/dev/ttyACM4"));
        QVERIFY(back->state == BoardState::ourFirmware); // it may be used by now
        const auto broken =
            nano.flashByTool(world, "", [](const std::string &) { return failed("no: try again"); }, {});
        QVERIFY(!broken && BoardTurn::take(world, {"nano33ble", "Nano", ""}, {}));
        world.comesBack = false;
        const auto lost = nano.flashByTool(world, "", upload, {});
        QVERIFY(!lost);
    }
};

QTEST_GUILESS_MAIN(TestMeasuring)
#include "tst_measuring.moc"
