// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The resident runner gives what the model's own build gives, without a compiler, plan after plan.
#include "core/base/file.h"
#include "core/formats/modelformat.h"
#include "device/bench/layerfidelity.h"
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/emulator/qemu.h"
#include "device/plan/planimage.h"
#include "device/protocol/dut.h"
#include "device/transport/serialport.h"
#include "randomgraph.h"
#include "support/shareddata.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::test;

#define NEEDS(condition)                                                                                               \
    if (const std::string missing = condition; !missing.empty())                                                       \
    QSKIP(missing.c_str())

namespace {

BoardInfo info(const char *board)
{
    return (*device::findBoard(board))->info();
}

ModelPtr smallModel(unsigned seed)
{
    RandomGraph random(seed);
    random.addConv2D(DType::int8);
    random.addFullyConnected(DType::int8);
    random.addNetwork();
    return modelOf(random.take());
}

} // namespace

class TestResidentRunner : public QObject
{
    Q_OBJECT

private slots:
    void equalsTheModelsOwnBuild_data()
    {
        QTest::addColumn<QString>("board");
        QTest::addColumn<QString>("model");
        for (const char *board : {"qemu-m4", "qemu-m0"}) {
            for (const char *model : {"kws_ref_model", "pretrainedResnet_quant", "vww_96_int8", "ad01_int8"})
                QTest::addRow("%s %s", board, model) << QString::fromLatin1(board) << QString::fromLatin1(model);
        }
    }
    void equalsTheModelsOwnBuild()
    {
        QFETCH(QString, board);
        QFETCH(QString, model);
        ESPALIER_NEEDS_SHARED("mlperf-tiny/models");
        const std::string id = board.toStdString();
        NEEDS(info(id.c_str()).missing);
        NEEDS(info(id.c_str()).missingForRunner);
        const auto file = readModel(sharedFolder() / "mlperf-tiny/models" / (model.toStdString() + ".tflite"));
        QVERIFY2(file, file ? "" : file.error().message.c_str());
        BenchOptions options;
        options.fidelityInputs = 1;
        options.perLayer = model == QLatin1String("ad01_int8"); // it costs a build of its own
        const auto own = device::benchmark(*file, id, options, {});
        options.useRunner = true;
        const auto byRunner = device::benchmark(*file, id, options, {});
        QVERIFY2(own, own ? "" : own.error().message.c_str());
        QVERIFY2(byRunner, byRunner ? "" : byRunner.error().message.c_str());
        QCOMPARE(byRunner->exact, std::optional<bool>(true));
        QCOMPARE(byRunner->arenaBytes, own->arenaBytes);
        QCOMPARE(byRunner->layers.size(), own->layers.size());
        const double ratio = double(*byRunner->instructions) / double(*own->instructions);
        QVERIFY2(ratio > 0.98 && ratio < 1.02, qPrintable(QString::number(ratio)));
        const std::int64_t padding = *own->weightsFlashBytes - *byRunner->weightsFlashBytes; // the linker's
        QVERIFY2(padding >= 0 && padding < 64, qPrintable(QString::number(padding)));
        QCOMPARE(byRunner->staticRamBytes, own->staticRamBytes);
        QCOMPARE(byRunner->ramBytes, *own->ramBytes - *own->stackBytes + *byRunner->stackBytes);
        QVERIFY(qAbs(*byRunner->stackBytes - *own->stackBytes) < 256);
        QVERIFY(!byRunner->codeFlashBytes && !byRunner->flashBytes); // the runner's code is not the model's
    }

    void needsNoCompiler()
    {
        NEEDS(info("qemu-m4").missingForRunner);
        const QByteArray path = qgetenv("PATH");
        QTemporaryDir tools;
        QVERIFY(QFile::link(QStandardPaths::findExecutable(QStringLiteral("qemu-system-arm")),
                            tools.filePath(QStringLiteral("qemu-system-arm"))));
        qputenv("PATH", tools.path().toUtf8());
        BenchOptions options;
        options.useRunner = true;
        bool exact = true;
        for (unsigned seed = 1; seed < 6; ++seed) { // one after another on the same board
            const auto record = device::benchmark(smallModel(seed), "qemu-m4", options, {});
            exact = exact && record && record->exact == std::optional<bool>(true);
        }
        const auto own = device::benchmark(smallModel(1), "qemu-m4", {}, {});
        qputenv("PATH", path);
        QVERIFY(exact);
        QVERIFY(!own); // there was no compiler
    }

    void refusesDamageAndLives()
    {
        NEEDS(info("qemu-m0").missingForRunner);
        const auto runner = device::ResidentRunner::find("qemu-m0");
        QVERIFY(runner);
        auto link = device::Qemu::find()->start("mps2-an385", runner->image());
        QVERIFY(link);
        device::Dut dut(std::move(*link), {});
        QVERIFY(dut.waitUntilReady(std::chrono::seconds(20)));
        const auto plan = device::makePlan(*smallModel(7), device::KernelFamily::thumb);
        QVERIFY(plan);
        const auto image = device::writePlanImage(*plan);
        const auto isRefused = [&](const std::vector<std::uint8_t> &wrong, std::string_view why) {
            const auto loaded = dut.loadPlan(wrong);
            return !loaded && loaded.error().message.find(why) != std::string::npos;
        };
        auto damaged = image;
        damaged[damaged.size() / 2] ^= 1;
        QVERIFY(isRefused(damaged, "the plan is damaged"));

        // Whoever made the checksum right: a layer with more outputs than its tensors have, and more memory than there
        // is.
        const auto forged = [&](const auto &change) {
            device::ExecutionPlan other = *plan;
            change(other);
            return device::writePlanImage(other);
        };
        QVERIFY(isRefused(forged([](device::ExecutionPlan &other) {
                              for (device::PlanStep &step : other.steps)
                                  for (device::PlanSetting &setting : step.settings)
                                      if (setting.name == "batches")
                                          setting.value = 1000;
                          }),
                          "a layer of the plan leaves its tensors"));
        QVERIFY(isRefused(forged([](device::ExecutionPlan &other) { other.arenaBytes = 1u << 30; }),
                          "the plan needs more memory than there is"));
        const std::span<const std::uint8_t> whole(image);
        QVERIFY(!dut.loadPlan(whole.first(image.size() - 8)));
        QCOMPARE(dut.profile()->model, std::string("none"));
        QVERIFY(dut.loadPlan(image));
        QVERIFY(dut.run(std::chrono::seconds(20)));
    }

    void tellsAFaultAfterItsRestart()
    {
        NEEDS(info("qemu-m0").missingForRunner);
        for (const auto &[board, machine] : {std::pair("qemu-m0", "mps2-an385"), std::pair("qemu-m4", "mps2-an386")}) {
            auto link = device::Qemu::find()->start(machine, device::ResidentRunner::find(board)->image());
            QVERIFY(link);
            QVERIFY((*link)->write("x-fault-test%", std::chrono::seconds(1)));
            device::Dut dut(std::move(*link), {});
            QVERIFY(dut.waitUntilReady(std::chrono::seconds(20)));
            const auto stopped = dut.waitUntilReady(std::chrono::seconds(20)); // instead of an answer
            QVERIFY(!stopped);
            QVERIFY2(stopped.error().message.find("stopped with a fault") != std::string::npos,
                     stopped.error().message.c_str());
            const std::string told = dut.lastFault();
            QVERIFY2(told.starts_with("pc 0000") && told.find(" lr ") != std::string::npos, told.c_str());
            QCOMPARE(dut.lastFault(), std::string());
            QCOMPARE(dut.profile()->name, std::string("espalier"));
        }
    }

    // As a board of somebody else: found by its serial line, measured with the commands of the MLPerf Tiny runner.
    void isMeasuredThroughASerialPort()
    {
        NEEDS(info("qemu-m4").missingForRunner);
        const auto runner = device::ResidentRunner::find("qemu-m4");
        QVERIFY(runner);
        QProcess qemu;
        qemu.start(QStringLiteral("qemu-system-arm"),
                   {QStringLiteral("-M"), QStringLiteral("mps2-an386"), QStringLiteral("-icount"),
                    QStringLiteral("shift=7"), QStringLiteral("-display"), QStringLiteral("none"),
                    QStringLiteral("-monitor"), QStringLiteral("none"), QStringLiteral("-serial"),
                    QStringLiteral("pty"), QStringLiteral("-kernel"),
                    QString::fromStdString(runner->image().string())});
        QByteArray said;
        static const QRegularExpression redirected(QStringLiteral("/dev/pts/[0-9]+"));
        QRegularExpressionMatch port;
        for (int i = 0; i < 100 && !port.hasMatch(); ++i) {
            qemu.waitForReadyRead(200);
            said += qemu.readAllStandardOutput() + qemu.readAllStandardError();
            port = redirected.match(QString::fromLatin1(said));
        }
        QVERIFY2(port.hasMatch(), said);
        const std::string line = port.captured().toStdString();
        const ModelPtr model = smallModel(3);
        {
            auto link = device::openSerialPort(line);
            QVERIFY2(link, link ? "" : link.error().message.c_str());
            device::Dut dut(std::move(*link), {});
            QVERIFY(dut.greet());
            const auto plan = device::makePlan(*model, device::KernelFamily::dsp);
            QVERIFY(plan && dut.loadPlan(device::writePlanImage(*plan)));
        }
        const auto record = device::benchmark(model, "serial@" + line, {}, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(record->board, "serial@" + line);
        QVERIFY(record->runs >= 10 && *record->latencyMs > 0);
        QVERIFY(double(record->runs) * *record->latencyMs > 900);
        qemu.kill();
        qemu.waitForFinished();
    }

    void namesTheFirstLayerThatDiffers()
    {
        NEEDS(info("qemu-m4").missingForRunner);
        const auto runner = device::ResidentRunner::find("qemu-m4");
        QVERIFY(runner);
        auto link = device::Qemu::find()->start("mps2-an386", runner->image());
        QVERIFY(link);
        device::Dut dut(std::move(*link), {});
        QVERIFY(dut.waitUntilReady(std::chrono::seconds(20)));
        const ModelPtr model = smallModel(3);
        auto plan = device::makePlan(*model, device::KernelFamily::dsp);
        QVERIFY(plan);
        const auto search = [&]() -> Result<std::string> {
            if (const auto loaded = dut.loadPlan(device::writePlanImage(*plan)); !loaded)
                return loaded.error();
            if (const auto profiled = dut.setProfile(true); !profiled)
                return profiled.error();
            return device::firstDifferingLayer(dut, *plan, *model, 0, std::chrono::seconds(20), {});
        };
        const auto nothing = search();
        QVERIFY2(nothing, nothing ? "" : nothing.error().message.c_str());
        QCOMPARE(*nothing, std::string());

        // A layer after the first, whose weights are spoilt on their way to the board.
        const auto readsWeights = [&](const device::PlanStep &step) {
            return std::ranges::any_of(step.arguments, [&](const device::PlanRef &ref) {
                return ref.kind == device::PlanRef::Kind::constant && plan->constants[ref.index].isWeight;
            });
        };
        const auto spoilt = std::find_if(plan->steps.begin() + 1, plan->steps.end(), readsWeights);
        QVERIFY(spoilt != plan->steps.end());
        for (const device::PlanRef &ref : spoilt->arguments) {
            if (ref.kind != device::PlanRef::Kind::constant || !plan->constants[ref.index].isWeight)
                continue;
            device::PlanConstant &weights = plan->constants[ref.index];
            Bytes bytes = *weights.data;
            for (std::uint8_t &byte : bytes)
                byte ^= 0x55;
            weights.data = std::make_shared<const Bytes>(std::move(bytes));
        }
        const auto found = search();
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        const std::string expected =
            "the first layer that differs is number " + std::to_string(spoilt - plan->steps.begin() + 1) + " of " +
            std::to_string(plan->steps.size()) + ", " + spoilt->typeName + " '" + spoilt->name + "': ";
        QVERIFY2(found->starts_with(expected), (*found + " / " + expected).c_str());
    }

    // A runner that grows into the place of its plan is not linked; an image of one model has no such place.
    void endsBeforeItsPlan_data()
    {
        QTest::addColumn<QString>("chip");
        QTest::addColumn<int>("kibibytes"); // before the plan
        QTest::newRow("mps2") << QStringLiteral("mps2") << 1024;
        QTest::newRow("nrf52840") << QStringLiteral("nrf52840") << 192;
        QTest::newRow("rp2040") << QStringLiteral("rp2040") << 512;
        QTest::newRow("rp2350") << QStringLiteral("rp2350") << 512;
    }
    void endsBeforeItsPlan()
    {
        QFETCH(QString, chip);
        QFETCH(int, kibibytes);
        if (QStandardPaths::findExecutable(QStringLiteral("arm-none-eabi-g++")).isEmpty())
            QSKIP("needs arm-none-eabi-g++");
        QTemporaryDir folder;
        const auto linked = [&](int size, bool isRunner) {
            QFile source(folder.filePath(QStringLiteral("image.cpp")));
            if (!source.open(QIODevice::WriteOnly))
                return QByteArray("no file");
            source.write("extern \"C\" { extern const char planStoreStart[]; void reset() {}\n"
                         "__attribute__((section(\".boot2\"), used)) const char boot2[256] = {1};\n"
                         "__attribute__((section(\".text\"), used)) const char code[" +
                         QByteArray::number(size) + "] = {1};\n" +
                         (isRunner ? "__attribute__((section(\".vectors\"), used)) const char *const plan = "
                                     "planStoreStart;\n"
                                   : "") +
                         "}\n");
            source.close();
            QProcess compiler;
            compiler.start(QStringLiteral("arm-none-eabi-g++"),
                           {QStringLiteral("-mcpu=cortex-m0plus"), QStringLiteral("-mthumb"),
                            QStringLiteral("-nostdlib"), QStringLiteral("-T"),
                            QStringLiteral(ESPALIER_SOURCE_DIR "/device/firmware/%1.ld").arg(chip), source.fileName(),
                            QStringLiteral("-o"), folder.filePath(QStringLiteral("image.elf"))});
            compiler.waitForFinished();
            return compiler.exitCode() == 0 ? QByteArray() : compiler.readAllStandardError();
        };
        const int room = kibibytes << 10;
        QCOMPARE(linked(1024, true), QByteArray());
        QVERIFY(linked(room, true).contains("the resident runner reaches into its plan's place"));
        QCOMPARE(linked(room, false), QByteArray());
    }

    // The committed images are what the committed sources give.
    void isBuiltFromTheseSources()
    {
        const QString folder = QStringLiteral(ESPALIER_SOURCE_DIR "/resources/runners/");
        QTemporaryDir built;
        QProcess build;
        build.start(folder + QStringLiteral("build"), {built.path()});
        if (QStandardPaths::findExecutable(QStringLiteral("arm-none-eabi-g++")).isEmpty())
            QSKIP("needs arm-none-eabi-g++");
        QVERIFY(build.waitForFinished(300000));
        QCOMPARE(build.exitCode(), 0);
        const auto lines = [](const QString &path) {
            QFile file(path + QStringLiteral("/made-from"));
            return file.open(QIODevice::ReadOnly) ? file.readAll().split('\n') : QByteArrayList();
        };
        const QByteArrayList committed = lines(folder), now = lines(built.path());
        QVERIFY2(committed.value(0) == now.value(0), "the sources have changed: run resources/runners/update");
        if (committed.value(1) != now.value(1))
            QSKIP("another compiler makes other bytes");
        const QStringList images = QDir(built.path()).entryList({QStringLiteral("*.elf")});
        QCOMPARE(images, QDir(folder).entryList({QStringLiteral("*.elf")}));
        for (const QString &name : images) {
            const auto old = readFile((folder + name).toStdString()),
                       fresh = readFile(built.filePath(name).toStdString());
            QVERIFY(old && fresh);
            QVERIFY2(*old == *fresh, qPrintable(name));
        }
    }
};

QTEST_GUILESS_MAIN(TestResidentRunner)
#include "tst_residentrunner.moc"
