// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/recipe.h"
#include "support/realtflite.h"
#include "support/shareddata.h"

#include <cmath>
#include <cstring>
#include <memory>

using namespace espalier;

/// The techniques on a real keyword model with real data: accuracy, and the real TensorFlow Lite's outputs.
class KwsTechniquesTest : public QObject
{
    Q_OBJECT

    ModelPtr m_model;
    DatasetPtr m_data;
    std::unique_ptr<ThreadPool> m_pool = std::make_unique<ThreadPool>(2);

    InputScaling scaling(const Model &model) const
    {
        return impliedScaling(model.main()[model.main().inputs[0]], m_data->test).scaling;
    }

    ModelPtr variant(const QString &recipe)
    {
        TechniqueContext context{m_data, scaling(*m_model), 1, *m_pool, {}};
        const Result<ModelPtr> result = Recipe::parse(recipe.toStdString())->apply(m_model, context);
        if (!result)
            qFatal("%s", result.error().message.c_str());
        return *result;
    }

private slots:
    void init()
    {
        ESPALIER_NEEDS_SHARED("mlperf-tiny/kws01/kws01.npz");
        if (m_model)
            return;
        const Result<ModelPtr> model =
            readModel(sharedFolder() / "mlperf-tiny" / "models" / "kws_savedmodel_float.tflite");
        const Result<DatasetPtr> data = openDataset(sharedFolder() / "mlperf-tiny" / "kws01" / "kws01.npz");
        QVERIFY(model && data);
        m_model = *model;
        m_data = *data;
    }

    void accuracy_data()
    {
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<double>("largestLoss");
        QTest::newRow("original") << QString() << 0.0;
        QTest::newRow("float16") << QStringLiteral("quantize-float16") << 0.0025;
        QTest::newRow("dynamic") << QStringLiteral("quantize-dynamic") << 0.01;
        QTest::newRow("int8") << QStringLiteral("quantize-int8") << 0.01;
        QTest::newRow("int8, bias corrected") << QStringLiteral("quantize-int8 bias-correction=empirical") << 0.005;
        QTest::newRow("int16x8") << QStringLiteral("quantize-int16x8") << 0.0;
        QTest::newRow("int8, 4-bit weights")
            << QStringLiteral("quantize-int8 bits=4 rounding=adaround iterations=1000") << 0.015;
        QTest::newRow("int4") << QStringLiteral("quantize-int4") << 0.015;
        QTest::newRow("pruned, int8") << QStringLiteral("prune-magnitude sparsity=0.2 | quantize-int8") << 0.05;
    }

    void accuracy()
    {
        QFETCH(QString, recipe);
        QFETCH(double, largestLoss);
        const ModelPtr model = variant(recipe);
        const Result<ProgramPtr> program = Program::compile(model);
        QVERIFY2(program, program ? "" : program.error().message.c_str());
        const Result<Evaluation> evaluation =
            evaluate(*program, m_data->test, m_data->labelKind, scaling(*model), *m_pool);
        QVERIFY(evaluation);
        QCOMPARE(evaluation->samples, std::size_t(800));
        QVERIFY2(evaluation->accuracy >= 0.9125 - largestLoss - 1e-9,
                 qPrintable(QString::number(evaluation->accuracy)));
    }

    void agreesWithRealTflite_data()
    {
        QTest::addColumn<QString>("recipe");
        // Of float outputs the largest difference. Of integer ones the share that lies more than a quantum apart: that
        // runtime rounds once in each layer where TFLite Micro rounds twice, which ten layers amplify; the first row is
        // the yardstick, a model that TensorFlow itself made.
        QTest::addColumn<float>("tolerance");
        QTest::newRow("official int8") << QStringLiteral("official") << 0.05f;
        QTest::newRow("float16") << QStringLiteral("quantize-float16") << 1e-5f;
        QTest::newRow("dynamic") << QStringLiteral("quantize-dynamic") << 1e-3f;
        QTest::newRow("int8") << QStringLiteral("quantize-int8") << 0.05f;
        QTest::newRow("int8 per tensor") << QStringLiteral("quantize-int8 per_channel=false") << 0.05f;
        QTest::newRow("int8, uint8 at both ends")
            << QStringLiteral("quantize-int8 input_type=uint8 output_type=uint8") << 0.05f;
        QTest::newRow("int16x8") << QStringLiteral("quantize-int16x8") << 0.0f;
    }

    void agreesWithRealTflite()
    {
        ESPALIER_NEEDS_REAL_TFLITE;
        QFETCH(QString, recipe);
        QFETCH(float, tolerance);
        constexpr int samples = 16;
        const ModelPtr model = recipe == QStringLiteral("official")
                                   ? *readModel(sharedFolder() / "mlperf-tiny" / "models" / "kws_ref_model.tflite")
                                   : variant(recipe);
        const Result<ProgramPtr> program = Program::compile(model);
        QVERIFY2(program, program ? "" : program.error().message.c_str());
        const Graph &graph = (*program)->graph();
        Session session(*program, samples);
        fillInput(graph[graph.inputs[0]], m_data->test, scaling(*model), 0, samples, session.input());
        session.run(samples);

        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath(QStringLiteral("variant.tflite")).toStdString();
        QVERIFY(writeModel(*model, file));
        const auto *in = reinterpret_cast<const std::uint8_t *>(session.input().data());
        const Result<std::vector<Bytes>> real = runRealTflite(file, {Bytes(in, in + session.input().size())});
        QVERIFY2(real, real ? "" : real.error().message.c_str());
        const Tensor &output = graph[graph.outputs[0]];
        QCOMPARE(real->front().size(), output.bytes() * samples);
        float largest = 0;
        std::size_t apart = 0;
        for (std::size_t i = 0; i < output.elements() * samples; ++i) {
            const auto number = [&](const void *bytes) {
                if (output.type == DType::float32)
                    return static_cast<const float *>(bytes)[i];
                if (output.type == DType::int16)
                    return float(static_cast<const std::int16_t *>(bytes)[i]);
                return output.type == DType::int8 ? float(static_cast<const std::int8_t *>(bytes)[i])
                                                  : float(static_cast<const std::uint8_t *>(bytes)[i]);
            };
            const float difference = std::abs(number(session.output().data()) - number(real->front().data()));
            apart += difference > 1 ? 1 : 0;
            largest = std::max(largest, difference);
        }
        if (output.type == DType::float32)
            QVERIFY2(largest <= tolerance, qPrintable(QString::number(double(largest))));
        else
            QVERIFY2(float(apart) <= tolerance * float(output.elements() * samples),
                     qPrintable(QString::number(apart)));
    }
};

QTEST_GUILESS_MAIN(KwsTechniquesTest)
#include "tst_kwstechniques.moc"
