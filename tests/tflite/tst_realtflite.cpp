// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/modelformat.h"
#include "support/graphbuilder.h"
#include "support/realtflite.h"
#include "support/shareddata.h"

using namespace espalier;

namespace {

/// Bytes that look random and are the same everywhere: for float inputs values in [-1, 1), else any byte.
Bytes someInput(const Tensor &tensor, std::uint32_t seed)
{
    std::uint32_t x = (seed + 1) * 2654435769u;
    const auto next = [&] {
        x = x * 1664525u + 1013904223u;
        return std::uint8_t(x >> 24);
    };
    if (tensor.type == DType::float32) {
        std::vector<float> values(tensor.elements());
        for (float &value : values)
            value = float(next()) / 127.5f - 1.0f;
        return *sharedBytes(values);
    }
    Bytes bytes(tensor.bytes());
    for (std::uint8_t &byte : bytes)
        byte = next();
    return bytes;
}

std::vector<Bytes> someInputs(const Model &model, std::uint32_t samples)
{
    std::vector<Bytes> inputs;
    for (const TensorId id : model.main().inputs) {
        Bytes all;
        for (std::uint32_t k = 0; k < samples; ++k) {
            const Bytes one = someInput(model.main()[id], k);
            all.insert(all.end(), one.begin(), one.end());
        }
        inputs.push_back(std::move(all));
    }
    return inputs;
}

} // namespace

/// What we write loads in TensorFlow Lite and computes what the original computes there.
class TestRealTflite : public QObject
{
    Q_OBJECT

private slots:
    void rewrittenModelsGiveTheSameOutputs_data();
    void rewrittenModelsGiveTheSameOutputs();
    void runsWhatIsBuiltByHand();
    void saysWhenTheRuntimeRefuses();

private:
    QTemporaryDir m_folder;
};

void TestRealTflite::rewrittenModelsGiveTheSameOutputs_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<quint32>("samples");
    QTest::newRow("none") << QString() << 0u;
    for (const auto &[name, samples] : {
             std::pair("mlperf-tiny/models/kws_ref_model.tflite", 4u),
             {"mlperf-tiny/models/kws_ref_model_float32.tflite", 2u},
             {"mlperf-tiny/models/pretrainedResnet_quant.tflite", 2u},
             {"mlperf-tiny/models/ad01_fp32.tflite", 2u},
             {"mlperf-tiny/models/ad01_int8.tflite", 2u},
             {"mlperf-tiny/models/hello_world_int8.tflite", 8u},
             {"models-wild/coral__mobilenet_v1_0.25_128_quant.tflite", 1u},
             {"models-wild/coral__keras_lstm_mnist_ptq.tflite", 1u},
             {"models-wild/basicpitch__nmp.tflite", 1u},
             {"models-wild/gesture-mlp__gesture_model_16.tflite", 2u},
             {"models-wild/tfexamples__mobilenet_v2_035_96_embedder_with_metadata.tflite", 1u},
             {"models-wild/nnstreamer__simple_32_in_32_out.tflite", 1u},
         }) {
        if (!sharedFolder().empty())
            QTest::newRow(QFileInfo(QString::fromUtf8(name)).fileName().toUtf8().constData())
                << QString::fromStdString((sharedFolder() / name).string()) << samples;
    }
}

void TestRealTflite::rewrittenModelsGiveTheSameOutputs()
{
    ESPALIER_NEEDS_SHARED("mlperf-tiny");
    ESPALIER_NEEDS_REAL_TFLITE;
    QFETCH(QString, path);
    QFETCH(quint32, samples);
    if (path.isEmpty())
        return;
    const Result<ModelPtr> model = readModel(path.toStdString());
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const std::string copy = m_folder.filePath(QStringLiteral("copy.tflite")).toStdString();
    const Result<void> written = writeModel(**model, copy);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    const std::vector<Bytes> inputs = someInputs(**model, samples);
    const auto expected = runRealTflite(path.toStdString(), inputs);
    QVERIFY2(expected, expected ? "" : expected.error().message.c_str());
    const auto actual = runRealTflite(copy, inputs);
    QVERIFY2(actual, actual ? "" : actual.error().message.c_str());
    QVERIFY(!expected->empty());
    QVERIFY(!expected->front().empty());
    QVERIFY2(*actual == *expected, "the copy computes something else than the original");
}

void TestRealTflite::runsWhatIsBuiltByHand()
{
    ESPALIER_NEEDS_REAL_TFLITE;
    GraphBuilder b;
    const auto x = b.input({1, 2, 2, 1});
    const auto y = b.conv2D(x, b.constant({2, 1, 1, 1}, std::vector<float>{2, -3}),
                            b.constant({2}, std::vector<float>{1, 0.5f}), {.activation = Activation::relu});
    const ModelPtr model = b.model({b.reshape(y, {1, 8})});
    const std::string path = m_folder.filePath(QStringLiteral("hand.tflite")).toStdString();
    QVERIFY(writeModel(*model, path));
    const auto outputs = runRealTflite(path, {*sharedBytes(std::vector<float>{1, -1, 0, 2})});
    QVERIFY2(outputs, outputs ? "" : outputs.error().message.c_str());
    QCOMPARE(outputs->size(), std::size_t(1));
    QVERIFY(outputs->front() == *sharedBytes(std::vector<float>{3, 0, 0, 3.5f, 1, 0.5f, 5, 0}));
}

void TestRealTflite::saysWhenTheRuntimeRefuses()
{
    ESPALIER_NEEDS_REAL_TFLITE;
    const std::string path = m_folder.filePath(QStringLiteral("text.tflite")).toStdString();
    QVERIFY(writeFile(path, std::string_view("this is no model, though its name says so")));
    const auto outputs = runRealTflite(path, {});
    QVERIFY(!outputs);
    QCOMPARE(outputs.error().code, ErrorCode::unusableInput);
}

QTEST_GUILESS_MAIN(TestRealTflite)
#include "tst_realtflite.moc"
