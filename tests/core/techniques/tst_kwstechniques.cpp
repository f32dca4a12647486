// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/recipe.h"
#include "support/shareddata.h"

#include <memory>

using namespace espalier;

/// The accuracy of techniques on a real keyword model with real data.
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
};

QTEST_GUILESS_MAIN(KwsTechniquesTest)
#include "tst_kwstechniques.moc"
