// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/errordebug.h"
#include "core/study/layermatch.h"
#include "core/study/layerreplacement.h"
#include "core/techniques/recipe.h"
#include "support/graphbuilder.h"
#include "support/tinystudy.h"

#include <QtTest>

#include <cmath>

using namespace espalier;

namespace {

/// The tiny model with names that a person would know.
ModelPtr named(const ModelPtr &model)
{
    auto copy = std::make_shared<Model>(*model);
    int number = 0;
    for (const Operator &op : copy->main().operators)
        copy->main()[op.outputs[0]].name = "layer" + std::to_string(++number);
    return copy;
}

ModelPtr applied(const ModelPtr &model, const char *recipe, const DatasetPtr &data, ThreadPool &pool)
{
    TechniqueContext context{data, {}, 1, pool, {}};
    const Result<ModelPtr> result = Recipe::parse(recipe)->apply(model, context);
    if (!result)
        qFatal("%s", result.error().message.c_str());
    return *result;
}

/// The model with the values of one layer's weights turned round.
ModelPtr spoiled(const ModelPtr &model, std::size_t op)
{
    auto copy = std::make_shared<Model>(*model);
    Tensor &tensor = copy->main()[copy->main().operators[op].inputs[1]];
    const std::span<const float> all = values<float>(tensor);
    tensor.data = sharedBytes(std::vector<float>(all.rbegin(), all.rend()));
    return copy;
}

} // namespace

class ErrorDebugTest : public QObject
{
    Q_OBJECT

private slots:
    void sameModelsHaveNoError()
    {
        ThreadPool pool(1);
        ErrorDebugRequest request;
        request.reference = request.variant = named(tinyModel());
        request.data = tinyData(request.reference);
        const Result<ErrorDebug> debug = debugError(request, pool);
        QVERIFY2(debug, debug ? "" : debug.error().message.c_str());
        QCOMPARE(debug->layers.size(), std::size_t(2));
        QCOMPARE(debug->samples, std::size_t(100));
        QVERIFY(!debug->breaksAt);
        for (const LayerError &layer : debug->layers) {
            QVERIFY(!layer.accumulated.sqnrDb && layer.alone && !layer.alone->sqnrDb);
            QCOMPARE(layer.accumulated.maxError, 0.0);
            QVERIFY(std::abs(layer.accumulated.cosine - 1) < 1e-9);
        }
        QCOMPARE(*debug->referenceAccuracy, 1.0);
        QCOMPARE(*debug->variantAccuracy, 1.0);
    }

    void namesTheLayerThatBreaks()
    {
        ThreadPool pool(2);
        ErrorDebugRequest request;
        request.reference = named(tinyModel());
        request.data = tinyData(request.reference);
        for (const std::size_t bad : {0, 1}) {
            request.variant = spoiled(request.reference, bad);
            const Result<ErrorDebug> debug = debugError(request, pool);
            QVERIFY2(debug, debug ? "" : debug.error().message.c_str());
            QCOMPARE(debug->breaksAt, std::optional<std::size_t>(bad));
            // The other layer adds nothing by itself; the bad one as much as it accumulates, its inputs being right.
            QVERIFY(!debug->layers[1 - bad].alone->sqnrDb);
            QCOMPARE(*debug->layers[bad].alone->sqnrDb, *debug->layers[bad].accumulated.sqnrDb);
            QVERIFY(*debug->variantAccuracy < 0.8);
            QCOMPARE(*debug->layers[bad].accuracyIfKept, 1.0); // putting it back heals all
            QVERIFY(!debug->layers[1 - bad].accuracyIfKept);
            QVERIFY(debug->sentences[1].starts_with("It breaks at 'layer" + std::to_string(bad + 1) + "'"));
        }
    }

    void figuresAreTheirDefinitions()
    {
        // The variant's only layer gives half of the reference's: noise is a quarter of the signal's power.
        const auto scaled = [](float by) {
            GraphBuilder b;
            const TensorId x = b.input({1, 2});
            return b.model(
                {b.fullyConnected(x, b.constant({1, 2}, std::vector<float>{2 * by, 4 * by}), TensorId::none)});
        };
        auto data = std::make_shared<Dataset>();
        data->test = {DType::float32, {2}, 2, sharedBytes(std::vector<float>{1, 0, 0, 1}), {}, {}};
        ThreadPool pool(1);
        ErrorDebugRequest request;
        request.reference = scaled(1);
        request.variant = scaled(0.5f);
        request.data = data;
        const Result<ErrorDebug> debug = debugError(request, pool);
        QVERIFY2(debug, debug ? "" : debug.error().message.c_str());
        const ErrorFigures &figures = debug->layers[0].accumulated;
        QVERIFY(std::abs(*figures.sqnrDb - 10 * std::log10(4.0)) < 1e-9);
        QVERIFY(std::abs(figures.cosine - 1) < 1e-9);
        QCOMPARE(figures.maxError, 2.0);
        QVERIFY(!debug->referenceAccuracy); // no labels
    }

    void understandsEveryForm_data()
    {
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<double>("atLeast");
        QTest::newRow("int8") << QStringLiteral("quantize-int8") << 25.0;
        QTest::newRow("int8, float at both ends")
            << QStringLiteral("quantize-int8 input_type=float output_type=float") << 25.0;
        QTest::newRow("uint8 at both ends")
            << QStringLiteral("quantize-int8 input_type=uint8 output_type=uint8") << 25.0;
        QTest::newRow("float16") << QStringLiteral("quantize-float16") << 55.0;
        QTest::newRow("dynamic") << QStringLiteral("quantize-dynamic min_elements=1") << 25.0;
    }
    void understandsEveryForm()
    {
        QFETCH(QString, recipe);
        QFETCH(double, atLeast);
        ThreadPool pool(1);
        ErrorDebugRequest request;
        request.reference = named(tinyModel());
        request.data = tinyData(request.reference);
        request.variant = applied(request.reference, recipe.toUtf8().constData(), request.data, pool);
        const Result<ErrorDebug> debug = debugError(request, pool);
        QVERIFY2(debug, debug ? "" : debug.error().message.c_str());
        QCOMPARE(debug->layers.size(), std::size_t(2));
        QCOMPARE(debug->unmatched, std::size_t(0));
        for (const LayerError &layer : debug->layers) {
            QVERIFY2(layer.accumulated.sqnrDb && *layer.accumulated.sqnrDb > atLeast,
                     qPrintable(QString::number(layer.accumulated.sqnrDb.value_or(0))));
            QVERIFY(layer.alone && layer.alone->sqnrDb && *layer.alone->sqnrDb > atLeast);
            QVERIFY(layer.accuracyIfKept && *layer.accuracyIfKept > 0.9);
            if (!recipe.startsWith(QStringLiteral("quantize-int8 ")))
                QCOMPARE(layer.accuracyIfWide.has_value(), recipe == QStringLiteral("quantize-int8"));
            QVERIFY(!layer.accuracyIfWide || *layer.accuracyIfWide > 0.9);
        }
    }

    void replacedLayersMakeTheReference()
    {
        // Every layer of a float16 model put back, one after another, is the reference again.
        ThreadPool pool(1);
        const ModelPtr reference = named(tinyModel());
        ModelPtr variant = spoiled(spoiled(reference, 0), 1);
        for (const std::size_t op : {0, 1}) {
            const Result<ModelPtr> mixed = withLayerOf(*variant, op, reference->main(), op);
            QVERIFY2(mixed, mixed ? "" : mixed.error().message.c_str());
            QVERIFY(verify(**mixed));
            variant = *mixed;
        }
        ErrorDebugRequest request{reference, variant, tinyData(reference), {}, {}};
        const Result<ErrorDebug> debug = debugError(request, pool);
        QVERIFY(debug);
        QVERIFY(!debug->layers.back().accumulated.sqnrDb);
    }

    void refusesWhatCannotBeCompared()
    {
        ThreadPool pool(1);
        GraphBuilder b;
        const TensorId x = b.input({1, 6});
        const ModelPtr other = b.model({b.softmax(x)});
        ErrorDebugRequest request;
        request.reference = tinyModel();
        request.variant = other;
        request.data = tinyData(request.reference);
        const Result<ErrorDebug> strangers = debugError(request, pool);
        QVERIFY(!strangers);
        QCOMPARE(strangers.error().code, ErrorCode::unusableInput);

        request.variant = request.reference;
        auto broken = std::make_shared<Dataset>(*request.data);
        broken->test.values = sharedBytes(std::vector<float>(6 * tinySamples, std::nanf("")));
        request.data = broken;
        const Result<ErrorDebug> notFinite = debugError(request, pool);
        QVERIFY(!notFinite);
        QVERIFY(notFinite.error().message.find("not finite") != std::string::npos);

        auto empty = std::make_shared<Dataset>(*broken);
        empty->test.count = 0;
        empty->test.labels.clear();
        request.data = empty;
        QVERIFY(!debugError(request, pool));

        request.data = tinyData(request.reference);
        std::stop_source stop;
        stop.request_stop();
        const Result<ErrorDebug> stopped = debugError(request, pool, Progress(stop.get_token(), {}));
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::cancelled);
    }
};

QTEST_GUILESS_MAIN(ErrorDebugTest)
#include "tst_errordebug.moc"
