// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/engine/engine.h"
#include "core/graph/compare.h"
#include "core/kernels/simd/isa.h"
#include "core/train/dropout.h"
#include "core/train/train.h"
#include "core/train/trainingnetwork.h"
#include "support/graphbuilder.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <cstring>

using namespace espalier;

namespace {

std::vector<float> noise(std::size_t count, std::uint64_t seed, double reach = 1)
{
    Random random(seed);
    std::vector<float> values(count);
    for (float &value : values)
        value = float((random.uniform() * 2 - 1) * reach);
    return values;
}

/// Images of 6x6x2: a convolution, a depthwise one and a dense layer, each normalized; something drops out of the
/// second.
struct Net
{
    ModelPtr model;
    TrainingLayers layers;
};

Net net()
{
    GraphBuilder b;
    const TensorId x = b.input({1, 6, 6, 2});
    const TensorId conv = b.conv2D(x, b.constant({5, 3, 3, 2}, noise(90, 1)), b.constant({5}, noise(5, 2)),
                                   {.strideH = 2, .strideW = 2, .activation = Activation::relu});
    const TensorId depthwise = b.depthwiseConv2D(conv, b.constant({1, 3, 3, 5}, noise(45, 3)),
                                                 b.constant({5}, noise(5, 4)), {.activation = Activation::relu6});
    const TensorId flat = b.add(OpKind::reshape, {depthwise, b.constant({2}, std::vector<std::int32_t>{1, 45})},
                                {1, 45}, ReshapeOptions{{1, 45}});
    const TensorId dense = b.fullyConnected(flat, b.constant({7, 45}, noise(315, 5)), b.constant({7}, noise(7, 6)));
    const TensorId out = b.fullyConnected(dense, b.constant({3, 7}, noise(21, 7)), b.constant({3}, noise(3, 8)));
    return {b.model({b.softmax(out)}), {{{conv}, {depthwise, 0.9}, {dense, 0.9, 1e-5}}, {}}};
}

/// Noise whose mean is the class.
Dataset brightness(std::size_t count)
{
    Dataset data;
    data.name = "brightness";
    data.classes = 3;
    Random random(5);
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
        data.train.labels.push_back(std::int32_t(random.below(3)));
        for (int k = 0; k < 72; ++k)
            values.push_back(float(random.uniform() - 0.5 + 0.3 * data.train.labels.back()));
    }
    data.train.shape = {6, 6, 2};
    data.train.count = count;
    data.train.values = sharedBytes(values);
    return data;
}

Result<ModelPtr> trained(const Net &net, const Dataset &data, TrainOptions options, int threads = 2,
                         std::vector<EpochResult> *epochs = nullptr, const Progress &progress = {})
{
    ThreadPool pool(threads);
    options.layers = net.layers;
    const auto seen = [&](const EpochResult &result) {
        if (epochs)
            epochs->push_back(result);
    };
    return train(net.model, data, options, pool, seen, progress);
}

QString messageOf(const Result<ModelPtr> &result)
{
    return QString::fromStdString(result ? std::string() : result.error().message);
}

} // namespace

class TrainingLayersTest : public QObject
{
    Q_OBJECT

private slots:
    void momentsOfPartsAreThoseOfAll()
    {
        constexpr std::size_t channels = 3, pixels = 50;
        std::vector<float> values = noise(4 * pixels * channels, 1);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = values[i] * float(1 + i % channels) + 1000; // far from 0
        const Normalizer normalizer({}, channels, pixels, Activation::none);
        Normalizer::Part first = normalizer.makePart(), second = normalizer.makePart();
        normalizer.measure(values.data(), 3, first);
        normalizer.measure(values.data() + 3 * pixels * channels, 1, second);
        Normalizer::Part *const parts[] = {&first, &second};
        normalizer.meet(parts);
        for (std::size_t c = 0; c < channels; ++c) {
            double mean = 0, squares = 0;
            for (std::size_t i = c; i < values.size(); i += channels)
                mean += double(values[i]) / (4 * pixels);
            for (std::size_t i = c; i < values.size(); i += channels)
                squares += (double(values[i]) - mean) * (double(values[i]) - mean);
            QCOMPARE(second.moments.count, 4.0 * pixels);
            QVERIFY(std::abs(second.moments.mean[c] - mean) < 1e-4);
            QVERIFY(std::abs(second.moments.squares[c] / squares - 1) < 1e-4);
        }
    }

    void normalizedValuesHaveMeanAndDeviation()
    {
        constexpr std::size_t channels = 20, pixels = 9;
        const std::vector<float> sums = noise(8 * pixels * channels, 3), gamma(channels, 2.0f), beta(channels, 0.5f);
        const Normalizer normalizer({.layer = {}, .momentum = 0.99, .epsilon = 0}, channels, pixels, Activation::none);
        Normalizer::Part part = normalizer.makePart();
        Normalizer::Part *const parts[] = {&part};
        std::vector<float> values(sums.size());
        normalizer.measure(sums.data(), 8, part);
        normalizer.meet(parts);
        normalizer.normalize(sums.data(), 8, {gamma, beta}, part, values.data());
        normalizer.measure(values.data(), 8, part);
        for (std::size_t c = 0; c < channels; ++c) {
            QVERIFY(std::abs(part.moments.mean[c] - 0.5) < 1e-5);
            QVERIFY(std::abs(part.moments.squares[c] / part.moments.count - 4) < 1e-4);
        }
        // Batches that are alike leave moving statistics equal to them, however long the memory.
        std::vector<float> mean(channels, 0), variance(channels, 1);
        for (int step = 0; step < 6; ++step)
            normalizer.follow(part, step, mean, variance);
        QVERIFY(std::abs(mean[7] - 0.5f) < 2e-4f);
        QVERIFY(std::abs(variance[7] - 4.0f * 72 / 71) < 2e-3f);
    }

    void agreesWithDifferences()
    {
        const Net net = ::net();
        Result<TrainingNetwork> network = TrainingNetwork::prepare(*net.model, {}, net.layers);
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QCOMPARE(network->phases(), std::size_t(7));
        QCOMPARE(network->parameterCount(), std::size_t(90 + 45 + 315 + 21 + 3 + 2 * (5 + 5 + 7))); // no dead biases
        constexpr int batch = 6;
        TrainingNetwork::Worker worker(*network, batch);
        const std::vector<float> images = noise(batch * 72, 9);
        const std::vector<std::int32_t> labels = {0, 1, 2, 2, 1, 0};
        std::vector<float> parameters(network->parameterCount());
        network->readParameters(parameters);
        for (std::size_t i = parameters.size() - 34; i < parameters.size(); ++i)
            parameters[i] += noise(1, i, 0.3)[0]; // gammas and betas other than 1 and 0
        ThreadPool pool(1);
        const auto run = [&](std::span<float> gradients) {
            network->writeParameters(parameters, 0);
            if (!network->parametersChanged(pool))
                qFatal("no kernel");
            std::memcpy(worker.input().data(), images.data(), worker.input().size());
            return network->run(worker, labels, 1.0f / batch, gradients).loss / batch;
        };
        std::vector<float> gradients(parameters.size(), 0.0f), ignored(parameters.size());
        run(gradients);
        int compared = 0;
        for (std::size_t i = 0; i < parameters.size(); i += i < 450 ? 7 : 1) {
            const float value = parameters[i];
            const auto slope = [&](float h) {
                parameters[i] = value + h;
                const double above = run(ignored);
                parameters[i] = value - h;
                const double below = run(ignored);
                parameters[i] = value;
                return (above - below) / (2 * double(h));
            };
            const double wide = slope(1.0f / 128), narrow = slope(1.0f / 256);
            if (std::abs(wide - narrow) > 1e-3) // a kink is near
                continue;
            ++compared;
            QVERIFY2(std::abs(narrow - double(gradients[i])) < 2e-3,
                     qPrintable(QStringLiteral("%1: %2 rather than %3").arg(i).arg(double(gradients[i])).arg(narrow)));
        }
        QVERIFY2(compared > 80, qPrintable(QString::number(compared)));
    }

    void foldedIsTheSameNetwork()
    {
        const Net net = ::net();
        Result<TrainingNetwork> network = TrainingNetwork::prepare(*net.model, {}, net.layers);
        QVERIFY(network);
        constexpr int batch = 5;
        TrainingNetwork::Worker worker(*network, batch);
        const std::vector<float> images = noise(batch * 72, 9);
        const std::vector<std::int32_t> labels = {0, 1, 2, 2, 1};
        std::vector<float> parameters(network->parameterCount()), gradients(network->parameterCount());
        network->readParameters(parameters);
        for (std::size_t i = parameters.size() - 34; i < parameters.size(); ++i)
            parameters[i] += noise(1, i, 0.3)[0];
        network->writeParameters(parameters, 0);
        std::memcpy(worker.input().data(), images.data(), worker.input().size());
        network->run(worker, labels, 1, gradients);
        for (int step = 0; step < 3; ++step)
            network->follow(worker, step);
        std::vector<float> judged;
        network->forward(worker, batch, [&](const TrainingNetwork::Outcome &outcome) {
            judged.assign(outcome.probabilities.begin(), outcome.probabilities.end());
            return LossSum();
        });

        const auto folded = std::make_shared<const Model>(network->model());
        QVERIFY(verify(*folded));
        QCOMPARE(folded->main().operators.size(), net.model->main().operators.size());
        const Result<ProgramPtr> program = Program::compile(folded);
        QVERIFY(program);
        Session session(*program, batch);
        std::memcpy(session.input().data(), images.data(), images.size() * sizeof(float));
        session.run(batch);
        const auto *outputs = reinterpret_cast<const float *>(session.output().data());
        for (std::size_t i = 0; i < judged.size(); ++i)
            QVERIFY2(std::abs(outputs[i] - judged[i]) < 2e-6f,
                     qPrintable(QStringLiteral("%1 and %2").arg(double(outputs[i])).arg(double(judged[i]))));
    }

    void learnsToTheSameBits()
    {
        Net net = ::net();
        net.layers.dropouts = {{net.layers.normalizations[1].layer, 0.2}};
        const Dataset data = brightness(300);
        TrainOptions options;
        options.epochs = 8;
        options.batch = 50; // parts of 32 and 18
        options.validation = 0.2;
        std::vector<EpochResult> epochs;
        const Result<ModelPtr> expected = trained(net, data, options, 1, &epochs);
        QVERIFY2(expected, qPrintable(messageOf(expected)));
        QVERIFY2(*epochs.back().validationAccuracy > 0.95,
                 qPrintable(QString::number(*epochs.back().validationAccuracy)));
        QCOMPARE(firstDifference(**expected, **trained(net, data, options, 3)), std::string());
        const Isa best = currentIsa();
        setCurrentIsa(Isa::portable);
        const Result<ModelPtr> portable = trained(net, data, options);
        setCurrentIsa(best);
        QCOMPARE(firstDifference(**expected, **portable), std::string());

        // Stopped after an epoch, it goes on to them, moving statistics and dropped values included.
        const QTemporaryDir folder;
        options.checkpoint = folder.filePath(QStringLiteral("training")).toStdString();
        options.patience = 3;
        const Result<ModelPtr> whole = trained(net, data, options);
        QVERIFY(whole);
        std::stop_source stop;
        ThreadPool pool(2);
        TrainOptions stopped = options;
        stopped.layers = net.layers;
        const Result<ModelPtr> killed = train(
            net.model, data, stopped, pool,
            [&](const EpochResult &result) {
                if (result.epoch == 2)
                    stop.request_stop();
            },
            Progress(stop.get_token(), {}));
        QCOMPARE(killed.error().code, ErrorCode::cancelled);
        options.resume = options.checkpoint;
        const Result<ModelPtr> resumed = trained(net, data, options);
        QVERIFY2(resumed, qPrintable(messageOf(resumed)));
        QCOMPARE(firstDifference(**whole, **resumed), std::string());
        net.layers.dropouts[0].rate = 0.3;
        QVERIFY(messageOf(trained(net, data, options)).contains(QStringLiteral("another model")));
    }

    void aShareDropsOut()
    {
        std::vector<float> values(40001, 1.0f), gradients(40001, 2.0f);
        dropOut(0.25, Random(3), values);
        dropOut(0.25, Random(3), gradients);
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            QVERIFY(values[i] == 0 || std::abs(values[i] - 4.0f / 3) < 1e-6f);
            QCOMPARE(gradients[i], 2 * values[i]);
            sum += double(values[i]);
        }
        QVERIFY(std::abs(sum / 40001 - 1) < 0.02);
        dropOut(0, Random(3), gradients);
        QCOMPARE(gradients[1], 2 * values[1]);
    }

    void nothingDropsOutOfWhatIsJudged()
    {
        Net net = ::net();
        net.layers.normalizations = {};
        net.layers.dropouts = {{net.model->main().operators[1].outputs[0], 0.5}};
        const Result<TrainingNetwork> with = TrainingNetwork::prepare(*net.model, {}, net.layers);
        const Result<TrainingNetwork> without = TrainingNetwork::prepare(*net.model);
        QVERIFY(with && without);
        const auto logits = [&](const TrainingNetwork &network, bool learns, std::uint64_t step) {
            TrainingNetwork::Worker worker(network, 1);
            std::memcpy(worker.input().data(), noise(72, 4).data(), worker.input().size());
            worker.drawFrom(1, step, 0);
            std::vector<float> result, gradients(network.parameterCount());
            const auto see = [&](const TrainingNetwork::Outcome &outcome) {
                result.assign(outcome.logits.begin(), outcome.logits.end());
                std::ranges::fill(outcome.gradient, 1.0f);
                return LossSum();
            };
            if (learns)
                network.run(worker, 1, see, gradients);
            else
                network.forward(worker, 1, see);
            return result;
        };
        QCOMPARE(logits(*with, false, 0), logits(*without, false, 0));
        QVERIFY(logits(*with, true, 0) != logits(*without, true, 0));
        QCOMPARE(logits(*with, true, 3), logits(*with, true, 3));
        QVERIFY(logits(*with, true, 3) != logits(*with, true, 4));
    }

    void unfitLayersAreErrors()
    {
        const Net fit = net();
        const Graph &graph = fit.model->main();
        const auto messageWith = [&](const TrainingLayers &layers) {
            const Result<TrainingNetwork> network = TrainingNetwork::prepare(*fit.model, {}, layers);
            return QString::fromStdString(network ? std::string() : network.error().message);
        };
        const TensorId flat = graph.operators[2].outputs[0];
        QVERIFY(messageWith({{{flat}}, {}}).contains(QStringLiteral("can be normalized")));
        QVERIFY(messageWith({{{graph.inputs[0]}}, {}}).contains(QStringLiteral("no operator makes")));
        QVERIFY(messageWith({{}, {{graph.inputs[0], 0.5}}}).contains(QStringLiteral("dropout")));
        QVERIFY(messageWith({{}, {{flat, 1}}}).contains(QStringLiteral("dropout")));
        QVERIFY(messageWith({{}, {{flat, 0.1}, {flat, 0.1}}}).contains(QStringLiteral("dropout")));
        QCOMPARE(messageWith({{}, {{flat, 0.1}}}), QString());
    }
};

QTEST_GUILESS_MAIN(TrainingLayersTest)
#include "tst_traininglayers.moc"
