// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The emulated Raspberry Pi Pico, through the same path as every board.
#include "core/formats/modelformat.h"
#include "device/boards/board.h"
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
