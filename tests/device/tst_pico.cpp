// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The emulated Raspberry Pi Pico, through the same path as every board.
#include "core/base/file.h"
#include "core/formats/modelformat.h"
#include "device/boards/board.h"
#include "device/boards/selftest.h"
#include "device/emulator/emulatedpico.h"
#include "fakeworld.h"
#include "randomgraph.h"
#include "support/shareddata.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::test;

#define NEEDS_PICO()                                                                                                   \
    const Result<const device::Board *> found = device::findBoard("pico-emulated");                                    \
    QVERIFY(found);                                                                                                    \
    if (!(*found)->info().available)                                                                                   \
    QSKIP((*found)->info().missing.c_str())

namespace {

// A Pico on USB whose ROM is scripted and whose chip is emulated: what was flashed runs.
class PluggedPico : public FakeWorld
{
public:
    explicit PluggedPico(const std::string &id)
    {
        board.port = "1-2";
        board.board = id;
        board.tty = "/dev/ttyACM0";
        running = [this] { return start(); };
    }

private:
    Result<std::unique_ptr<device::Link>> start()
    {
        // One segment: all of flash.
        Bytes elf(84);
        const auto put = [&](std::size_t at, std::uint32_t value) {
            for (std::size_t i = 0; i < 4; ++i)
                elf[at + i] = std::uint8_t(value >> (8 * i));
        };
        put(0, 0x464c457f);
        put(4, 0x101);
        put(28, 52);
        put(42, 32 | 1 << 16);
        put(52, 1);
        put(56, 84);
        put(64, ScriptedRom::flashStart);
        put(68, ScriptedRom::flashBytes);
        elf.insert(elf.end(), rom.flash.begin(), rom.flash.end());
        const std::filesystem::path image = m_folder.filePath(QStringLiteral("flash.elf")).toStdString();
        if (const auto written = writeFile(image, elf); !written)
            return written.error();
        return device::EmulatedPico::find()->start(image);
    }

    QTemporaryDir m_folder;
};

ModelPtr smallModel()
{
    RandomGraph random(3);
    random.addConv2D(DType::int8);
    random.addFullyConnected(DType::int8);
    random.addNetwork();
    return modelOf(random.take());
}

} // namespace

class TestPico : public QObject
{
    Q_OBJECT

private slots:
    void cyclesAreTime()
    {
        NEEDS_PICO();
        RandomGraph random(3);
        random.addFullyConnected(DType::int8);
        random.addNetwork();
        const auto model = modelOf(random.take());
        BenchOptions options;
        options.perLayer = true;
        const auto record = device::benchmark(model, "pico-emulated", options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(QString::fromStdString(record->difference), QString());
        QCOMPARE(record->exact, std::optional<bool>(true));
        QCOMPARE(record->timeSource, Source::simulated);
        QVERIFY(record->cycles && !record->instructions);
        QVERIFY(qAbs(*record->latencyMs - double(*record->cycles) / 125000) < 1e-9);
        QVERIFY(*record->latencyMsMin <= *record->latencyMs && *record->latencyMs <= *record->latencyMsMax);
        std::int64_t sum = 0;
        for (const LayerProfile &layer : record->layers)
            sum += layer.cycles.value_or(0);
        QVERIFY(sum > *record->cycles * 8 / 10);
        const auto again = device::benchmark(model, "pico-emulated", {}, {});
        QVERIFY(again);
        QCOMPARE(*again->cycles, *record->cycles);
    }

    void keywordSpotting()
    {
        NEEDS_PICO();
        ESPALIER_NEEDS_SHARED("mlperf-tiny/models");
        const auto model = readModel(sharedFolder() / "mlperf-tiny/models/kws_ref_model.tflite");
        QVERIFY(model);
        BenchOptions options;
        options.fidelityInputs = 1;
        const auto record = device::benchmark(*model, "pico-emulated", options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(QString::fromStdString(record->difference), QString());
        QVERIFY(*record->cycles > 1000000);
    }

    // From the bench path of a physical board through a conversation with its ROM to figures of what was flashed.
    void flashedAndMeasured()
    {
        NEEDS_PICO();
        device::PhysicalBoard pico = *(*device::findBoard("pico"))->physical;
        pico.faultOf = nullptr; // the emulator starts behind the second boot stage
        PluggedPico world("pico");
        BenchOptions options;
        options.perLayer = true;
        const auto record = pico.benchmark(world, smallModel(), options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(world.rom.breach, std::string());
        QCOMPARE(record->exact, std::optional<bool>(true));
        QCOMPARE(record->timeSource, Source::measured);
        QVERIFY(record->runs >= 10);
        QVERIFY(double(record->runs) * *record->latencyMs > 900);
        QCOMPARE(record->energySource, Source::estimated);
        QVERIFY(qAbs(*record->energyMj - 5 * 22 * *record->latencyMs * 1e-3) < 1e-9);
        QVERIFY(record->measuredOn.find("22 mA") != std::string::npos);
        QVERIFY(!record->layers.empty() && record->ramBytes && record->flashBytes);

        world.knowsTouch = false; // the next variant cannot be flashed, and says so
        const auto stuck = pico.benchmark(world, smallModel(), {}, {});
        QVERIFY(!stuck);
        QVERIFY2(stuck.error().message.find("hold BOOTSEL") != std::string::npos, stuck.error().message.c_str());
    }

    void selfTestTellsStepByStep()
    {
        NEEDS_PICO();
        device::PhysicalBoard pico = *(*device::findBoard("pico"))->physical;
        pico.flash.board = "pico-emulated"; // whose runner starts without a second boot stage
        pico.faultOf = nullptr;
        PluggedPico world(pico.flash.board);
        auto steps = device::selfTest(world, pico, "1-2", smallModel(), {});
        QCOMPARE(steps.size(), std::size_t(7));
        for (const device::SelfTestStep &step : steps)
            QVERIFY2(step.passed, (step.what + ": " + step.said).c_str());
        QVERIFY(device::selfTestReport("Pico", steps).find("7 of 7 steps passed") != std::string::npos);

        world.isThere = false;
        steps = device::selfTest(world, pico, "1-2", smallModel(), {});
        QVERIFY(!steps.front().passed);
        QVERIFY(steps.back().said.find("not tried") != std::string::npos);
    }

    void cancelEndsIt()
    {
        NEEDS_PICO();
        RandomGraph random(3);
        random.addFullyConnected(DType::int8);
        std::stop_source stop;
        stop.request_stop();
        const auto record =
            device::benchmark(modelOf(random.take()), "pico-emulated", {}, Progress(stop.get_token(), {}));
        QVERIFY(!record);
        QCOMPARE(record.error().code, ErrorCode::cancelled);
    }
};

QTEST_GUILESS_MAIN(TestPico)
#include "tst_pico.moc"
