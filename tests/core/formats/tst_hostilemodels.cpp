// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/modelformat.h"
#include "core/graph/compare.h"
#include "support/graphbuilder.h"
#include "support/shareddata.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cstring>
#include <unistd.h>

using namespace espalier;

namespace {

const ModelFormat &tflite()
{
    return *modelFormats().front();
}

/// A model with a bit of everything that the builder knows.
ModelPtr smallModel()
{
    GraphBuilder b;
    const auto x = b.input({1, 6, 6, 2}, DType::int8, GraphBuilder::perTensor(0.5f, 3));
    const auto filter = b.constant({4, 3, 3, 2}, std::vector<std::int8_t>(72, 1),
                                   GraphBuilder::perChannel({0.1f, 0.2f, 0.3f, 0.4f}, 0));
    auto y = b.conv2D(x, filter, b.constant({4}, std::vector<std::int32_t>(4)), {.padding = Padding::valid},
                      GraphBuilder::perTensor(0.25f, -4));
    y = b.maxPool2D(y, 2);
    y = b.reshape(y, {1, 16});
    y = b.softmax(b.dequantize(y));
    auto model = b.model({y}, "small");
    model->signatures.push_back({"serve", 0, {{"x", x}}, {{"y", y}}});
    model->metadata.push_back({"min_runtime_version", std::make_shared<const Bytes>(Bytes{'1', '.', '5'})});
    return model;
}

/// Whatever the bytes are: an error of one sentence, or a model that keeps every promise of the reader.
QString check(std::span<const std::uint8_t> bytes)
{
    const Result<ModelPtr> model = tflite().read(bytes);
    if (!model) {
        const std::string &message = model.error().message;
        if (model.error().code != ErrorCode::unusableInput || message.empty())
            return QStringLiteral("an error without a sentence or of another kind");
        return {};
    }
    if (const Result<void> sound = verify(**model); !sound)
        return QStringLiteral("a model that does not verify: ") + QString::fromStdString(sound.error().message);
    for (const Graph &graph : (*model)->graphs)
        if (dump(graph).empty())
            return QStringLiteral("a graph that does not print");
    const Result<Bytes> written = tflite().write(**model);
    if (!written)
        return {};
    const Result<ModelPtr> again = tflite().read(*written);
    if (!again)
        return QStringLiteral("what is written does not read: ") + QString::fromStdString(again.error().message);
    return QString::fromStdString(firstDifference(**model, **again));
}

} // namespace

class TestHostileModels : public QObject
{
    Q_OBJECT

private slots:
    void refusesFilesCutShort_data();
    void refusesFilesCutShort();
    void survivesFlippedBits_data();
    void survivesFlippedBits();
    void survivesHugeNumbersEverywhere();
    void readsFromAnyAddress();
    void refusesWhatIsNoModel_data();
    void refusesWhatIsNoModel();
    void namesTheFile();
};

void TestHostileModels::refusesFilesCutShort_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("built") << QString();
    if (!sharedFolder().empty())
        for (const char *name : {"mlperf-tiny/models/kws_ref_model.tflite", "mlperf-tiny/models/ad01_fp32.tflite"})
            QTest::newRow(name) << QString::fromStdString((sharedFolder() / name).string());
}

void TestHostileModels::refusesFilesCutShort()
{
    QFETCH(QString, path);
    const Bytes whole = path.isEmpty() ? *tflite().write(*smallModel()) : *readFile(path.toStdString());
    QVERIFY(tflite().read(whole));
    for (std::size_t size = 0; size < whole.size(); size += 64) {
        // In a block of its own, so that a sanitizer sees a read past the end.
        const Bytes cut(whole.begin(), whole.begin() + std::ptrdiff_t(size));
        const Result<ModelPtr> model = tflite().read(cut);
        QVERIFY2(!model, qPrintable(QStringLiteral("read after %1 bytes").arg(size)));
        QCOMPARE(model.error().code, ErrorCode::unusableInput);
    }
}

void TestHostileModels::survivesFlippedBits_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("built") << QString();
    if (!sharedFolder().empty())
        for (const char *name :
             {"mlperf-tiny/models/hello_world_int8.tflite", "models-wild/litert__blockwise_quantized.tflite",
              "models-wild/litert__l2_norm_composite.tflite",
              "models-wild/mediapipe__test_two_signature_keys_model.tflite",
              "models-wild/litert__simple_group_norm_op.tflite", "models-wild/tflm__audio_preprocessor_int8.tflite",
              "models-wild/tflsupport__dilated_conv.tflite", "models-wild/tflm__trained_lstm_int8.tflite"})
            QTest::newRow(name) << QString::fromStdString((sharedFolder() / name).string());
}

void TestHostileModels::survivesFlippedBits()
{
    QFETCH(QString, path);
    const Bytes whole = path.isEmpty() ? *tflite().write(*smallModel()) : *readFile(path.toStdString());
    std::uint32_t x = 12345;
    const auto next = [&](std::size_t limit) {
        x = x * 1664525u + 1013904223u;
        return std::size_t((std::uint64_t(x) * limit) >> 32);
    };
    for (int round = 0; round < 1500; ++round) {
        Bytes bytes = whole;
        for (std::size_t flips = 1 + next(4); flips > 0; --flips)
            bytes[next(bytes.size())] ^= std::uint8_t(1u << next(8));
        const QString what = check(bytes);
        QVERIFY2(what.isEmpty(), qPrintable(QStringLiteral("round %1: %2").arg(round).arg(what)));
    }
}

void TestHostileModels::survivesHugeNumbersEverywhere()
{
    // Every number of the file in turn becomes one that claims gigabytes or goes below nothing.
    const Bytes whole = *tflite().write(*smallModel());
    for (std::size_t place = 0; place + 4 <= whole.size(); place += 4) {
        for (const std::uint32_t number : {0x7fffffffu, 0x80000000u, 0xffffffffu, 0x40000000u, 0u}) {
            Bytes bytes = whole;
            std::memcpy(bytes.data() + place, &number, 4);
            const QString what = check(bytes);
            QVERIFY2(what.isEmpty(), qPrintable(QStringLiteral("at %1: %2").arg(place).arg(what)));
        }
    }
}

void TestHostileModels::readsFromAnyAddress()
{
    const ModelPtr model = smallModel();
    const Bytes whole = *tflite().write(*model);
    for (std::size_t shift = 1; shift < 16; shift += 2) {
        Bytes bytes(shift);
        bytes.insert(bytes.end(), whole.begin(), whole.end());
        const Result<ModelPtr> read = tflite().read(std::span(bytes).subspan(shift));
        QVERIFY(read);
        QCOMPARE(QString::fromStdString(firstDifference(*model, **read)), QString());
    }
}

void TestHostileModels::refusesWhatIsNoModel_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("words");
    QTest::newRow("empty") << QByteArray() << QStringLiteral("is empty");
    QTest::newRow("PNG") << QByteArray::fromHex("89504e470d0a1a0a0000000d49484452") << QStringLiteral("known format");
    QTest::newRow("text") << QByteArray("hello, this is text") << QStringLiteral("known format");
    QTest::newRow("mark only") << QByteArray("\x10\0\0\0TFL3", 8) << QStringLiteral("damaged or cut short");
    QTest::newRow("zeros") << QByteArray("\0\0\0\0TFL3\0\0\0\0\0\0\0\0", 16) << QStringLiteral("damaged or cut short");
    QTest::newRow("ones") << QByteArray(64, '\xff').replace(4, 4, "TFL3") << QStringLiteral("damaged or cut short");
}

void TestHostileModels::refusesWhatIsNoModel()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, words);
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("some.tflite")).toStdString();
    const auto *first = reinterpret_cast<const std::uint8_t *>(content.constData());
    QVERIFY(writeFile(path, std::span(first, std::size_t(content.size()))));
    const Result<ModelPtr> model = readModel(path);
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::unusableInput);
    const QString message = QString::fromStdString(model.error().message);
    QVERIFY2(message.contains(words), qPrintable(message));
    QVERIFY(message.contains(QStringLiteral("some.tflite")));
    QVERIFY(!message.contains(QLatin1Char('\n')));
}

void TestHostileModels::namesTheFile()
{
    const QTemporaryDir folder;
    const auto problem = [](const QString &path) {
        const Result<ModelPtr> model = readModel(path.toStdString());
        return model ? QString() : QString::fromStdString(model.error().message);
    };
    QVERIFY(problem(folder.path()).contains(QStringLiteral("is a folder")));
    QVERIFY(problem(folder.filePath(QStringLiteral("absent.tflite"))).contains(QStringLiteral("absent.tflite")));
    const std::string locked = folder.filePath(QStringLiteral("locked.tflite")).toStdString();
    QVERIFY(writeModel(*smallModel(), locked));
    std::filesystem::permissions(locked, std::filesystem::perms::none);
    if (::geteuid() != 0) // nothing is locked to the superuser
        QVERIFY(problem(QString::fromStdString(locked)).contains(QStringLiteral("locked.tflite")));
    const Result<void> written = writeModel(*smallModel(), folder.filePath(QStringLiteral("m.onnx")).toStdString());
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::invalidArgument);
}

QTEST_APPLESS_MAIN(TestHostileModels)
#include "tst_hostilemodels.moc"
