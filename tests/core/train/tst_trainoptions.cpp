// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/random.h"
#include "core/graph/compare.h"
#include "core/train/architectures/architecture.h"
#include "core/train/meansquares.h"
#include "core/train/train.h"
#include "core/train/trainingnetwork.h"
#include "support/quadrants.h"
#include "support/tinytraining.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <numeric>

using namespace espalier;

namespace {

/// Rounds to quarters and lets no derivative through beyond +-1.
struct Quarters final : ValueTransform
{
    void forward(std::span<const float> kept, std::span<float> used) const override
    {
        for (std::size_t i = 0; i < kept.size(); ++i)
            used[i] = std::round(kept[i] * 4) / 4;
    }
    void backward(std::span<const float> kept, std::span<const float>, std::span<float> gradient) const override
    {
        for (std::size_t i = 0; i < kept.size(); ++i)
            gradient[i] = std::abs(kept[i]) > 1 ? 0 : gradient[i];
    }
};

} // namespace

class TrainOptionsTest : public QObject
{
    Q_OBJECT

private slots:
    void optimizersByHand()
    {
        std::vector<float> parameters = {1}, first = {2}, second = {0};
        const std::vector<float> gradient = {0.5f};
        // g = 0.5 + 0.25 * 1 = 0.75; v = 0.5 * 2 + 0.75 = 1.75; 1 - 0.5 * (0.75 + 0.5 * 1.75)
        optimizerStep({.momentum = 0.5, .nesterov = true, .weightDecay = 0.25}, 1, 0.5f, {parameters, first, {}},
                      gradient);
        QCOMPARE(first[0], 1.75f);
        QCOMPARE(parameters[0], 0.1875f);
        // The first step of Adam is the rate against the sign; AdamW has shrunk the parameter before.
        for (const bool decoupled : {false, true}) {
            parameters = {1}, first = {0}, second = {0};
            optimizerStep({.kind = decoupled ? Optimizer::adamw : Optimizer::adam, .weightDecay = 0.1}, 1, 0.01f,
                          {parameters, first, second}, gradient);
            QVERIFY(std::abs(parameters[0] - (decoupled ? 0.989f : 0.99f)) < 1e-6f);
        }
    }

    void schedules()
    {
        QCOMPARE(rateAt({RateSchedule::constant}, 1, 99, 100), 1.0);
        QCOMPARE(rateAt({RateSchedule::step}, 1, 49, 100), 1.0);
        QCOMPARE(rateAt({RateSchedule::step}, 1, 50, 100), 0.1);
        QCOMPARE(rateAt({RateSchedule::step}, 1, 75, 100), 0.01);
        QCOMPARE(rateAt({RateSchedule::cosine, 0.1}, 1, 0, 100), 0.1);
        QCOMPARE(rateAt({RateSchedule::cosine, 0.1}, 1, 9, 100), 1.0);
        QCOMPARE(rateAt({RateSchedule::cosine, 0.1}, 1, 55, 100), cosineRate(1, 45, 90));
    }

    void smoothedLossByHand()
    {
        const std::vector<float> probabilities = {0.5f, 0.25f, 0.25f, 0};
        std::vector<float> gradients(4);
        const LossSum sum =
            softmaxCrossEntropy(std::span(probabilities).first(4), std::vector<std::int32_t>{0}, 1, gradients, 0.5f);
        QCOMPARE(gradients, std::vector<float>({0.5f - 0.625f, 0.125f, 0.125f, -0.125f}));
        QVERIFY(std::isfinite(sum.loss));
    }

    void meanSquaresByHand()
    {
        std::vector<float> gradients(4);
        const LossSum sum =
            meanSquares(std::vector<float>{1, 2, 3, 4}, std::vector<float>{1, 0, 3, 5}, 2, 0.5f, gradients);
        QCOMPARE(sum.loss, 2.5);
        QCOMPARE(gradients, std::vector<float>({0, 1, 0, -0.5f}));
    }

    void everyOptimizerLearns_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("rate");
        QTest::newRow("sgd") << int(Optimizer::sgd) << 0.1;
        QTest::newRow("adam") << int(Optimizer::adam) << 0.01;
        QTest::newRow("adamw") << int(Optimizer::adamw) << 0.01;
    }

    void everyOptimizerLearns()
    {
        QFETCH(int, kind);
        QFETCH(double, rate);
        const Dataset data = quadrants(600);
        TrainOptions options;
        options.epochs = 8;
        options.batch = 20;
        options.learningRate = rate;
        options.schedule.warmUp = 0.1;
        options.optimizer.kind = Optimizer(kind);
        options.optimizer.weightDecay = 1e-4;
        options.optimizer.nesterov = true;
        options.clipNorm = 1;
        options.labelSmoothing = 0.05;
        for (const bool softmax : {false, true}) {
            std::vector<EpochResult> epochs;
            const Result<ModelPtr> one = trained(network(softmax), data, options, 1, &epochs);
            QVERIFY2(one, one ? "" : one.error().message.c_str());
            QVERIFY2(*epochs.back().trainAccuracy > 0.93, qPrintable(QString::number(*epochs.back().trainAccuracy)));
            QCOMPARE(firstDifference(**one, **trained(network(softmax), data, options, 3)), std::string());
        }
    }

    void autoencodersLearnTheirInput()
    {
        Dataset data = quadrants(300);
        data.labelKind = LabelKind::anomaly;
        TrainOptions options;
        options.epochs = 20;
        options.learningRate = 0.01;
        options.optimizer.kind = Optimizer::adam;
        options.validation = 0.2;
        std::vector<EpochResult> epochs;
        QVERIFY(trained(network(), data, options, 2, &epochs));
        QVERIFY(epochs.back().trainLoss < 0.3 * epochs.front().trainLoss);
        QVERIFY(*epochs.back().validationLoss < 0.5 * *epochs.front().validationLoss);
        data.train.shape = {2};
        QVERIFY(!trained(network(), data, options));
    }

    void stopsBetweenTwoOperators()
    {
        // Something is asked to stop as the first layer has run: no other layer runs, forward or backward.
        struct Stopper final : ValueTransform
        {
            Stopper(std::stop_source toStop, bool stops) : stop(std::move(toStop)), isStopping(stops) {}
            void forward(std::span<const float> kept, std::span<float> used) const override
            {
                std::ranges::copy(kept, used.begin());
                ++calls;
                if (isStopping)
                    stop.request_stop();
            }
            void backward(std::span<const float>, std::span<const float>, std::span<float>) const override { ++calls; }
            mutable std::stop_source stop;
            bool isStopping;
            mutable int calls = 0;
        };
        const ModelPtr model = network();
        const Graph &graph = model->main();
        std::stop_source stop;
        const auto first = std::make_shared<Stopper>(stop, true), second = std::make_shared<Stopper>(stop, false);
        TrainOptions options;
        options.transforms = {{graph.operators[0].outputs[0], first}, {graph.operators[1].outputs[0], second}};
        ThreadPool pool(1);
        const Result<ModelPtr> stopped =
            train(model, quadrants(300), options, pool, {}, Progress(stop.get_token(), {}));
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::cancelled);
        QCOMPARE(first->calls, 1);
        QCOMPARE(second->calls, 0);
    }

    void transformsStandBetween()
    {
        const Dataset data = quadrants(300);
        const ModelPtr model = network();
        const Graph &graph = model->main();
        const TensorId weights = graph.operators[0].inputs[1], hidden = graph.operators[0].outputs[0];
        const auto quarters = std::make_shared<Quarters>();
        const Result<TrainingNetwork> with =
            TrainingNetwork::prepare(*model, {{weights, quarters}, {hidden, quarters}});
        QVERIFY(with);
        TrainingNetwork::Worker worker(*with, 1);
        std::memcpy(worker.input().data(), data.train.sample(0).data(), worker.input().size());
        bool seen = false;
        std::vector<float> gradients(with->parameterCount());
        with->run(worker, std::span(data.train.labels).first(1), 1, gradients,
                  [&](std::size_t op, std::span<const float> output, std::span<float>) {
                      seen |= op == 0;
                      // The observer sees what the operator made of quarters and inputs: no quarters as a rule.
                      if (op == 0)
                          QVERIFY(std::ranges::any_of(output, [](float v) { return v * 4 != std::round(v * 4); }));
                  });
        QVERIFY(seen);

        TrainOptions options;
        options.epochs = 30;
        options.transforms = {{weights, quarters}, {hidden, quarters}};
        std::vector<EpochResult> epochs;
        const Result<ModelPtr> one = trained(model, data, options, 1, &epochs);
        QVERIFY(one);
        QVERIFY2(*epochs.back().trainAccuracy > 0.8, qPrintable(QString::number(*epochs.back().trainAccuracy)));
        QCOMPARE(firstDifference(**one, **trained(model, data, options, 2)), std::string());
    }

    void stopsEarlyWithTheBest()
    {
        const Dataset data = quadrants(60);
        TrainOptions options;
        options.epochs = 200;
        options.learningRate = 0.5;
        options.schedule.kind = RateSchedule::constant;
        options.validation = 0.3;
        options.patience = 3;
        std::vector<EpochResult> epochs;
        const Result<ModelPtr> model = trained(network(), data, options, 2, &epochs);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QVERIFY(epochs.size() < 200);
        const auto best =
            std::ranges::min_element(epochs, {}, [](const EpochResult &epoch) { return *epoch.validationLoss; });
        QCOMPARE(epochs.end() - best, 4); // the best, and three that are not better
        options.validation = 0;
        QVERIFY(!trained(network(), data, options)); // nothing to judge by
    }

    void scalesSamplesAsAsked()
    {
        // The same points as bytes, and as the numbers that these bytes stand for.
        Dataset bytes = quadrants(60), numbers = bytes;
        std::vector<std::uint8_t> raw;
        std::vector<float> real;
        const std::vector<std::uint8_t> stored(bytes.train.values->begin(), bytes.train.values->end());
        for (std::size_t i = 0; i < 240; ++i) {
            float value = 0;
            std::memcpy(&value, &stored[i * sizeof value], sizeof value);
            raw.push_back(std::uint8_t(std::lround((value + 1) * 127.5f)));
            real.push_back(float(double(raw.back()) * 2 - 255));
        }
        bytes.train.type = DType::uint8;
        bytes.train.values = sharedBytes(raw);
        numbers.train.values = sharedBytes(real);
        TrainOptions options;
        options.learningRate = 1e-4;
        options.distillation = {network(true), 2, 0.5};
        TrainOptions asked = options;
        asked.scaling = InputScaling{InputScaling::Kind::affine, 2, -255};
        const Result<ModelPtr> expected = trained(network(), numbers, options);
        QVERIFY2(expected, expected ? "" : expected.error().message.c_str());
        QCOMPARE(firstDifference(**expected, **trained(network(), bytes, asked)), std::string());
        QVERIFY(!firstDifference(**expected, **trained(network(), bytes, options)).empty());
    }

    void hooksHoldForWhatIsJudgedAndDelivered()
    {
        const Dataset data = quadrants(60);
        TrainOptions options;
        options.epochs = 2;
        options.batch = 16;
        options.validation = 0.3;
        std::vector<std::int64_t> steps;
        options.beforeStep = [&](std::int64_t step, const TrainingNetwork &, std::span<float> parameters) {
            steps.push_back(step);
            if (step == noStep)
                std::ranges::fill(parameters, 0.0f);
        };
        std::vector<EpochResult> epochs;
        const Result<ModelPtr> model = trained(network(), data, options, 2, &epochs);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(steps, std::vector<std::int64_t>({1, 2, 3, noStep, 4, 5, 6, noStep, noStep}));
        for (const EpochResult &epoch : epochs)
            QVERIFY(std::abs(*epoch.validationLoss - std::log(4.0)) < 1e-6); // of a network of zeros
        for (const Tensor &tensor : (*model)->main().tensors)
            if (tensor.isConstant())
                QVERIFY(std::ranges::all_of(values<float>(tensor), [](float v) { return v == 0; }));
    }

    void earlyStoppingWaitsUntilTheNetworkIsSettled()
    {
        const Dataset data = quadrants(60);
        TrainOptions options;
        options.epochs = 12;
        options.batch = 16; // three steps an epoch
        options.validation = 0.3;
        options.patience = 1;
        options.learningRate = 0; // no epoch is better than the one before
        std::vector<EpochResult> epochs;
        QVERIFY(trained(network(), data, options, 2, &epochs));
        QCOMPARE(epochs.size(), std::size_t(2));
        epochs.clear();
        options.settledAt = 3 * 7 + 1; // the eighth epoch is the first that counts
        QVERIFY(trained(network(), data, options, 2, &epochs));
        QCOMPARE(epochs.size(), std::size_t(9));
    }

    void numbersThatBreakAreNotDelivered()
    {
        const Dataset data = quadrants(60);
        const auto refused = [&](const TrainOptions &options) {
            std::vector<EpochResult> epochs;
            const Result<ModelPtr> model = trained(network(), data, options, 1, &epochs);
            for (const EpochResult &epoch : epochs)
                if (!std::isfinite(epoch.trainLoss) || !std::isfinite(epoch.validationLoss.value_or(0)))
                    return std::string("a curve has it");
            return model ? std::string("delivered") : model.error().message;
        };
        // One step, whose loss is still sound.
        TrainOptions options;
        options.epochs = 1;
        options.learningRate = 1e38;
        options.optimizer.kind = Optimizer::adam;
        for (const double validation : {0.0, 0.3}) {
            options.validation = validation;
            const QString message = QString::fromStdString(refused(options));
            QVERIFY2(message.contains(QStringLiteral("diverged in epoch 1")), qPrintable(message));
            QVERIFY2(message.contains(QStringLiteral("lower the learning rate")), qPrintable(message));
        }
    }

    void aNetworkThatTrainingBreaksIsAnError()
    {
        const Dataset data = quadrants(200);
        TrainOptions options;
        options.epochs = 30;
        const Result<ModelPtr> good = trained(network(), data, options);
        QVERIFY(good);
        options.epochs = 3; // twelve steps
        options.learningRate = 50;
        options.clipNorm = 1; // the loss stays a number
        const Result<ModelPtr> broken = trained(*good, data, options);
        QVERIFY(!broken);
        QVERIFY2(broken.error().message.find("no better than guessing") != std::string::npos,
                 broken.error().message.c_str());
        // So is one that was never better, if its loss has grown; not one that has hardly begun to learn.
        const Result<ModelPtr> worse = trained(network(), data, options);
        QVERIFY(!worse);
        QVERIFY2(worse.error().message.find("no better than guessing") != std::string::npos,
                 worse.error().message.c_str());
        options.learningRate = 1e-6;
        QVERIFY(trained(network(), data, options));
        // Nor one that a hook settles as a guess.
        options.learningRate = 0.01;
        options.beforeStep = [](std::int64_t, const TrainingNetwork &, std::span<float> parameters) {
            std::ranges::fill(parameters, 0.0f);
        };
        QVERIFY(trained(*good, data, options));
    }

    void aNetworkThatIsDeadIsAnError()
    {
        const auto outputsOf = [](float bias) {
            GraphBuilder b;
            const TensorId x = b.input({1, 4});
            const TensorId h =
                b.fullyConnected(x, b.constant({16, 4}, noise(64, 1)), b.constant({16}, std::vector<float>(16, bias)),
                                 {.activation = Activation::relu});
            return b.model({b.fullyConnected(h, b.constant({4, 16}, noise(64, 3)), b.constant({4}, noise(4, 4)))});
        };
        TrainOptions options;
        options.epochs = 1;
        options.learningRate = 1e-6;
        QVERIFY(trained(outputsOf(0), quadrants(100), options)); // no better than guessing yet
        const Result<ModelPtr> dead = trained(outputsOf(-100), quadrants(100), options);
        QVERIFY(!dead);
        QVERIFY2(dead.error().message.find("answers every sample alike") != std::string::npos,
                 dead.error().message.c_str());
    }

    void errorsTellOfInputsThatAreLarge()
    {
        Dataset data = quadrants(100);
        std::vector<float> values(400);
        std::memcpy(values.data(), data.train.values->data(), data.train.values->size());
        for (float &value : values)
            value *= 1e6f;
        data.train.values = sharedBytes(values);
        const Result<ModelPtr> broken = trained(network(), data, {});
        QVERIFY(!broken);
        QVERIFY2(broken.error().message.find("scale the inputs, which reach ") != std::string::npos,
                 broken.error().message.c_str());
    }

    /// Whatever the labels are: no data set calls them anomaly flags.
    void autoencodersAreToldByTheModel()
    {
        Dataset data = quadrants(100);
        for (std::int32_t &label : data.train.labels)
            label &= 1;
        std::vector<EpochResult> epochs;
        TrainOptions options;
        options.epochs = 2;
        options.validation = 0.2;
        QVERIFY(trained(network(), data, options, 2, &epochs));
        QVERIFY(!epochs.back().trainAccuracy && !epochs.back().validationAccuracy && epochs.back().validationLoss);
        options.distillation = {network(), 2, 1};
        const Result<ModelPtr> student = trained(network(), data, options);
        QVERIFY(!student);
        QVERIFY(student.error().message.find("take finetune") != std::string::npos);
    }

    void anAutoencoderThatTrainingBreaksIsAnError()
    {
        Dataset data = quadrants(100);
        data.labelKind = LabelKind::anomaly;
        TrainOptions options;
        options.epochs = 30;
        const Result<ModelPtr> good = trained(network(), data, options);
        QVERIFY(good);
        options.epochs = 2;
        options.learningRate = 50;
        options.clipNorm = 1;
        const Result<ModelPtr> broken = trained(*good, data, options);
        QVERIFY(!broken);
        QVERIFY2(broken.error().message.find("no better than guessing") != std::string::npos,
                 broken.error().message.c_str());
    }

    /// Few steps from nothing lose much when judged by moving means that lag behind, and more with the batch's own: no
    /// sign that they broke the network.
    void fewStepsOfABatchNormAreNoBreak()
    {
        Dataset data;
        data.labelKind = LabelKind::anomaly;
        data.train.shape = {40};
        data.train.count = 64;
        data.train.values = sharedBytes(noise(64 * 40, 9));
        data.train.labels.assign(64, 0);
        const auto built = findArchitecture("autoencoder")->build({.sampleShape = {40}, .seed = 1});
        QVERIFY2(built, built ? "" : built.error().message.c_str());
        TrainOptions options;
        options.layers = built->layers;
        options.epochs = 1;
        options.batch = 32;
        options.learningRate = 0.001;
        const Result<ModelPtr> model = trained(built->model, data, options);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
    }

    void resumesToTheSameBits()
    {
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath(QStringLiteral("c")).toStdString();
        const Dataset data = quadrants(100);
        TrainOptions options;
        options.epochs = 5;
        options.optimizer.kind = Optimizer::adam;
        options.learningRate = 0.01;
        const Result<ModelPtr> expected = trained(network(), data, options);
        QVERIFY(expected);

        options.checkpoint = file;
        ThreadPool pool(2);
        std::stop_source stop;
        const Result<ModelPtr> killed = train(
            network(), data, options, pool,
            [&](const EpochResult &result) {
                if (result.epoch == 3)
                    stop.request_stop();
            },
            Progress(stop.get_token(), {}));
        QCOMPARE(killed.error().code, ErrorCode::cancelled);

        options.resume = file;
        std::vector<EpochResult> epochs;
        const Result<ModelPtr> resumed = trained(network(), data, options, 1, &epochs);
        QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
        QCOMPARE(epochs.front().epoch, 4);
        QCOMPARE(firstDifference(**expected, **resumed), std::string());

        TrainOptions other = options;
        other.seed = 9;
        const Result<ModelPtr> unfit = trained(network(), data, other);
        QVERIFY(!unfit);
        QVERIFY(QString::fromStdString(unfit.error().message).contains(QStringLiteral("another model")));
        const Bytes whole = *readFile(file);
        for (std::size_t length = 0; length < whole.size(); length += 1 + whole.size() / 50) {
            QVERIFY(writeFile(file, std::span(whole).first(length)));
            QVERIFY(!trained(network(), data, options));
        }
        for (std::size_t place = 0; place < whole.size(); place += 1 + whole.size() / 50) {
            Bytes damaged = whole;
            damaged[place] ^= 1;
            QVERIFY(writeFile(file, damaged));
            QVERIFY(!trained(network(), data, options));
        }
    }

    void seriesAreScaledAndMoved()
    {
        const Shape shape = {6, 2};
        std::vector<float> series(12);
        std::iota(series.begin(), series.end(), 1.0f);
        Random random(5);
        std::vector<bool> seen(5);
        for (int round = 0; round < 100; ++round) {
            // All values times one factor within 0.75 to 1.25.
            std::vector<float> scaled = series;
            augment({.scale = 0.25}, shape, scaled, random);
            QVERIFY(scaled[0] >= 0.75f && scaled[0] <= 1.25f);
            for (std::size_t i = 0; i < scaled.size(); ++i)
                QCOMPARE(scaled[i], series[i] * scaled[0]);
            // By up to two steps, both channels together; the step at the end is repeated.
            std::vector<float> moved = series;
            augment({.timeShift = 2}, shape, moved, random);
            const int later = moved[0] == 1 ? (moved[2] == 3 ? 0 : moved[4] == 3 ? 1 : 2) : -int(moved[0] - 1) / 2;
            seen[std::size_t(later + 2)] = true;
            for (int t = 0; t < 6; ++t)
                for (int c = 0; c < 2; ++c)
                    QCOMPARE(moved[std::size_t(2 * t + c)], series[std::size_t(2 * std::clamp(t - later, 0, 5) + c)]);
        }
        QCOMPARE(seen, std::vector<bool>(5, true));
        // Far from 1 as well as near it.
        float least = 2, most = 0;
        for (int round = 0; round < 100; ++round) {
            std::vector<float> scaled = series;
            augment({.scale = 0.25}, shape, scaled, random);
            least = std::min(least, scaled[0]);
            most = std::max(most, scaled[0]);
        }
        QVERIFY(least < 0.8f && most > 1.2f);
    }

    void batchesHaveOneLargestSize()
    {
        ThreadPool pool(1);
        TrainOptions options;
        options.epochs = 0;
        options.batch = TrainingNetwork::largestBatch;
        QVERIFY(train(network(), quadrants(8), options, pool, {}, {}));
        ++options.batch;
        const Result<ModelPtr> refused = train(network(), quadrants(8), options, pool, {}, {});
        QVERIFY(!refused);
        const std::string largest = std::to_string(TrainingNetwork::largestBatch);
        QVERIFY2(refused.error().message.find("a batch from 1 to " + largest) != std::string::npos,
                 refused.error().message.c_str());
    }

    void augmentationMovesAndHides()
    {
        const std::vector<float> image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        int moved = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            std::vector<float> varied = image, again = image;
            Random random(seed), same(seed);
            augment({.shift = 1, .flip = true}, {3, 3}, varied, random);
            augment({.shift = 1, .flip = true}, {3, 3}, again, same);
            QCOMPARE(varied, again);
            for (const float value : varied)
                QVERIFY(value == 0 || std::ranges::find(image, value) != image.end());
            moved += varied != image ? 1 : 0;
            std::vector<float> hidden(64, 1);
            augment({.cutOut = 3}, {8, 8}, hidden, random);
            const auto holes = std::ranges::count(hidden, 0.0f);
            QVERIFY(holes >= 1 && holes <= 9);
        }
        QVERIFY(moved > 10);
        std::vector<float> series(4000, 1);
        Random random(1);
        augment({.jitter = 0.5}, {2000, 2}, series, random);
        double sum = 0, squares = 0;
        for (const float value : series) {
            sum += double(value) - 1;
            squares += (double(value) - 1) * (double(value) - 1);
        }
        QVERIFY(std::abs(sum / 4000) < 0.05);
        QVERIFY(std::abs(std::sqrt(squares / 4000) - 0.5) < 0.05);
    }
};

QTEST_GUILESS_MAIN(TrainOptionsTest)
#include "tst_trainoptions.moc"
