// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The firmware's side of the serial protocol, on a board made of plain memory: what the runner of the MLPerf Tiny
// harness sends and reads, and what a line that loses bytes brings.
#include "device/plan/harness.h"
#include "device/plan/planimage.h"
#include "memoryboard.h"
#include "support/graphbuilder.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::test;

namespace {

// The answers to commands, without the m-ready that ends each.
QStringList answers(const QString &commands)
{
    const std::string_view said = memoryboard::hear(commands.toStdString());
    QStringList lines = QString::fromLatin1(said.data(), qsizetype(said.size())).split(QStringLiteral("\r\n"));
    lines.removeAll(QString());
    lines.removeAll(QStringLiteral("m-ready"));
    lines.removeFirst(); // m-init-done
    return lines;
}

// To a runner that holds this plan.
QStringList answers(const device::ExecutionPlan &plan, const QString &commands)
{
    const auto image = device::writePlanImage(plan);
    memoryboard::setPlan(image);
    return answers(QStringLiteral("x-plan-start %1%").arg(image.size()) + commands);
}

// Gives the first values of its input, or all of them.
ModelPtr headModel(const Shape &shape, std::int32_t outputs, DType type, const Quantization &quantization)
{
    GraphBuilder b;
    const std::int32_t elements = std::int32_t(elementCount(shape));
    const TensorId flat = b.reshape(b.input(shape, type, quantization), {1, elements});
    const TensorId from = b.constant({2}, std::vector<std::int32_t>{0, 0}),
                   extent = b.constant({2}, std::vector<std::int32_t>{1, outputs});
    return b.model({outputs == elements ? flat : b.add(OpKind::slice, {flat, from, extent}, {1, outputs})});
}

device::ExecutionPlan head(const Shape &shape, std::int32_t outputs, DType type, const Quantization &quantization)
{
    const auto plan = device::makePlan(*headModel(shape, outputs, type, quantization), device::KernelFamily::thumb);
    return plan ? *plan : device::ExecutionPlan();
}

// As the harness's runner sends a sample, 31 bytes a command.
QString download(const QByteArray &sample, const QString &command = QStringLiteral("db load"))
{
    QString text = command + QStringLiteral(" %1%").arg(sample.size());
    for (qsizetype at = 0; at < sample.size(); at += 31)
        text += QStringLiteral("db ") + QString::fromLatin1(sample.mid(at, 31).toHex()) + QLatin1Char('%');
    return text;
}

QStringList results(const device::ExecutionPlan &plan, const QString &loading)
{
    const QStringList said = answers(plan, loading + QStringLiteral("infer 1 0%"));
    static const QRegularExpression form(QStringLiteral("^m-results-\\[([^]]+)\\]$"));
    return form.match(said.value(said.size() - 1)).captured(1).split(QLatin1Char(','));
}

QByteArray ramp(int count, int first)
{
    QByteArray bytes(count, 0);
    for (int i = 0; i < count; ++i)
        bytes[i] = char(first + i * 29);
    return bytes;
}

template <class T>
QByteArray bytesOf(const std::vector<T> &values)
{
    return QByteArray(reinterpret_cast<const char *>(values.data()), qsizetype(values.size() * sizeof(T)));
}

QString number(double value)
{
    return QString::number(value, 'f', 3);
}

} // namespace

class TestFirmware : public QObject
{
    Q_OBJECT

private slots:
    void tellsTheHarnessItsModel_data()
    {
        QTest::addColumn<Shape>("shape");
        QTest::addColumn<int>("outputs");
        QTest::addColumn<QString>("model");
        QTest::newRow("keyword spotting") << Shape{1, 49, 10, 1} << 12 << QStringLiteral("kws01");
        QTest::newRow("image classification") << Shape{1, 32, 32, 3} << 10 << QStringLiteral("ic01");
        QTest::newRow("visual wake words") << Shape{1, 96, 96, 3} << 2 << QStringLiteral("vww01");
        QTest::newRow("anomaly detection") << Shape{1, 640} << 640 << QStringLiteral("ad01");
        QTest::newRow("another") << Shape{1, 640} << 639 << QStringLiteral("model");
    }
    void tellsTheHarnessItsModel()
    {
        QFETCH(Shape, shape);
        QFETCH(int, outputs);
        QFETCH(QString, model);
        const auto plan = head(shape, outputs, DType::int8, GraphBuilder::perTensor(0.25f, -3));
        QCOMPARE(answers(plan, QStringLiteral("profile%")),
                 QStringList({QStringLiteral("m-profile-[ULPMark for tinyML Firmware V0.0.1]"),
                              QStringLiteral("m-model-[%1]").arg(model)}));
    }

    // Numbers of a softmax, most of them below its zero point when they are read as bytes: their sum must be 1.
    void resultsAreRealValues()
    {
        const auto plan = head({1, 12}, 12, DType::int8, GraphBuilder::perTensor(1 / 256.0f, -128));
        QByteArray sample(12, char(-128));
        sample[3] = char(-128 + 16); // half way between two of its thousandths
        sample[7] = char(-128 + 240);
        const QStringList said = results(plan, download(sample));
        QCOMPARE(said.size(), 12);
        QCOMPARE(said[0], QStringLiteral("0.000"));
        QCOMPARE(said[3], QStringLiteral("0.062"));
        QCOMPARE(said[7], QStringLiteral("0.938"));
    }

    void wideIntegersAreResultsToo()
    {
        const std::vector<std::int32_t> words = {-70000, 5, 2147483647};
        QCOMPARE(
            results(head({1, 3}, 3, DType::int32, {}), download(bytesOf(words))),
            QStringList({QStringLiteral("-70000.000"), QStringLiteral("5.000"), QStringLiteral("2147483647.000")}));
        const std::vector<std::int64_t> longWords = {-5000000000, 1, 5000000000};
        QCOMPARE(results(head({1, 3}, 3, DType::int64, {}), download(bytesOf(longWords))),
                 QStringList(
                     {QStringLiteral("-5000000000.000"), QStringLiteral("1.000"), QStringLiteral("5000000000.000")}));
    }

    // A picture comes in bytes of 0 to 255, whatever the model takes.
    void picturesAreConverted()
    {
        const QByteArray sample = ramp(32 * 32 * 3, 7);
        const Shape shape = {1, 32, 32, 3};
        QStringList bytes, ofOne;
        for (int i = 0; i < 10; ++i) {
            bytes.append(number(std::uint8_t(sample[i])));
            ofOne.append(number(double(std::uint8_t(sample[i])) / 255));
        }
        QCOMPARE(results(head(shape, 10, DType::int8, GraphBuilder::perTensor(1, -128)), download(sample)), bytes);
        QCOMPARE(results(head(shape, 10, DType::int8, GraphBuilder::perTensor(1 / 255.0f, -128)), download(sample)),
                 ofOne);
        QCOMPARE(results(head(shape, 10, DType::uint8, GraphBuilder::perTensor(1, 0)), download(sample)), bytes);
        // Our own host sends what the model takes.
        QByteArray taken = sample;
        for (char &byte : taken)
            byte = char(byte ^ 0x80);
        QCOMPARE(results(head(shape, 10, DType::int8, GraphBuilder::perTensor(1, -128)),
                         download(taken, QStringLiteral("x-load"))),
                 bytes);
    }

    // Features come in the reference model's numbers.
    void featuresAreConverted()
    {
        const QByteArray sample = ramp(490, -100);
        QStringList expected;
        for (int i = 0; i < 12; ++i) {
            const float real = float(std::int8_t(sample[i]) - 83) * 0.584702909f;
            expected.append(number(0.75 * std::clamp(std::round(real / 0.75f), -138.0f, 117.0f)));
        }
        QCOMPARE(results(head({1, 49, 10, 1}, 12, DType::int8, GraphBuilder::perTensor(0.75f, 10)), download(sample)),
                 expected);
    }

    // Spectra come as floats, and what comes back is how far the model's output is from them.
    void anAutoencoderTellsItsError()
    {
        std::vector<float> spectrum(640);
        double sum = 0;
        for (std::size_t i = 0; i < spectrum.size(); ++i) {
            spectrum[i] = float(i % 90) * 0.7f - 40;
            const double difference = 0.5 * std::round(double(spectrum[i]) / 0.5) - double(spectrum[i]);
            sum += difference * difference;
        }
        const auto plan = head({1, 640}, 640, DType::int8, GraphBuilder::perTensor(0.5f, 10));
        QCOMPARE(results(plan, download(bytesOf(spectrum))), QStringList(number(sum / 640)));
        QCOMPARE(results(plan, download(QByteArray(640, 3), QStringLiteral("x-load"))),
                 QStringList(QStringLiteral("0.000")));
    }

    // To firmware of others our host sends what the runner would.
    void ourHostSendsTheSame()
    {
        const auto sent = [](const Shape &shape, std::int32_t outputs, DType type, const Quantization &quantization,
                             const QByteArray &taken) {
            const ModelPtr model = headModel(shape, outputs, type, quantization);
            const auto bytes = device::asSent(device::harnessOf(model->main()), model->main(),
                                              std::vector<std::uint8_t>(taken.begin(), taken.end()));
            return QByteArray(reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size()));
        };
        const QByteArray picture = ramp(32 * 32 * 3, 7);
        QByteArray taken = picture;
        for (char &byte : taken)
            byte = char(byte ^ 0x80);
        std::vector<float> reals;
        for (const char byte : picture)
            reals.push_back(float(std::uint8_t(byte)));
        const Shape shape = {1, 32, 32, 3};
        QCOMPARE(sent(shape, 10, DType::int8, GraphBuilder::perTensor(0.98f, -126), taken), picture);
        QCOMPARE(sent(shape, 10, DType::float32, {}, bytesOf(reals)), picture);
        QCOMPARE(sent({1, 490}, 12, DType::int8, GraphBuilder::perTensor(0.584702909f, 83), ramp(490, 3)),
                 ramp(490, 3));
        const std::vector<float> spectrum(640, 3.5f);
        QCOMPARE(sent({1, 640}, 640, DType::int8, GraphBuilder::perTensor(0.5f, -3), QByteArray(640, 4)),
                 bytesOf(spectrum));
        QCOMPARE(sent({1, 9}, 9, DType::int8, GraphBuilder::perTensor(0.5f, -3), ramp(9, 3)), ramp(9, 3));
    }

    // A command that does not fit is no shorter command.
    void longCommandsAreRefused()
    {
        const QStringList said =
            answers(QStringLiteral("name") + QString(8000, QLatin1Char(' ')) + QStringLiteral("%timestamp%"));
        QCOMPARE(said.size(), 2);
        QCOMPARE(said[0], QStringLiteral("e-[a command has at most 6143 characters]"));
        QVERIFY(said[1].startsWith(QLatin1String("m-lap-us-")));
        QCOMPARE(answers(QStringLiteral("name") + QString(6139, QLatin1Char(' ')) + QLatin1Char('%')),
                 QStringList(QStringLiteral("m-name-dut-[espalier]")));
    }

    // None of a damaged command's bytes are taken, and every error is one line.
    void damagedBytesAreRefused()
    {
        const auto plan = head({1, 4}, 4, DType::int8, {});
        const QString loading = QStringLiteral("db load 4%db 0102%");
        for (const char *damaged :
             {"db 0%", "db 030%", "db 03x4%", "db 03 04%", "db%", "db load%", "db load 5%", "db load x%", "infer 0%"}) {
            const QStringList said =
                answers(plan, loading + QLatin1String(damaged) + QStringLiteral("db 0304%db print%"));
            QCOMPARE(said.size(), 4);
            QVERIFY2(said[1].startsWith(QLatin1String("e-[")) && said[1].endsWith(QLatin1Char(']')), damaged);
            QCOMPARE(said[2], QStringLiteral("m-load-done"));
            QCOMPARE(said[3], QStringLiteral("m-buffer-01-02-03-04"));
        }
        QCOMPARE(answers(plan, QStringLiteral("db 01%")),
                 QStringList(QStringLiteral("e-[no bytes are expected: say db load first]")));
        QCOMPARE(answers(plan, QStringLiteral("db load 2%db 01020304%")).last(), QStringLiteral("m-load-done"));
    }

    // The board's counter goes on by one at each look: each inference takes one, whatever is done between them.
    void inferencesAloneAreTimed()
    {
        const auto plan = head({1, 4}, 4, DType::int8, {});
        for (const int runs : {1, 70}) {
            const QStringList said = answers(plan, QStringLiteral("infer %1 10%").arg(runs));
            QCOMPARE(said.size(), 7);
            QCOMPARE(said[0], QStringLiteral("m-warmup-start-10"));
            const auto stamp = [&](int line) { return said[line].mid(qsizetype(qstrlen("m-lap-us-"))).toLongLong(); };
            QCOMPARE(stamp(4) - stamp(3), runs * 1000);
        }
    }
};

QTEST_GUILESS_MAIN(TestFirmware)
#include "tst_firmware.moc"
