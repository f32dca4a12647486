// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/modelformat.h"
#include "support/crossvalidation.h"
#include "support/shareddata.h"

using namespace espalier;

/// The accuracy of techniques on a real keyword model with the 1000 official samples. There are no others to calibrate
/// on, so that each fifth calibrates in turn and the other four are tested.
class KwsTechniquesTest : public QObject
{
    Q_OBJECT

    ModelPtr m_model;
    Samples m_samples;
    ThreadPool m_pool{2};

private slots:
    void init()
    {
        ESPALIER_NEEDS_SHARED("mlperf-tiny/kws01/kws01.npz");
        if (m_model)
            return;
        const std::filesystem::path tiny = sharedFolder() / "mlperf-tiny";
        const Result<ModelPtr> model = readModel(tiny / "models" / "kws_savedmodel_float.tflite");
        const Result<DatasetPtr> data = openDataset(tiny / "kws01" / "kws01.npz");
        QVERIFY(model && data);
        m_model = *model;
        m_samples = undivided(**data);
        QCOMPARE(m_samples.count, std::size_t(1000));
    }

    void accuracy_data()
    {
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<double>("largestLoss");
        const auto row = [](const char *recipe, double largestLoss) {
            QTest::newRow(recipe) << QString::fromUtf8(recipe) << largestLoss;
        };
        row("", 0);
        row("quantize-float16", 0.001);
        row("quantize-dynamic", 0.005);
        for (const char *calibration :
             {"minmax", "moving-average", "mean", "percentile", "mse", "entropy", "tf_enhanced"})
            row((std::string("quantize-int8 calibration=") + calibration).c_str(), 0.005);
        row("quantize-int8 bias-correction=empirical", 0.005);
        row("quantize-int4", 0.015);
        row("quantize-int4 rounding=adaround iterations=300", 0.015);
        row("prune-magnitude sparsity=0.2 | quantize-int8", 0.05);
        row("quantize-int16x8", 0); // the best loses nothing
    }

    void accuracy()
    {
        QFETCH(QString, recipe);
        QFETCH(double, largestLoss);
        const Result<double> accuracy =
            crossValidated(m_model, *Recipe::parse(recipe.toStdString()), m_samples, 5, m_pool);
        QVERIFY2(accuracy, accuracy ? "" : accuracy.error().message.c_str());
        QVERIFY2(*accuracy >= 0.913 - largestLoss - 1e-9, qPrintable(QString::number(*accuracy)));
        QVERIFY(!recipe.isEmpty() || *accuracy < 0.913 + 1e-9); // all 1000 are tested, equally often
    }
};

QTEST_GUILESS_MAIN(KwsTechniquesTest)
#include "tst_kwstechniques.moc"
