// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/graph/compare.h"
#include "core/kernels/simd/isa.h"
#include "core/metrics/modelmetrics.h"
#include "core/train/architectures/architecture.h"
#include "core/train/optimizer.h"
#include "core/train/schedule.h"
#include "core/train/softmaxcrossentropy.h"
#include "core/train/train.h"

#include <QtTest>

#include <cmath>
#include <numbers>

using namespace espalier;

namespace {

/// Pictures of 12x12 bytes: a bright stripe whose place is the class, in noise. Upright the place is a column, which
/// for a series is its channels.
Dataset stripes(std::size_t count, std::size_t classes, bool upright = false)
{
    Dataset data;
    data.name = "stripes";
    data.classes = classes;
    Random random(11);
    Bytes bytes;
    for (std::size_t i = 0; i < count; ++i) {
        const auto label = std::int32_t(random.below(classes));
        data.train.labels.push_back(label);
        for (int y = 0; y < 12; ++y)
            for (int x = 0; x < 12; ++x)
                bytes.push_back(std::uint8_t(random.below(120) + ((upright ? x : y) / 3 == label ? 100 : 0)));
    }
    data.train.type = DType::uint8;
    data.train.shape = {12, 12};
    data.train.count = count;
    data.train.values = std::make_shared<const Bytes>(std::move(bytes));
    return data;
}

Untrained untrained(const char *architecture, const Dataset &data)
{
    const Architecture *found = findArchitecture(architecture);
    const Result<Untrained> result = found->build({data.train.shape, data.classes, 1, found->hasWidth ? 0.25 : 1.0});
    if (!result)
        qFatal("%s", result.error().message.c_str());
    return *result;
}

ModelPtr built(const char *architecture, const Dataset &data)
{
    return untrained(architecture, data).model;
}

TrainOptions shortly()
{
    TrainOptions options;
    options.epochs = 2;
    options.batch = 20; // parts of 16 and 4
    return options;
}

} // namespace

class TrainingTest : public QObject
{
    Q_OBJECT

private slots:
    void cosineFallsFromStartToZero()
    {
        QCOMPARE(cosineRate(0.05, 0, 100), 0.05);
        QVERIFY(std::abs(cosineRate(0.05, 100, 100)) < 1e-16);
        for (int step = 0; step <= 100; ++step)
            QVERIFY(std::abs(cosineRate(1, step, 100) - (1 + std::cos(std::numbers::pi * step / 100)) / 2) < 1e-15);
    }

    void sgdByHand()
    {
        std::vector<float> parameters = {1, -2}, velocities = {0.5f, 0};
        const std::vector<float> gradients = {1, -4};
        optimizerStep({.momentum = 0.5}, 1, 0.25f, {parameters, velocities, {}}, gradients);
        QCOMPARE(velocities, std::vector<float>({1.25f, -4}));
        QCOMPARE(parameters, std::vector<float>({0.6875f, -1}));
    }

    void lossByHand()
    {
        const std::vector<float> probabilities = {0.5f, 0.25f, 0.25f, 0.25f, 0.25f, 0.5f};
        const std::vector<std::int32_t> labels = {0, 1};
        std::vector<float> gradients(6);
        const LossSum sum = softmaxCrossEntropy(probabilities, labels, 0.5f, gradients);
        QVERIFY(std::abs(sum.loss - 3 * std::numbers::ln2) < 1e-12);
        QCOMPARE(sum.correct, std::size_t(1));
        QCOMPARE(gradients, std::vector<float>({-0.25f, 0.125f, 0.125f, 0.125f, -0.375f, 0.25f}));
    }

    void cnnHasItsParameters()
    {
        const auto graphOf = [](const char *id, const Architecture::Request &request) {
            return findArchitecture(id)->build(request)->model->main();
        };
        QCOMPARE(parameterCount(graphOf("cnn", {{28, 28}, 10})), std::int64_t(105866));
        const Graph series = graphOf("cnn1d", {{59, 35}, 8});
        QCOMPARE(parameterCount(series), std::int64_t(1832));
        QCOMPARE(profilerFlops(series), std::int64_t(193648)); // as Audi et al. print it
        QCOMPARE(parameterCount(graphOf("lenet", {{28, 28}, 10})), std::int64_t(61706));
        // Their papers count 4.2 M, with width 0.25 0.5 M, and 3.4 M; Keras has 3.5 M, with width 0.5 2.0 M.
        const auto mobile = [&](const char *id, double width) {
            return double(parameterCount(graphOf(id, {{224, 224, 3}, 1000, 0, width}))) / 1e6;
        };
        QCOMPARE(std::round(mobile("mobilenetv1", 1) * 10) / 10, 4.2);
        QCOMPARE(std::round(mobile("mobilenetv1", 0.25) * 10) / 10, 0.5);
        QCOMPARE(std::round(mobile("mobilenetv2", 1) * 10) / 10, 3.5);
        QCOMPARE(std::round(mobile("mobilenetv2", 0.5) * 10) / 10, 2.0);
    }

    void unfitRequestsAreErrors()
    {
        const auto message = [](const char *id, const Architecture::Request &request) {
            const Result<Untrained> result = findArchitecture(id)->build(request);
            return QString::fromStdString(result ? std::string() : result.error().message);
        };
        QVERIFY(message("mobilenetv1", {{4, 4, 3}, 10}).contains(QStringLiteral("at least 8×8 pixels")));
        QVERIFY(message("cnn", {{64}, 10}).contains(QStringLiteral("choose mlp")));
        QVERIFY(message("cnn1d", {{28, 28, 3}, 10}).contains(QStringLiteral("series of at least 3 steps")));
        QVERIFY(message("lenet", {{28, 28}, 10, 0, 0.5}).contains(QStringLiteral("has no width")));
    }

    void everyArchitectureLearns_data()
    {
        QTest::addColumn<QString>("id");
        for (const Architecture *architecture : architectures())
            QTest::newRow(architecture->id.data()) << QString::fromUtf8(architecture->id.data());
    }

    void everyArchitectureLearns()
    {
        QFETCH(QString, id);
        Dataset data = stripes(400, 4, id == QStringLiteral("cnn1d"));
        const auto [model, layers] = untrained(id.toUtf8().constData(), data);
        QVERIFY(verify(*model));
        ThreadPool pool(2);
        TrainOptions options = shortly();
        options.epochs = findArchitecture(id.toStdString())->hasWidth ? 10 : 4; // narrow ones take longer
        options.layers = layers;
        if (findArchitecture(id.toStdString())->reproducesInput) {
            data.labelKind = LabelKind::anomaly;
            options.optimizer.kind = Optimizer::adam;
            options.learningRate = 0.003;
            options.epochs = 8;
        }
        std::vector<EpochResult> epochs;
        const Result<ModelPtr> trained =
            train(model, data, options, pool, [&](const EpochResult &result) { epochs.push_back(result); });
        QVERIFY2(trained, trained ? "" : trained.error().message.c_str());
        QVERIFY(verify(**trained));
        QCOMPARE(epochs.size(), std::size_t(options.epochs));
        if (data.labelKind == LabelKind::anomaly)
            QVERIFY2(epochs.back().trainLoss < 0.75 * epochs.front().trainLoss,
                     qPrintable(QString::number(epochs.back().trainLoss / epochs.front().trainLoss)));
        else
            QVERIFY2(*epochs.back().trainAccuracy > 0.9, qPrintable(QString::number(*epochs.back().trainAccuracy)));
        QVERIFY(epochs.back().trainLoss < epochs.front().trainLoss);
    }

    void sameSeedSameBits()
    {
        const Dataset data = stripes(150, 4);
        ThreadPool one(1), two(2), three(3);
        const ModelPtr model = built("cnn", data);
        const Result<ModelPtr> expected = train(model, data, shortly(), one);
        QVERIFY(expected);
        for (ThreadPool *pool : {&two, &three}) {
            const Result<ModelPtr> again = train(model, data, shortly(), *pool);
            QVERIFY(again);
            QCOMPARE(firstDifference(**expected, **again), std::string());
        }
        const Isa best = currentIsa();
        setCurrentIsa(Isa::portable);
        const Result<ModelPtr> portable = train(model, data, shortly(), two);
        setCurrentIsa(best);
        QVERIFY(portable);
        QCOMPARE(firstDifference(**expected, **portable), std::string());

        TrainOptions other = shortly();
        other.seed = 1;
        QVERIFY(firstDifference(**expected, **train(model, data, other, two)) != std::string());
    }

    void theOriginalIsUntouched()
    {
        const Dataset data = stripes(40, 4);
        const ModelPtr model = built("mlp", data), copy = built("mlp", data);
        ThreadPool pool(1);
        QVERIFY(train(model, data, shortly(), pool));
        QCOMPARE(firstDifference(*model, *copy), std::string());
        TrainOptions none = shortly();
        none.epochs = 0;
        QCOMPARE(firstDifference(*model, **train(model, data, none, pool)), std::string());
    }

    void divergenceIsAnError()
    {
        const Dataset data = stripes(200, 4);
        ThreadPool pool(1);
        TrainOptions options = shortly();
        options.learningRate = 1e30;
        const Result<ModelPtr> trained = train(built("cnn", data), data, options, pool);
        QVERIFY(!trained);
        QVERIFY(QString::fromStdString(trained.error().message).contains(QStringLiteral("diverged in epoch 1")));
    }

    void stuckIsAnError()
    {
        Dataset data = stripes(400, 4);
        Random random(1);
        for (std::int32_t &label : data.train.labels)
            label = std::int32_t(random.below(4)); // nothing to learn
        ThreadPool pool(2);
        TrainOptions options = shortly();
        options.batch = 1;
        options.learningRate = 0;
        const Result<ModelPtr> trained = train(built("mlp", data), data, options, pool);
        QVERIFY(!trained);
        QVERIFY(QString::fromStdString(trained.error().message).contains(QStringLiteral("stuck")));
    }

    void cancelStops()
    {
        const Dataset data = stripes(400, 4);
        ThreadPool pool(2);
        std::stop_source stop;
        const Progress progress(stop.get_token(),
                                [&](std::string_view, std::int64_t, std::int64_t) { stop.request_stop(); });
        const Result<ModelPtr> trained = train(built("mlp", data), data, shortly(), pool, {}, progress);
        QVERIFY(!trained);
        QCOMPARE(trained.error().code, ErrorCode::cancelled);
    }

    void unfitDataIsAnError()
    {
        ThreadPool pool(1);
        const Dataset data = stripes(20, 4);
        const ModelPtr model = built("mlp", data);
        Dataset bad = data;
        bad.train.labels[7] = 4;
        Result<ModelPtr> trained = train(model, bad, shortly(), pool);
        QVERIFY(!trained);
        QVERIFY(QString::fromStdString(trained.error().message).contains(QStringLiteral("sample 7")));
        bad = data;
        bad.train.labels.clear();
        QVERIFY(!train(model, bad, shortly(), pool));
        bad = data;
        bad.train = {};
        QVERIFY(!train(model, bad, shortly(), pool));
    }
};

QTEST_GUILESS_MAIN(TrainingTest)
#include "tst_training.moc"
