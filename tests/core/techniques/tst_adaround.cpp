// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/graph/weightlayout.h"
#include "core/techniques/adaround.h"
#include "core/techniques/layerrows.h"
#include "core/techniques/softrounding.h"
#include "golden.h"
#include "modelbuilder.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace espalier;

namespace {

/// Of three bits, per output channel of the first axis.
std::optional<WeightGrid> threeBits(const Graph &graph, std::size_t op)
{
    const std::optional<WeightLayout> layout = weightLayout(graph.operators[op].kind);
    if (!layout)
        return std::nullopt;
    const Tensor &weights = graph[graph.operators[op].inputs[layout->weights]];
    WeightGrid grid{channelSlices(weights.shape, layout->channelAxis), {}, -3, 3};
    for (const float magnitude : largestMagnitudes(values<float>(weights), grid.slices))
        grid.steps.push_back(magnitude / 3);
    return grid;
}

/// Of numbers from 0 to 1: errors of weights add up unless they cancel out.
DatasetPtr noise(const Shape &shape, std::size_t count)
{
    auto data = std::make_shared<Dataset>();
    data->name = "noise";
    Random random(3);
    std::vector<float> values(count * elementCount(shape));
    for (float &value : values)
        value = float(random.uniform());
    data->calibration.shape = shape;
    data->calibration.count = count;
    data->calibration.values = sharedBytes(values);
    return data;
}

Result<Model> rounded(const ModelPtr &model, int threads, std::int64_t iterations, const Progress &progress = {})
{
    ThreadPool pool(threads);
    TechniqueContext context{noise({8, 8, 2}, 20), {}, 1, pool, progress};
    return withAdaptiveRounding(*model, threeBits, iterations, {}, context);
}

/// Every tensor of a run, by id.
std::vector<std::vector<float>> run(const ModelPtr &model, const std::vector<float> &input)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        qFatal("%s", program.error().message.c_str());
    Session session(*program);
    std::memcpy(session.input().data(), input.data(), session.input().size());
    std::vector<std::vector<float>> seen(model->main().tensors.size());
    session.run(1, [&](TensorId id, std::span<const std::byte> bytes) {
        const auto *const first = reinterpret_cast<const float *>(bytes.data());
        seen[std::size_t(id.index)].assign(first, first + bytes.size() / sizeof(float));
    });
    return seen;
}

} // namespace

class AdaRoundTest : public QObject
{
    Q_OBJECT

private slots:
    void softRoundingAgreesWithAimet()
    {
        ESPALIER_NEEDS_SHARED("golden/aimet_cle_bias_adaround.json");
        const nlohmann::json cases = golden("aimet_cle_bias_adaround.json")["cases"];
        const auto found = std::ranges::find_if(cases, [](const auto &c) { return c["kind"] == "adaround_loss"; });
        QVERIFY(found != cases.end());
        const nlohmann::json &expected = *found;
        const std::vector<float> a = flat<float>(expected["alpha"]);
        const std::int64_t iterations = expected["num_iterations"].get<std::int64_t>();
        for (const nlohmann::json &round : expected["rounds"]) {
            const std::optional<double> exponent = roundingExponent(round["iteration"].get<std::int64_t>(), iterations);
            QCOMPARE(exponent.has_value(), !round["beta"].is_null());
            if (!exponent)
                continue;
            QVERIFY(std::abs(*exponent - round["beta"].get<double>()) < 1e-5);
            QVERIFY(std::abs(roundingPenalty(a, *exponent) - round["round_loss"].get<double>()) < 1e-6);
        }
        const nlohmann::json &start = expected["alpha_init"];
        const std::vector<float> w = flat<float>(start["w"]), alpha = flat<float>(start["alpha"]);
        const std::vector<float> h = flat<float>(start["h"]);
        for (std::size_t i = 0; i < w.size(); ++i) {
            const float place = w[i] / start["delta"].get<float>();
            QVERIFY(std::abs(softRoundingStart(place - std::floor(place)) - alpha[i]) < 1e-5f);
            QVERIFY(std::abs(softRounding(alpha[i]) - h[i]) < 1e-6f);
        }
    }

    void gradientIsThatOfTheLoss()
    {
        const std::vector<float> lower = {-2, 0, 1, 2, 2}, steps = {0.1f, 0.2f, 0.3f, 0.1f, 0.1f};
        const std::vector<float> a = {-0.5f, 0.3f, 1.5f, -1, 30};
        const SoftWeights soft{lower, steps, -3, 3};
        const double exponent = 5;
        const auto loss = [&](const std::vector<float> &at) { // the sum of weights, and the penalty
            std::vector<float> values(at.size());
            softWeights(soft, at, values);
            double sum = roundingPenalty(at, exponent);
            for (const float value : values)
                sum += double(value);
            return sum;
        };
        std::vector<float> gradient(a.size(), 1.0f);
        softGradient(soft, a, exponent, gradient);
        for (std::size_t i = 0; i < a.size(); ++i) {
            std::vector<float> more = a, less = a;
            more[i] += 0.01f;
            less[i] -= 0.01f;
            const double slope = (loss(more) - loss(less)) / double(more[i] - less[i]);
            QVERIFY2(std::abs(slope - double(gradient[i])) < 1e-4, qPrintable(QString::number(i)));
        }
    }

    void rowsTimesWeightsAreTheLayer_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("strided and dilated convolution") << int(OpKind::conv2D);
        QTest::newRow("depthwise with a multiplier") << int(OpKind::depthwiseConv2D);
        QTest::newRow("transposed convolution") << int(OpKind::transposeConv);
        QTest::newRow("dense") << int(OpKind::fullyConnected);
    }

    void rowsTimesWeightsAreTheLayer()
    {
        QFETCH(int, kind);
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 7, 6, 3});
        TensorId out;
        if (OpKind(kind) == OpKind::conv2D) {
            out = b.add(OpKind::conv2D, {in, b.weights("w", {5, 3, 2, 3}, 1)}, "out", {1, 4, 3, 5},
                        Conv2DOptions{.strideH = 2, .strideW = 2});
        } else if (OpKind(kind) == OpKind::depthwiseConv2D) {
            out = b.add(OpKind::depthwiseConv2D, {in, b.weights("w", {1, 3, 3, 6}, 1)}, "out", {1, 7, 6, 6},
                        DepthwiseConv2DOptions{.dilationH = 2, .dilationW = 2, .depthMultiplier = 2});
        } else if (OpKind(kind) == OpKind::transposeConv) {
            const TensorId shape = b.constant<std::int32_t>("shape", DType::int32, {4}, {1, 14, 12, 4});
            out = b.add(OpKind::transposeConv, {shape, b.weights("w", {4, 3, 3, 3}, 1), in}, "out", {1, 14, 12, 4},
                        TransposeConvOptions{.strideH = 2, .strideW = 2});
        } else {
            out =
                b.add(OpKind::fullyConnected, {in, b.weights("w", {5, 3}, 1)}, "out", {42, 5}, FullyConnectedOptions());
        }
        const ModelPtr model = b.finish({out});
        const Graph &graph = model->main();
        const std::optional<LayerRows> layer = LayerRows::of(graph, graph.operators[0]);
        QVERIFY(layer);
        std::vector<float> input(graph[in].elements());
        Random random(5);
        for (float &value : input)
            value = float(random.uniform() - 0.5);
        const std::vector<float> expected = run(model, input)[std::size_t(out.index)];
        const std::size_t w = weightLayout(OpKind(kind))->weights;
        const std::span<const float> weights = values<float>(graph[graph.operators[0].inputs[w]]);
        QCOMPARE(layer->positions() * layer->channels(), expected.size());
        std::vector<float> row(layer->rowFloats());
        for (std::size_t p = 0; p < layer->positions(); ++p) {
            layer->fill(input.data(), p, row.data());
            for (std::size_t c = 0; c < layer->channels(); ++c) {
                float sum = 0;
                for (std::size_t k = 0; k < layer->depth(); ++k)
                    sum += row[layer->isApart() ? k * layer->channels() + c : k] * weights[layer->weight(c, k)];
                QVERIFY(std::abs(sum - expected[p * layer->channels() + c]) < 1e-5f);
            }
        }
    }

    void isNeverWorseThanNearest()
    {
        const ModelPtr model = sampleModel();
        const Result<Model> learned = rounded(model, 2, 2000);
        QVERIFY(learned);
        const Graph &graph = model->main();
        // The first layer: later ones have other inputs than the float model's.
        const Operator &op = graph.operators[0];
        const WeightGrid grid = *threeBits(graph, 0);
        auto nearest = std::make_shared<Model>(*model);
        std::vector<float> weights;
        for (const float w : values<float>(graph[op.inputs[1]])) {
            const float step = grid.steps[grid.slices.of(weights.size())];
            weights.push_back(std::round(w / step) * step);
        }
        nearest->main()[op.inputs[1]].data = sharedBytes(weights);
        const DatasetPtr data = noise({8, 8, 2}, 20);
        std::vector<double> errors[2] = {std::vector<double>(8, 0.0), std::vector<double>(8, 0.0)};
        for (std::size_t i = 0; i < data->calibration.count; ++i) {
            std::vector<float> input(128);
            std::memcpy(input.data(), data->calibration.sample(i).data(), 512);
            const auto at = std::size_t(op.outputs[0].index);
            const std::vector<float> exact = run(model, input)[at];
            const ModelPtr both[2] = {nearest, std::make_shared<const Model>(*learned)};
            for (int k = 0; k < 2; ++k) {
                const std::vector<float> made = run(both[k], input)[at];
                for (std::size_t j = 0; j < exact.size(); ++j)
                    errors[k][j % 8] += double(made[j] - exact[j]) * double(made[j] - exact[j]);
            }
        }
        double sums[2] = {};
        for (std::size_t c = 0; c < 8; ++c) {
            QVERIFY(errors[1][c] <= errors[0][c] * (1 + 1e-5));
            sums[0] += errors[0][c];
            sums[1] += errors[1][c];
        }
        QVERIFY2(sums[1] < 0.8 * sums[0], qPrintable(QString::number(sums[1] / sums[0])));
    }

    void weightsLieNextToWhereTheyWere()
    {
        const ModelPtr model = sampleModel();
        const Result<Model> learned = rounded(model, 2, 300);
        QVERIFY(learned);
        const Graph &graph = model->main();
        std::size_t moved = 0;
        for (std::size_t i = 0; i < graph.operators.size(); ++i) {
            const std::optional<WeightGrid> grid = threeBits(graph, i);
            if (!grid)
                continue;
            const TensorId id = graph.operators[i].inputs[1];
            const std::span<const float> before = values<float>(graph[id]), after = values<float>(learned->main()[id]);
            for (std::size_t k = 0; k < before.size(); ++k) {
                const float step = grid->steps[grid->slices.of(k)], place = after[k] / step;
                QVERIFY(std::abs(place - std::round(place)) < 1e-4f);
                QVERIFY(std::abs(after[k] - before[k]) < step * 1.0001f);
                moved += std::round(place) != std::round(before[k] / step) ? 1 : 0;
            }
            // The grid follows from the weights again.
            QCOMPARE(largestMagnitudes(after, grid->slices).size(), grid->steps.size());
            for (std::size_t s = 0; s < grid->steps.size(); ++s)
                QVERIFY(std::abs(largestMagnitudes(after, grid->slices)[s] - 3 * grid->steps[s]) < 1e-5f);
        }
        QVERIFY(moved > 0);
    }

    void threadsChangeNothing()
    {
        const Result<Model> one = rounded(sampleModel(), 1, 60), three = rounded(sampleModel(), 3, 60);
        QVERIFY(one && three);
        for (std::size_t i = 0; i < one->main().tensors.size(); ++i) {
            const SharedBytes &a = one->main().tensors[i].data, &b = three->main().tensors[i].data;
            QCOMPARE(bool(a), bool(b));
            QVERIFY(!a || *a == *b);
        }
    }

    void stopsWhenAsked()
    {
        std::stop_source source;
        const Progress progress(source.get_token(), [&](std::string_view phase, std::int64_t done, std::int64_t) {
            if (phase == "rounding" && done > 10)
                source.request_stop();
        });
        const Result<Model> stopped = rounded(sampleModel(), 2, 1000000, progress);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::cancelled);
    }
};

QTEST_GUILESS_MAIN(AdaRoundTest)
#include "tst_adaround.moc"
