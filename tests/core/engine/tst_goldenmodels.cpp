// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/kernels/simd/isa.h"
#include "support/shareddata.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <map>

using namespace espalier;

namespace {

Bytes golden(const QString &name)
{
    const Result<Bytes> bytes = readFile(sharedFolder() / "mlperf-tiny/golden" / name.toStdString());
    return bytes ? *bytes : Bytes();
}

/// Where the goldens keep one operator's output.
struct GoldenTensor
{
    int op = 0, tensor = 0;
    std::size_t offset = 0, bytes = 0;
};

std::vector<GoldenTensor> goldenTensors(const QString &model)
{
    std::ifstream csv(sharedFolder() / "mlperf-tiny/golden" / (model + QStringLiteral(".tensors0.csv")).toStdString());
    std::vector<GoldenTensor> tensors;
    std::string line;
    std::getline(csv, line);
    while (std::getline(csv, line)) {
        const QStringList fields = QString::fromStdString(line).split(QLatin1Char(','));
        tensors.push_back({fields[0].toInt(), fields[2].toInt(), fields[3].toULongLong(), fields[4].toULongLong()});
    }
    return tensors;
}

/// Says how values differ from what they should be: integers exactly, floats by 1e-5 of the largest of the tensor.
QString difference(DType type, std::span<const std::byte> values, std::span<const std::uint8_t> expected)
{
    if (values.size() != expected.size())
        return QStringLiteral("%1 bytes instead of %2").arg(values.size()).arg(expected.size());
    if (type != DType::float32) {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] != std::byte(expected[i]))
                return QStringLiteral("byte %1 is %2 instead of %3").arg(i).arg(int(values[i])).arg(expected[i]);
        return {};
    }
    const auto *is = reinterpret_cast<const float *>(values.data());
    const auto *should = reinterpret_cast<const float *>(expected.data());
    const std::size_t count = values.size() / sizeof(float);
    float largest = 0;
    for (std::size_t i = 0; i < count; ++i)
        largest = std::max(largest, std::abs(should[i]));
    for (std::size_t i = 0; i < count; ++i)
        if (!(std::abs(is[i] - should[i]) <= 1e-5f * largest))
            return QStringLiteral("value %1 is %2 instead of %3").arg(i).arg(double(is[i])).arg(double(should[i]));
    return {};
}

} // namespace

/// The MLPerf Tiny models and others against TensorFlow Lite Micro's reference kernels.
class GoldenModelsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ESPALIER_NEEDS_SHARED("mlperf-tiny/golden"); }
    void cleanup() { setCurrentIsa(availableIsas().back()); }

    void everyOperator_data() { models(); }
    void everyOperator()
    {
        QFETCH(QString, model);
        const Result<ProgramPtr> program = compiled(model);
        QVERIFY2(program, program ? "" : program.error().message.c_str());
        const std::vector<GoldenTensor> tensors = goldenTensors(model);
        const Bytes expected = golden(model + QStringLiteral(".tensors0.bin"));
        QVERIFY(!tensors.empty());
        QVERIFY(!expected.empty());

        std::map<std::int32_t, Bytes> seen;
        Session session(*program);
        setInput(session, model, 0, 0);
        session.run(1, [&](TensorId id, std::span<const std::byte> bytes) {
            const auto *first = reinterpret_cast<const std::uint8_t *>(bytes.data());
            seen[id.index] = Bytes(first, first + bytes.size());
        });
        for (const GoldenTensor &tensor : tensors) {
            QVERIFY2(seen.contains(tensor.tensor), qPrintable(QStringLiteral("operator %1").arg(tensor.op)));
            const Bytes &bytes = seen[tensor.tensor];
            const QString differs =
                difference((*program)->graph()[TensorId{tensor.tensor}].type, std::as_bytes(std::span(bytes)),
                           std::span(expected).subspan(tensor.offset, tensor.bytes));
            QVERIFY2(differs.isEmpty(), qPrintable(QStringLiteral("operator %1: %2").arg(tensor.op).arg(differs)));
        }
    }

    void outputs_data() { models(); }
    void outputs()
    {
        QFETCH(QString, model);
        std::vector<Bytes> ofFirstIsa;
        for (const Isa isa : availableIsas()) {
            if (isa == Isa::portable && availableIsas().size() > 1)
                continue; // slow, and compared with the others layer by layer elsewhere
            setCurrentIsa(isa);
            const Result<ProgramPtr> program = compiled(model);
            QVERIFY2(program, program ? "" : program.error().message.c_str());
            const Graph &graph = (*program)->graph();
            const Tensor &output = graph[graph.outputs[0]];
            std::vector<Bytes> outputs;
            Session single(*program);
            for (int k = 0; k < 4; ++k) {
                setInput(single, model, k, 0);
                single.run();
                const std::span<const std::byte> values = single.output();
                const Bytes expected = golden(model + QStringLiteral(".out%1.bin").arg(k));
                const QString differs = difference(output.type, values, expected);
                QVERIFY2(differs.isEmpty(), qPrintable(QStringLiteral("input %1: %2").arg(k).arg(differs)));
                const auto *first = reinterpret_cast<const std::uint8_t *>(values.data());
                outputs.emplace_back(first, first + values.size());
            }
            if (ofFirstIsa.empty())
                ofFirstIsa = outputs;
            QVERIFY2(outputs == ofFirstIsa, "instruction sets differ");

            Session many(*program, 7);
            for (int image = 0; image < 7; ++image)
                setInput(many, model, image % 4, image);
            for (const int batch : {7, 1, 4}) { // also after a larger batch
                many.run(batch);
                const std::span<const std::byte> values = many.output();
                QCOMPARE(values.size(), output.bytes() * std::size_t(batch));
                for (int image = 0; image < batch; ++image)
                    QVERIFY2(std::memcmp(values.data() + std::size_t(image) * output.bytes(),
                                         outputs[std::size_t(image % 4)].data(), output.bytes()) == 0,
                             qPrintable(QStringLiteral("image %1 of %2").arg(image).arg(batch)));
            }
        }
    }

    /// int8 weights with float activations: each convolution equals TFLite's rule on that operator's own input, and the
    /// model recognises what its float twin recognises.
    void hybridModelRuns()
    {
        const Result<ProgramPtr> hybrid = compiled(QStringLiteral("kws_ref_model_float32"));
        const Result<ProgramPtr> twin = compiled(QStringLiteral("kws_float_dequant"));
        QVERIFY2(hybrid, hybrid ? "" : hybrid.error().message.c_str());
        QVERIFY(twin);
        Session a(*hybrid), b(*twin);
        for (int k = 0; k < 4; ++k) {
            setInput(a, QStringLiteral("kws_float_dequant"), k, 0);
            setInput(b, QStringLiteral("kws_float_dequant"), k, 0);
            a.run();
            b.run();
            const auto *is = reinterpret_cast<const float *>(a.output().data());
            const auto *should = reinterpret_cast<const float *>(b.output().data());
            float worst = 0;
            for (int i = 0; i < 12; ++i)
                worst = std::max(worst, std::abs(is[i] - should[i]));
            QVERIFY2(worst < 0.05f, qPrintable(QString::number(double(worst))));
            QVERIFY2(worst > 0, "quantizing the inputs at run time must leave a trace");
        }
    }

private:
    static void models()
    {
        QTest::addColumn<QString>("model");
        for (const char *model : {"kws_ref_model", "kws_float_dequant", "kws_savedmodel_float", "pretrainedResnet",
                                  "pretrainedResnet_quant", "vww_96_float", "vww_96_int8", "ad01_fp32", "ad01_int8",
                                  "hello_world_float", "hello_world_int8", "micro_speech_quantized"})
            QTest::newRow(model) << QString::fromLatin1(model);
    }

    static Result<ProgramPtr> compiled(const QString &model)
    {
        const Result<ModelPtr> read =
            readModel(sharedFolder() / "mlperf-tiny/models" / (model + QStringLiteral(".tflite")).toStdString());
        if (!read)
            return read.error();
        return Program::compile(*read);
    }

    static void setInput(Session &session, const QString &model, int k, int image)
    {
        const Bytes input = golden(model + QStringLiteral(".in%1.bin").arg(k));
        const std::span<std::byte> to = session.input().subspan(std::size_t(image) * input.size());
        std::memcpy(to.data(), input.data(), input.size());
    }
};

QTEST_GUILESS_MAIN(GoldenModelsTest)
#include "tst_goldenmodels.moc"
