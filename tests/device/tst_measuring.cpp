// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A board over USB is flashed, greeted, loaded and measured, with a fault at every answer.
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "fakerunner.h"
#include "flashing.h"
#include "randomgraph.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::device;
using namespace espalier::test;
using namespace std::chrono_literals;

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
    }
};

QTEST_GUILESS_MAIN(TestMeasuring)
#include "tst_measuring.moc"
