// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The emulated Raspberry Pi Pico, through the same path as every board.
#include "core/base/file.h"
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/boards/selftest.h"
#include "device/codegen/deployment.h"
#include "device/emulator/emulatedpico.h"
#include "device/flash/uf2.h"
#include "device/plan/planbuilder.h"
#include "device/plan/planimage.h"
#include "device/protocol/dut.h"
#include "device/transport/serialport.h"
#include "fakeworld.h"
#include "randomgraph.h"
#include "support/shareddata.h"

#include <QtTest>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <numeric>
#include <termios.h>
#include <unistd.h>

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
        return device::EmulatedPico::find()->start(image, device::EmulatedPico::Line::usb);
    }

    QTemporaryDir m_folder;
};

// The resident runner on an emulated Pico whose USB serial line is a pseudo-terminal.
class PicoOnAPort
{
public:
    bool start()
    {
        const auto pico = device::EmulatedPico::find();
        const auto runner = device::ResidentRunner::find("pico");
        m_master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (!pico || !runner || m_master < 0 || grantpt(m_master) != 0 || unlockpt(m_master) != 0)
            return false;
        line = ptsname(m_master);
        m_held = open(line.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC); // it stays when a program closes it
        termios raw = {};
        if (tcgetattr(m_held, &raw) != 0)
            return false;
        cfmakeraw(&raw);
        tcsetattr(m_held, TCSANOW, &raw);
        const auto command = pico->command(runner->image(), device::EmulatedPico::Line::usb);
        QStringList arguments;
        for (const std::string &argument : command.arguments)
            arguments.append(QString::fromStdString(argument));
        process.setChildProcessModifier([this] {
            dup2(m_master, STDIN_FILENO);
            dup2(m_master, STDOUT_FILENO);
        });
        process.start(QString::fromStdString(command.program.string()), arguments);
        return process.waitForStarted();
    }

    ~PicoOnAPort()
    {
        process.kill();
        process.waitForFinished();
        close(m_held);
        close(m_master);
    }

    QProcess process;
    std::string line;

private:
    int m_master = -1, m_held = -1;
};

/// The resident runner behind that line, with the model's plan in its store.
Result<std::unique_ptr<device::Dut>> runnerWith(const Model &model, const PicoOnAPort &pico)
{
    auto port = device::openSerialPort(pico.line);
    if (!port)
        return port.error();
    auto dut = std::make_unique<device::Dut>(std::move(*port), Progress());
    if (const auto greeted = dut->greet(); !greeted)
        return greeted.error();
    const auto plan = device::makePlan(model, device::KernelFamily::thumb);
    if (!plan)
        return plan.error();
    if (const auto loaded = dut->loadPlan(device::writePlanImage(*plan)); !loaded)
        return loaded.error();
    return dut;
}

// What it says up to m-ready, line by line.
QStringList say(device::Link &link, const QString &command)
{
    std::string said;
    if (!link.write((command + QLatin1Char('%')).toStdString(), std::chrono::seconds(1)))
        return {};
    while (said.find("m-ready\r\n") == std::string::npos && link.read(said, std::chrono::milliseconds(20000))) {
    }
    return QString::fromStdString(said).split(QStringLiteral("\r\n"), Qt::SkipEmptyParts);
}

const QString ready = QStringLiteral("m-ready");
const QRegularExpression lap(QStringLiteral("^m-lap-us-([0-9]+)$"));

// As many bytes as fit into a command of the harness.
bool download(device::Link &link, const QByteArray &sample)
{
    const QString count = QString::number(sample.size());
    if (say(link, QStringLiteral("db load ") + count) !=
        QStringList({QStringLiteral("m-[Expecting %1 bytes]").arg(count), ready}))
        return false;
    for (qsizetype at = 0; at < sample.size(); at += 31) {
        QStringList expected = {ready};
        if (at + 31 >= sample.size())
            expected.prepend(QStringLiteral("m-load-done"));
        if (say(link, QStringLiteral("db ") + QString::fromLatin1(sample.mid(at, 31).toHex())) != expected)
            return false;
    }
    return true;
}

struct Inference
{
    qint64 microseconds = 0;
    QStringList results; // none where the answer is not as it must be
};

Inference infer(device::Link &link, int runs, int warmups)
{
    static const QRegularExpression results(
        QStringLiteral("^m-results-\\[(-?[0-9]+\\.[0-9]{3}(?:,-?[0-9]+\\.[0-9]{3})*)\\]$"));
    const QStringList said = say(link, QStringLiteral("infer %1 %2").arg(runs).arg(warmups));
    if (said.size() != 8 || said[0] != QStringLiteral("m-warmup-start-%1").arg(warmups) ||
        said[1] != QLatin1String("m-warmup-done") || said[2] != QStringLiteral("m-infer-start-%1").arg(runs) ||
        said[5] != QLatin1String("m-infer-done") || said[7] != ready)
        return {};
    const auto start = lap.match(said[3]), end = lap.match(said[4]), printed = results.match(said[6]);
    if (!start.hasMatch() || !end.hasMatch() || !printed.hasMatch())
        return {};
    return {end.captured(1).toLongLong() - start.captured(1).toLongLong(), printed.captured(1).split(QLatin1Char(','))};
}

// As the runner reads results: shares of their sum, of which the first largest is the class.
int predicted(const QStringList &results)
{
    std::vector<double> shares;
    for (const QString &result : results)
        shares.push_back(result.toDouble());
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (double &share : shares)
        share /= sum;
    return int(std::max_element(shares.begin(), shares.end()) - shares.begin());
}

// What the runner sends, and what must come back.
struct GoldenSample
{
    QByteArray sent;
    QStringList results;
    int predicted;
};

QByteArray contents(const std::filesystem::path &path)
{
    const auto bytes = readFile(path);
    return bytes ? QByteArray(reinterpret_cast<const char *>(bytes->data()), qsizetype(bytes->size())) : QByteArray();
}

// Of keywords the first ones of the harness's set, of others pseudo-random ones, in the reference models' numbers.
std::vector<GoldenSample> goldenSamples(const QString &id, const QString &file, const Model &model)
{
    const std::filesystem::path folder = sharedFolder() / "mlperf-tiny";
    const QByteArray keywords = contents(folder / "kws01/kws01_inputs.bin"),
                     heard = contents(folder / "kws01/kws01_int8_outputs.bin");
    const Graph &graph = model.main();
    const auto real = [&](TensorId tensor, char value) {
        const Quantization &quantization = graph[tensor].quantization;
        return quantization.scale[0] * float(std::int8_t(value) - quantization.zeroPoint[0]);
    };
    std::vector<GoldenSample> samples;
    for (int k = 0; k < (id == QLatin1String("kws01") ? 3 : 1); ++k) {
        const std::string name = "golden/" + file.toStdString() + '.', number = std::to_string(k) + ".bin";
        GoldenSample sample{contents(folder / (name + "in" + number)), {}, 0};
        QByteArray out = contents(folder / (name + "out" + number));
        if (id == QLatin1String("kws01")) {
            sample.sent = keywords.mid(490 * k, 490);
            out = heard.mid(12 * k, 12);
        }
        sample.predicted = int(
            std::max_element(out.begin(), out.end(), [](char a, char b) { return std::int8_t(a) < std::int8_t(b); }) -
            out.begin());
        if (id == QLatin1String("ad01")) { // floats, and the error of their reconstruction
            std::vector<float> spectrum;
            double sum = 0;
            for (qsizetype i = 0; i < out.size(); ++i) {
                spectrum.push_back(real(graph.inputs[0], sample.sent[i]));
                sum += std::pow(double(real(graph.outputs[0], out[i])) - double(spectrum.back()), 2);
            }
            sample.sent = QByteArray(reinterpret_cast<const char *>(spectrum.data()), qsizetype(4 * spectrum.size()));
            sample.results = {QString::number(sum / 640, 'f', 3)};
        } else {
            if (id != QLatin1String("kws01")) { // pictures of bytes
                for (char &value : sample.sent)
                    value = char(value ^ 0x80);
            }
            for (const char value : out)
                sample.results.append(QString::number(double(real(graph.outputs[0], value)), 'f', 3));
        }
        samples.push_back(std::move(sample));
    }
    return samples;
}

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

    void settingsAreTried()
    {
        NEEDS_PICO();
        const auto model = smallModel();
        for (const bool byRunner : {true, false}) {
            BenchOptions options;
            options.useRunner = byRunner;
            options.fidelityInputs = 1;
            const auto usual = device::benchmark(model, "pico-emulated", options, {});
            const auto fast = device::benchmark(model, "pico-emulated:clock=200,weights=sram", options, {});
            QVERIFY2(usual, usual ? "" : usual.error().message.c_str());
            QVERIFY2(fast, fast ? "" : fast.error().message.c_str());
            QCOMPARE(fast->exact, std::optional(true));
            QCOMPARE(fast->board, std::string("pico-emulated:clock=200,weights=sram"));
            QVERIFY(fast->measuredOn.find("clock 200 MHz, weights in SRAM") != std::string::npos);
            QCOMPARE(*fast->cycles, *usual->cycles); // the emulator's memories do not wait
            QVERIFY(qAbs(*fast->latencyMs - double(*fast->cycles) / 200000) < 1e-9);
            QVERIFY(qAbs(*usual->latencyMs - double(*usual->cycles) / 125000) < 1e-9);
            if (!byRunner)
                QVERIFY(*fast->ramBytes >= *usual->ramBytes + *usual->weightsFlashBytes);
        }
        for (const char *wrong : {"pico-emulated:clock=126", "pico-emulated:weights=there", "pico-emulated:speed=1",
                                  "pico-emulated:clock", "qemu-m4:clock=125"})
            QCOMPARE(device::findBoard(wrong).error().code, ErrorCode::invalidArgument);
    }

    // The second boot stage reads over four lines where the chip does, and by 03h where it does not.
    void startsFromEveryFlashChip()
    {
        NEEDS_PICO();
        const auto runner = device::ResidentRunner::find("pico");
        QVERIFY(runner);
        const std::pair<const char *, const char *> chips[] = {
            {nullptr, "four lines"}, {"--quad-off", "four lines"}, {"--quad-never", "03h"}, {"--other-flash", "03h"}};
        for (const auto &[option, mode] : chips) {
            auto command = device::EmulatedPico::find()->command(runner->image(), device::EmulatedPico::Line::uart);
            if (option)
                command.arguments.push_back(option);
            QStringList arguments;
            for (const std::string &argument : command.arguments)
                arguments.append(QString::fromStdString(argument));
            QProcess pico;
            pico.start(QString::fromStdString(command.program.string()), arguments);
            while (!pico.peek(1000).contains("m-ready") && pico.waitForReadyRead(20000)) {
            }
            QVERIFY2(pico.readAllStandardOutput().contains("m-ready"), option);
            pico.closeWriteChannel();
            QVERIFY(pico.waitForFinished(20000));
            QVERIFY2(pico.readAllStandardError().contains(QByteArray("flash was read by ") + mode), option);
        }
    }

    // What a person copies to the drive.
    void anExportedUf2ImageRuns()
    {
        NEEDS_PICO();
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath(QStringLiteral("net")).toStdString();
        const auto written = device::findDeployment("uf2")->write(smallModel(), path);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        const auto file = readFile(path / "net-pico.uf2"), other = readFile(path / "net-pico2.uf2");
        QVERIFY(file && other);
        QVERIFY(device::readUf2(*other, device::uf2family::rp2350Arm));
        QVERIFY(!device::readUf2(*other, device::uf2family::rp2040));
        const auto image = device::readUf2(*file, device::uf2family::rp2040);
        QVERIFY2(image, image ? "" : image.error().message.c_str());
        PluggedPico world("pico");
        for (const auto &[address, bytes] : *image)
            std::copy(bytes.begin(), bytes.end(),
                      world.rom.flash.begin() + std::ptrdiff_t(address - ScriptedRom::flashStart));
        auto link = world.running();
        QVERIFY(link);
        device::Dut dut(*std::move(link), {});
        QVERIFY(dut.greet());
        QCOMPARE(dut.profile()->model, std::string("model"));
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
        const device::PhysicalBoard pico = *(*device::findBoard("pico"))->physical;
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
        const device::PhysicalBoard pico = *(*device::findBoard("pico"))->physical;
        PluggedPico world(pico.flash.board);
        auto steps = device::selfTest(world, pico, "1-2", smallModel(), {});
        QCOMPARE(steps.size(), std::size_t(8));
        for (const device::SelfTestStep &step : steps)
            QVERIFY2(step.passed, (step.what + ": " + step.said).c_str());
        QVERIFY(device::selfTestReport("Pico", steps).find("8 of 8 steps passed") != std::string::npos);

        world.isThere = false;
        steps = device::selfTest(world, pico, "1-2", smallModel(), {});
        QVERIFY(!steps.front().passed);
        QVERIFY(steps.back().said.find("not tried") != std::string::npos);
    }

    // Found by its serial line and measured as any board with firmware of its own.
    void isMeasuredOverUsb()
    {
        NEEDS_PICO();
        PicoOnAPort pico;
        QVERIFY(pico.start());
        const ModelPtr model = smallModel();
        {
            auto link = device::openSerialPort(pico.line);
            QVERIFY2(link, link ? "" : link.error().message.c_str());
            device::Dut dut(std::move(*link), {});
            QVERIFY(dut.greet());
            QCOMPARE(dut.lastFault(), std::string());
            QVERIFY(dut.temperature() && std::abs(*dut.temperature() - 20) < 0.5); // what the emulator's sensor shows
            const auto plan = device::makePlan(*model, device::KernelFamily::thumb);
            QVERIFY(plan && dut.loadPlan(device::writePlanImage(*plan)));
        }
        const auto record = device::benchmark(model, "serial@" + pico.line, {}, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QVERIFY(record->runs >= 10 && *record->latencyMs > 0);
    }

    // What the runner of mlcommons/tiny sends and how it reads the answers: its performance script, with fewer
    // inferences and of the smallest model alone, then its accuracy script. Real models on real or pseudo-random
    // samples, whose outputs are known.
    void answersTheMlPerfRunner_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("file");
        for (const auto &[id, file] :
             {std::pair("kws01", "kws_ref_model"), {"ic01", "pretrainedResnet_quant"}, {"ad01", "ad01_int8"}})
            QTest::newRow(id) << QString::fromLatin1(id) << QString::fromLatin1(file);
    }
    void answersTheMlPerfRunner()
    {
        QFETCH(QString, id);
        QFETCH(QString, file);
        NEEDS_PICO();
        ESPALIER_NEEDS_SHARED("mlperf-tiny/models");
        const auto model = readModel(sharedFolder() / "mlperf-tiny/models" / (file.toStdString() + ".tflite"));
        QVERIFY(model);
        PicoOnAPort pico;
        QVERIFY(pico.start());
        const auto started = runnerWith(**model, pico);
        QVERIFY2(started, started ? "" : started.error().message.c_str());
        device::Dut &dut = **started;
        QVERIFY(dut.fill(0));
        const auto ticks = dut.run(std::chrono::seconds(60));
        QVERIFY2(ticks, ticks ? "" : ticks.error().message.c_str());
        const std::unique_ptr<device::Link> link = dut.takeLink();

        QCOMPARE(say(*link, QStringLiteral("name")), QStringList({QStringLiteral("m-name-dut-[espalier]"), ready}));
        QCOMPARE(say(*link, QStringLiteral("profile")),
                 QStringList({QStringLiteral("m-profile-[ULPMark for tinyML Firmware V0.0.1]"),
                              QStringLiteral("m-model-[%1]").arg(id), ready}));
        QCOMPARE(say(*link, QStringLiteral("nonsense 1")),
                 QStringList({QStringLiteral("e-[Unknown command: nonsense]"), ready}));
        const auto samples = goldenSamples(id, file, **model);
        const double expected = double(*ticks) / 125; // microseconds
        const auto isRight = [&](const Inference &inference, int runs) {
            return qAbs(double(inference.microseconds) / runs - expected) < 2 + expected / 100;
        };
        for (int loop = 0; loop < 5 && id == QLatin1String("kws01"); ++loop) {
            QVERIFY(download(*link, samples.front().sent));
            QVERIFY(isRight(infer(*link, 2, 1), 2));
        }
        for (const GoldenSample &sample : samples) {
            QVERIFY(download(*link, sample.sent));
            const Inference inference = infer(*link, 1, 0);
            QCOMPARE(inference.results, sample.results);
            QVERIFY(isRight(inference, 1));
            const QString printed = inference.results.join(QLatin1Char(','));
            QCOMPARE(say(*link, QStringLiteral("results")),
                     QStringList({QStringLiteral("m-results-[%1]").arg(printed), ready}));
            if (inference.results.size() > 1)
                QCOMPARE(predicted(inference.results), sample.predicted);
        }
        const QStringList stamp = say(*link, QStringLiteral("timestamp"));
        QVERIFY(stamp.size() == 2 && lap.match(stamp[0]).hasMatch());
    }

    // The board's accuracy is the host's: every byte of every output, over the serial line on USB.
    void keywordsEqualTheHostBitForBit()
    {
        NEEDS_PICO();
        ESPALIER_NEEDS_SHARED("mlperf-tiny/kws01");
        const std::filesystem::path folder = sharedFolder() / "mlperf-tiny";
        const auto model = readModel(folder / "models/kws_ref_model.tflite");
        const auto inputs = readFile(folder / "kws01/kws01_inputs.bin"),
                   golden = readFile(folder / "kws01/kws01_int8_outputs.bin");
        QVERIFY(model && inputs && golden);
        const auto program = Program::compile(*model);
        QVERIFY(program);
        PicoOnAPort pico;
        QVERIFY(pico.start());
        const auto started = runnerWith(**model, pico);
        QVERIFY2(started, started ? "" : started.error().message.c_str());
        device::Dut &dut = **started;
        Session host(*program);
        for (std::size_t i = 0; i < 50; ++i) {
            const std::span<const std::uint8_t> input(inputs->data() + i * 490, 490);
            std::memcpy(host.input().data(), input.data(), input.size());
            host.run();
            QVERIFY(dut.load(input));
            const auto ran = dut.run(std::chrono::seconds(60));
            QVERIFY2(ran, ran ? "" : ran.error().message.c_str());
            const auto output = dut.output(0, 12);
            QVERIFY2(output, output ? "" : output.error().message.c_str());
            QVERIFY2(std::memcmp(output->data(), host.output().data(), 12) == 0, std::to_string(i).c_str());
            QVERIFY2(std::memcmp(output->data(), golden->data() + i * 12, 12) == 0, std::to_string(i).c_str());
        }
    }

    void restartsIntoItsBootLoaderWhenTouched()
    {
        NEEDS_PICO();
        PicoOnAPort pico;
        QVERIFY(pico.start());
        {
            auto port = device::openSerialPort(pico.line);
            QVERIFY(port);
            device::Dut dut(std::move(*port), {});
            QVERIFY(dut.greet());
        }
        ::kill(pid_t(pico.process.processId()), SIGUSR2);
        QVERIFY(pico.process.waitForFinished(20000));
        QCOMPARE(pico.process.exitCode(), 3);
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
