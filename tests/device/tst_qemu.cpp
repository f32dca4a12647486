// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The whole path on the emulated board: plan, sources, cross compiler, emulator, protocol, comparison with the host.
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "device/boards/board.h"
#include "randomgraph.h"
#include "support/shareddata.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::test;

#define NEEDS_BOARD(board)                                                                                             \
    const Result<const device::Board *> found = device::findBoard(board);                                              \
    QVERIFY(found);                                                                                                    \
    if (!(*found)->info().available)                                                                                   \
    QSKIP((*found)->info().missing.c_str())

class TestQemu : public QObject
{
    Q_OBJECT

private slots:
    void everyKindOfLayerIsExact_data()
    {
        QTest::addColumn<int>("type");
        QTest::newRow("float32") << int(DType::float32);
        QTest::newRow("int8") << int(DType::int8);
        QTest::newRow("int16") << int(DType::int16);
    }
    void everyKindOfLayerIsExact()
    {
        NEEDS_BOARD("qemu-m4");
        QFETCH(int, type);
        RandomGraph random(11);
        random.addConv2D(DType(type));
        random.addDepthwise(DType(type));
        random.addFullyConnected(DType(type));
        random.addPool(OpKind::averagePool2D, DType(type));
        random.addUnary(DType(type) == DType::int16 ? OpKind::leakyRelu : OpKind::softmax, DType(type));
        random.addPairwise(OpKind::add, DType(type));
        random.addMean(DType(type));
        if (DType(type) == DType::float32) {
            random.addUnary(OpKind::tanh, DType(type));
            random.addConv2D(DType(type), true);
            random.addFullyConnected(DType(type), true);
        }
        BenchOptions options;
        options.fidelityInputs = 2;
        options.perLayer = true;
        const auto model = modelOf(random.take());
        const auto record = device::benchmark(model, "qemu-m4", options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(QString::fromStdString(record->difference), QString());
        QCOMPARE(record->exact, std::optional<bool>(true));
        QCOMPARE(record->runs, 2);
        QCOMPARE(record->timeSource, Source::counted);
        QVERIFY(!record->latencyMs && !record->cycles);

        // Like stands beside like: instructions of the same type, and nothing where nobody tells.
        for (const LayerProfile &layer : record->layers) {
            QCOMPARE(layer.bestPerMac.has_value(), !layer.bestKnown.empty());
            const bool isKnown = layer.typeName == "CONV_2D" || layer.typeName == "FULLY_CONNECTED";
            if (!isKnown || DType(type) == DType::int16)
                QVERIFY(!layer.bestPerMac);
            else if (DType(type) == DType::int8)
                QVERIFY(layer.bestPerMac && *layer.bestPerMac > 2.2 && *layer.bestPerMac < 3.3);
        }

        // Layers add up to the whole, but for what noting the time between them costs.
        std::int64_t sum = 0;
        for (const LayerProfile &layer : record->layers)
            sum += layer.instructions.value_or(0);
        QVERIFY(sum > *record->instructions * 9 / 10);
        QVERIFY(sum < *record->instructions + 200 * std::int64_t(record->layers.size()));
        QVERIFY(record->flashBytes == *record->weightsFlashBytes + *record->codeFlashBytes);
        QVERIFY(record->ramBytes == *record->arenaBytes + *record->staticRamBytes + *record->stackBytes);
        QVERIFY(*record->stackBytes > 0 && *record->stackBytes < 4096);
        QVERIFY(*record->staticRamBytes < 64);
    }

    // Many small layers and networks, each on inputs of its own, in few programs.
    void randomGraphsAreExact_data()
    {
        QTest::addColumn<QString>("board");
        QTest::addColumn<int>("seed");
        for (const char *board : {"qemu-m4", "qemu-m0"}) {
            for (int seed = 0; seed < 2; ++seed)
                QTest::addRow("%s %d", board, seed) << QString::fromLatin1(board) << seed;
        }
    }
    void randomGraphsAreExact()
    {
        QFETCH(QString, board);
        QFETCH(int, seed);
        NEEDS_BOARD(board.toStdString());
        RandomGraph random(unsigned(100 + seed));
        for (int i = 0; i < 50; ++i) {
            random.addConv2D(DType::int8);
            random.addDepthwise(DType::int8);
            random.addFullyConnected(DType::int8);
            random.addPairwise(OpKind::add, DType::int8);
            random.addNetwork();
        }
        BenchOptions options;
        options.fidelityInputs = 2;
        const auto record = device::benchmark(modelOf(random.take()), board.toStdString(), options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(QString::fromStdString(record->difference), QString());
    }

    void instructionsAreRepeatable()
    {
        NEEDS_BOARD("qemu-m4");
        RandomGraph random(3);
        random.addFullyConnected(DType::int8);
        const auto model = modelOf(random.take());
        const auto first = device::benchmark(model, "qemu-m4", {}, {}),
                   second = device::benchmark(model, "qemu-m4", {}, {});
        QVERIFY(first && second);
        QCOMPARE(*first->instructions, *second->instructions);
        QCOMPARE(*first->codeFlashBytes, *second->codeFlashBytes);
    }

    void keywordSpotting_data()
    {
        QTest::addColumn<QString>("model");
        QTest::newRow("int8") << QStringLiteral("kws_ref_model.tflite");
        QTest::newRow("float32") << QStringLiteral("kws_savedmodel_float.tflite");
        QTest::newRow("dynamic range") << QStringLiteral("kws_ref_model_float32.tflite");
    }
    void keywordSpotting()
    {
        NEEDS_BOARD("qemu-m4");
        ESPALIER_NEEDS_SHARED("mlperf-tiny/models");
        QFETCH(QString, model);
        const auto read = readModel(sharedFolder() / "mlperf-tiny/models" / model.toStdString());
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        BenchOptions options;
        options.fidelityInputs = 2;
        const auto record = device::benchmark(*read, "qemu-m4", options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(QString::fromStdString(record->difference), QString());
        QVERIFY(record->instructions > 1000000);
    }

    void integerModelsAreExact_data()
    {
        QTest::addColumn<QString>("board");
        QTest::addColumn<QString>("model");
        for (const char *board : {"qemu-m4", "qemu-m0"}) {
            for (const char *model : {"kws_ref_model", "pretrainedResnet_quant", "vww_96_int8", "ad01_int8"})
                QTest::addRow("%s, %s", board, model) << QString::fromLatin1(board) << QString::fromLatin1(model);
        }
    }
    void integerModelsAreExact()
    {
        QFETCH(QString, board);
        QFETCH(QString, model);
        NEEDS_BOARD(board.toStdString());
        ESPALIER_NEEDS_SHARED("mlperf-tiny/models");
        const auto read = readModel(sharedFolder() / "mlperf-tiny/models" / (model.toStdString() + ".tflite"));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        BenchOptions options;
        options.fidelityInputs = 16;
        const auto record = device::benchmark(*read, board.toStdString(), options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(QString::fromStdString(record->difference), QString());
        QCOMPARE(record->exact, std::optional<bool>(true));
    }

    void accuracyOnTheBoardIsTheHosts()
    {
        NEEDS_BOARD("qemu-m4");
        ESPALIER_NEEDS_SHARED("mlperf-tiny/kws01/runner-layout");
        const auto model = readModel(sharedFolder() / "mlperf-tiny/models/kws_ref_model.tflite");
        const auto data = openDataset(sharedFolder() / "mlperf-tiny/kws01/runner-layout");
        QVERIFY(model && data);
        BenchOptions options;
        options.fidelityInputs = 0;
        options.validateSamples = 5;
        options.data = *data;
        options.scaling = impliedScaling((*model)->main()[(*model)->main().inputs[0]], (*data)->test).scaling;
        const auto record = device::benchmark(*model, "qemu-m4", options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(record->validated, std::size_t(5));
        QVERIFY(!record->exact);

        const auto program = Program::compile(*model);
        QVERIFY(program);
        ThreadPool pool(1);
        const auto host = evaluate(*program, (*data)->test.first(5), (*data)->labelKind, options.scaling, pool);
        QVERIFY(host);
        QCOMPARE(record->accuracy, std::optional<double>(host->accuracy));
    }

    void modelThatDoesNotFitSaysSo()
    {
        Graph graph;
        Tensor in, out;
        in.name = "in", out.name = "out";
        in.shape = out.shape = {1, 3000000};
        Operator op;
        op.kind = OpKind::tanh;
        op.typeName = "TANH";
        op.inputs = graph.inputs = {graph.addTensor(in)};
        op.outputs = graph.outputs = {graph.addTensor(out)};
        graph.operators.push_back(op);
        const auto record = device::benchmark(modelOf(std::move(graph)), "qemu-m4", {}, {});
        if (!(*device::findBoard("qemu-m4"))->info().available)
            QSKIP("the board's tools are missing");
        QVERIFY(!record);
        QVERIFY(record.error().message.find("12000000 bytes") != std::string::npos);
    }

    void cancelEndsIt()
    {
        NEEDS_BOARD("qemu-m4");
        RandomGraph random(3);
        random.addFullyConnected(DType::int8);
        std::stop_source stop;
        stop.request_stop();
        const auto record = device::benchmark(modelOf(random.take()), "qemu-m4", {}, Progress(stop.get_token(), {}));
        QVERIFY(!record);
        QCOMPARE(record.error().code, ErrorCode::cancelled);
    }
};

QTEST_GUILESS_MAIN(TestQemu)
#include "tst_qemu.moc"
