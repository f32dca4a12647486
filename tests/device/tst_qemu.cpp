// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The whole path on the emulated board: plan, sources, cross compiler, emulator, protocol, comparison with the host.
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/study/figuresource.h"
#include "core/study/reproduction.h"
#include "device/boards/board.h"
#include "device/emulator/executiontrace.h"
#include "randomgraph.h"
#include "support/shareddata.h"

#include <QtTest>

#include <cmath>

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
            if (i % 2 == 0) {
                random.addConv2D(DType::int16);
                random.addDepthwise(DType::int16);
                random.addFullyConnected(DType::int16);
                random.addNetwork(DType::int16);
            }
            if (i % 10 == 0) {
                random.addClustered(DType::int8);
                random.addSparse();
                random.addSparse(DType::float32);
                random.addGrouped();
                random.addBinary();
            }
        }
        BenchOptions options;
        options.fidelityInputs = 2;
        const auto record =
            device::benchmark(modelOf(random.take()), board.toStdString() + ":forms=compact", options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(QString::fromStdString(record->difference), QString());
    }

    // Arm 100166, table 3-1 and section 7.2.3; Arm DDI 0484, table 3-1.
    void documentedTimes_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("instruction");
        QTest::addColumn<bool>("taken");
        QTest::addColumn<int>("cycles");
        QTest::addColumn<int>("refills");
        QTest::addColumn<int>("onM0");
        const auto row = [](const char *before, const char *text, bool taken, int cycles, int refills, int onM0) {
            QTest::addRow("%s; %s %d", before, text, taken)
                << QString::fromLatin1(before) << QString::fromLatin1(text) << taken << cycles << refills << onM0;
        };
        row("", "adds r1, r2, r3", false, 1, 0, 1);
        row("", "muls r1, r2, r1", false, 1, 0, 1);
        row("", "smlad r1, r2, r3, r1", false, 1, 0, 1);
        row("", "ldr r1, [r2, #4]", false, 2, 0, 2);
        row("ldr r3, [r2]", "ldr r1, [r2, #4]", false, 1, 0, 2);
        row("ldr r2, [r3]", "ldr r1, [r2, #4]", false, 2, 0, 2); // its address comes from memory
        row("adds r2, #4", "ldr r1, [r2]", false, 3, 0, 2);
        row("adds r2, #4", "ldr r1, [r22]", false, 2, 0, 2);
        row("cmp r2, r3", "ldr r1, [r2]", false, 2, 0, 2);
        row("", "strb r1, [r2, #4]", false, 1, 0, 2);
        row("", "str r1, [r2, r3]", false, 2, 0, 2);
        row("", "ldrd r1, r3, [r2]", false, 3, 0, 2);
        row("", "ldm r1!, {r2, r3, r4}", false, 4, 0, 4);
        row("", "push {r4, lr}", false, 3, 0, 3);
        row("", "pop {r4, pc}", true, 3, 1, 5);
        row("", "bne #0x10", true, 1, 1, 2);
        row("", "bne #0x10", false, 1, 0, 1);
        row("", "bl #0x10", true, 1, 1, 3);
        row("", "bics r1, r2", false, 1, 0, 1);
        row("adds r1, r2, r3", "it ne", false, 0, 0, 1);
        row("", "vldr s0, [r1]", false, 2, 0, 1);
        row("", "vmul.f32 s0, s1, s2", false, 1, 0, 1);
        row("vmul.f32 s1, s3, s3", "vadd.f32 s0, s1, s2", false, 2, 0, 1);
        row("vmul.f32 s1, s3, s3", "vadd.f32 s0, s11, s2", false, 1, 0, 1);
        row("vmul.f32 s0, s3, s3", "vfma.f32 s0, s1, s2", false, 3, 0, 1); // only the sum waits
        row("", "vdiv.f32 s0, s1, s2", false, 14, 0, 1);
        row("", "vpush {d8, d9}", false, 5, 0, 5);
    }
    void documentedTimes()
    {
        QFETCH(QString, before);
        QFETCH(QString, instruction);
        QFETCH(bool, taken);
        QFETCH(int, cycles);
        QFETCH(int, refills);
        QFETCH(int, onM0);
        const auto listed = [](const QString &text) {
            const auto space = text.indexOf(QLatin1Char(' '));
            return device::ListedInstruction{text.left(space).toStdString(), text.mid(space + 1).toStdString(), false};
        };
        const device::ListedInstruction now = listed(instruction), previous = listed(before);
        const auto *last = before.isEmpty() ? nullptr : &previous;
        const device::Spent onM4 = device::timeOf(device::TimedCore::cortexM4, now, last, taken);
        QCOMPARE(int(onM4.cycles), cycles);
        QCOMPARE(int(onM4.refills), refills);
        if (!instruction.startsWith(QLatin1String("v")) && !instruction.startsWith(QLatin1String("ldrd")))
            QCOMPARE(int(device::timeOf(device::TimedCore::cortexM0Plus, now, last, taken).cycles), onM0);
        QCOMPARE(device::isBranch(now), instruction.startsWith(QLatin1String("bne")) ||
                                            instruction.startsWith(QLatin1String("bl ")) ||
                                            instruction.contains(QLatin1String("pc")));
    }

    // A log as QEMU writes it: a caller at 0x100, what it calls at 0x200 with a loop, a splitter at 0x300.
    void logOfExecutionIsAddedUp()
    {
        const std::string log = "----------------\nIN: \n0x00000100:  f000 f87e  bl       #0x200\n\n"
                                "Trace 0: 0x7f0000000100 [00800408/00000100/00000110/ff020200] \n"
                                "IN: \n0x00000200:  2103       movs     r1, #3\n"
                                "0x00000202:  f8d2 3d88  ldr.w    r3, [r2, #0xd88]\n"
                                "0x00000206:  3901       subs     r1, #1\n"
                                "0x00000208:  d1fb       bne      #0x202\n\n"
                                "Trace 0: 0x7f0000000200 [00800408/00000200/00000110/ff020200] \n"
                                "IN: \n0x00000202:  f8d2 3d88  ldr.w    r3, [r2, #0xd88]\n"
                                "0x00000206:  3901       subs     r1, #1\n"
                                "0x00000208:  d1fb       bne      #0x202\n\n"
                                "Trace 0: 0x7f0000000300 [00800408/00000202/00000110/ff020200] \n"
                                "Stopped execution of TB chain before 0x7f0000000300 [00000202] \n"
                                "Trace 0: 0x7f0000000300 [00800408/00000202/00000110/ff020200] \n"
                                "Trace 0: 0x7f0000000300 [00800408/00000202/00000110/ff020200] \n"
                                "IN: \n0x0000020a:  f000 f879  bl       #0x300\n\n"
                                "Trace 0: 0x7f0000000400 [00800408/0000020a/00000110/ff020200] \n"
                                "IN: \n0x00000300:  4770       bx       lr\n\n"
                                "Trace 0: 0x7f0000000500 [00800408/00000300/00000110/ff020200] \n"
                                "IN: \n0x0000020e:  4770       bx       lr\n\n"
                                "Trace 0: 0x7f0000000600 [00800408/0000020e/00000110/ff020200] \n"
                                "IN: \n0x00000104:  4770       bx       lr\n\n"
                                "Trace 0: 0x7f0000000700 [00800408/00000104/00000110/ff020200] \n";
        for (const std::size_t piece : {log.size(), std::size_t(7)}) {
            device::ExecutionTrace trace(device::TimedCore::cortexM4, {0x100, 0x10}, {0x300, 0x10});
            for (std::size_t at = 0; at < log.size(); at += piece)
                trace.read(std::string_view(log).substr(at, piece));
            const auto &parts = trace.parts();
            QCOMPARE(parts.size(), std::size_t(2));
            QCOMPARE(parts[0].instructions, 11); // three times round, and the call
            QCOMPARE(parts[0].cycles, 1 + 3 * 4 + 1);
            QCOMPARE(parts[0].refills, 3); // twice back, and the call
            QCOMPARE(parts[1].instructions, 1);
            QCOMPARE(parts[1].refills, 1);
        }
        device::ExecutionTrace nothing(device::TimedCore::cortexM4, {0x100, 0x10}, {});
        nothing.read("Trace 0: [/\nTrace\n0x\n0x1\nIN:\nTrace 0: 0x7f [0/200/0/0]\nqemu: what?\n");
        QVERIFY(nothing.parts().empty());
    }

    // The same method on the processor that a cycle-true emulator knows, and on the one that only documents tell of.
    void cyclesAreEstimated()
    {
        NEEDS_BOARD("qemu-m4");
        RandomGraph random(5);
        random.addConv2D(DType::int8);
        random.addDepthwise(DType::int8);
        random.addFullyConnected(DType::int8);
        random.addNetwork();
        const auto model = modelOf(random.take());
        BenchOptions options;
        options.perLayer = true;
        options.fidelityInputs = 1;
        const auto m4 = device::benchmark(model, "qemu-m4:clock=64", options, {});
        QVERIFY2(m4, m4 ? "" : m4.error().message.c_str());
        QCOMPARE(m4->timeSource, Source::estimated);
        QVERIFY(*m4->cycles > *m4->instructions && *m4->cycles < 2 * *m4->instructions);
        QVERIFY(*m4->latencyMsMin < *m4->latencyMs && *m4->latencyMs < *m4->latencyMsMax);
        QVERIFY(qAbs(*m4->latencyMs - double(*m4->cycles) / 64e3) < 1e-9);
        QVERIFY(m4->measuredOn.find("estimated from the core's documented instruction times") != std::string::npos);
        std::int64_t sum = 0;
        for (const LayerProfile &layer : m4->layers)
            sum += layer.cycles.value_or(0);
        QVERIFY(sum > *m4->cycles * 9 / 10 && sum < *m4->cycles * 11 / 10);
        Row row;
        fill(row, *m4);
        QCOMPARE(figureSource(row, Column::latencyMs), Source::estimated);
        QCOMPARE(figureSource(row, Column::instructions), Source::counted);

        options.useRunner = true;
        QVERIFY(!device::benchmark(model, "qemu-m4:clock=64", options, {})); // it has no functions to follow
        QVERIFY(!device::benchmark(model, "qemu-m4:weights=sram", {}, {}));
        QVERIFY(!device::benchmark(model, "qemu-m7:clock=64", {}, {}));
        QVERIFY(!device::benchmark(model, "qemu-m4:forms=thin", {}, {}));

        if (!device::boardInfo("pico-emulated")->available)
            QSKIP("no emulated Pico");
        const auto m0 = device::benchmark(model, "qemu-m0:clock=125", {}, {});
        const auto pico = device::benchmark(model, "pico-emulated", {}, {});
        QVERIFY(m0 && pico);
        const double ratio = double(*m0->cycles) / double(*pico->cycles);
        QVERIFY2(ratio > 0.98 && ratio < 1.02, qPrintable(QString::number(ratio)));
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
        const auto host = evaluate(*program, (*data)->test.spread(5), (*data)->labelKind, options.scaling, pool);
        QVERIFY(host);
        QCOMPARE(record->accuracy, std::optional<double>(host->accuracy));
    }

    /// Audi et al.'s second table, on recordings of a motion sensor: what each step of their chain buys on a board.
    void theChainOfPruningIsMeasuredOnGestures()
    {
        NEEDS_BOARD("qemu-m4");
        ESPALIER_NEEDS_SHARED("data/imu-digit-gestures");
        const Result<DatasetPtr> data = openDataset(sharedFolder() / "data/imu-digit-gestures");
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        ReproductionRequest request;
        request.table = findPaperTable("audi-2");
        request.data = *data;
        request.epochs = 1;
        const BenchFunction bench = [](const ModelPtr &model, const std::string &board, const BenchOptions &options,
                                       const Progress &progress) {
            return device::benchmark(model, board, options, progress);
        };
        const Result<Reproduction> table = reproduce(request, bench, {});
        QVERIFY2(table, table ? "" : table.error().message.c_str());
        QCOMPARE(table->rows.size(), std::size_t(4));
        std::vector<double> time, ram, flash;
        for (const ReproducedRow &row : table->rows) {
            QVERIFY2(row.row.status() == Status::ok, row.row.text(Column::why).c_str());
            QCOMPARE(row.row.text(Column::fidelity), std::string("exact"));
            QVERIFY(row.cells[0].ends_with("ms (estimated)"));
            time.push_back(*row.row.number(Column::latencyMs));
            ram.push_back(*row.row.number(Column::ramBytes));
            flash.push_back(*row.row.number(Column::flashBytes));
        }
        // Masks alone buy nothing; half the filters halve the time and the arena; int8 takes a quarter of that.
        QVERIFY(std::abs(time[1] / time[0] - 1) < 0.01 && ram[1] == ram[0] && flash[1] == flash[0]);
        QVERIFY(time[2] < 0.6 * time[0] && ram[2] < 0.6 * ram[0] && flash[2] < flash[0]);
        QVERIFY(time[3] < 0.7 * time[2] && ram[3] < 0.35 * ram[2]);
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
