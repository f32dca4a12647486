// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/modelformat.h"
#include "core/graph/compare.h"
#include "support/graphbuilder.h"
#include "support/shareddata.h"

#include <QtTest>

using namespace espalier;

namespace {

void addModels()
{
    QTest::addColumn<QString>("path");
    for (const char *folder : {"mlperf-tiny/models", "models-wild"})
        if (!sharedFolder().empty())
            for (const auto &entry : std::filesystem::directory_iterator(sharedFolder() / folder))
                if (entry.path().extension() == ".tflite")
                    QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().string());
}

} // namespace

class TestTflite : public QObject
{
    Q_OBJECT

private slots:
    void readsBackWhatItWrites_data() { addModels(); }
    void readsBackWhatItWrites();
    void readsBackWhatIsBuiltByHand();
};

void TestTflite::readsBackWhatIsBuiltByHand()
{
    GraphBuilder b;
    const auto x = b.input({1, 8, 8, 1});
    auto y = b.conv2D(x, b.constant({4, 3, 3, 1}, std::vector<float>(36, 0.5f)), b.constant({4}, std::vector<float>(4)),
                      {.activation = Activation::relu});
    QCOMPARE(b.shape(y), Shape({1, 8, 8, 4}));
    y = b.maxPool2D(y, 2);
    QCOMPARE(b.shape(y), Shape({1, 4, 4, 4}));
    y = b.reshape(y, {1, 64});
    y = b.fullyConnected(y, b.constant({3, 64}, std::vector<float>(192, 0.25f)), TensorId::none);
    const ModelPtr model = b.model({b.softmax(y)});
    const ModelFormat &tflite = *modelFormats().front();
    const Result<Bytes> written = tflite.write(*model);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    const Result<ModelPtr> again = tflite.read(*written);
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(QString::fromStdString(firstDifference(*model, **again)), QString());
}

void TestTflite::readsBackWhatItWrites()
{
    ESPALIER_NEEDS_SHARED("models-wild");
    QFETCH(QString, path);
    const Result<Bytes> original = readFile(path.toStdString());
    const Result<ModelPtr> model = readModel(path.toStdString());
    if (!model)
        QSKIP(model.error().message.c_str());
    const ModelFormat &tflite = *modelFormats().front();
    const Result<Bytes> written = tflite.write(**model);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    const Result<ModelPtr> again = tflite.read(*written);
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(QString::fromStdString(firstDifference(**model, **again)), QString());
    QCOMPARE(*tflite.write(**again), *written);
    // No noticeable growth: a hundred bytes of structure in the smallest, a thousandth in the rest.
    QVERIFY2(written->size() <= original->size() + 128 + original->size() / 1000,
             qPrintable(QStringLiteral("%1 bytes became %2").arg(original->size()).arg(written->size())));
}

QTEST_APPLESS_MAIN(TestTflite)
#include "tst_tflite.moc"
