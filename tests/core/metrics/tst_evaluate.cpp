// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/metrics/statistics.h"
#include "support/graphbuilder.h"
#include "support/shareddata.h"

#include <cmath>
#include <fstream>

using namespace espalier;

namespace {

Result<ProgramPtr> compiled(const char *model)
{
    const Result<ModelPtr> read = readModel(sharedFolder() / "mlperf-tiny/models" / model);
    if (!read)
        return read.error();
    return Program::compile(*read);
}

Result<Evaluation> evaluated(const ProgramPtr &program, const DatasetPtr &data, ThreadPool &pool)
{
    const Graph &graph = program->graph();
    const InputScaling scaling = impliedScaling(graph[graph.inputs[0]], data->test).scaling;
    return evaluate(program, data->test, data->labelKind, scaling, pool);
}

/// Float samples of two values with labels.
Samples samplesOf(const std::vector<float> &values, std::vector<std::int32_t> labels)
{
    Samples samples;
    samples.shape = {2};
    samples.count = values.size() / 2;
    samples.values = sharedBytes(values);
    samples.labels = std::move(labels);
    return samples;
}

/// y = W x with two inputs.
ProgramPtr linear(const std::vector<float> &weights)
{
    GraphBuilder b;
    const auto x = b.input({1, 2});
    const auto w = b.constant({std::int32_t(weights.size()) / 2, 2}, weights);
    const Result<ProgramPtr> program = Program::compile(b.model({b.fullyConnected(x, w, TensorId::none)}));
    return program ? *program : nullptr;
}

const InputScaling asTheyAre{InputScaling::Kind::affine, 1, 0};

} // namespace

class EvaluateTest : public QObject
{
    Q_OBJECT

private slots:
    void keywordsOfTheIntegerModel()
    {
        ESPALIER_NEEDS_SHARED("mlperf-tiny/kws01/runner-layout");
        const Result<DatasetPtr> data = openDataset(sharedFolder() / "mlperf-tiny/kws01/runner-layout");
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        const Result<ProgramPtr> program = compiled("kws_ref_model.tflite");
        QVERIFY2(program, program ? "" : program.error().message.c_str());
        for (const int threads : {1, 2, 3}) {
            ThreadPool pool(threads);
            const Result<Evaluation> result = evaluated(*program, *data, pool);
            QVERIFY2(result, result ? "" : result.error().message.c_str());
            QCOMPARE(result->samples, std::size_t(1000));
            QCOMPARE(std::lround(result->accuracy * 1000), 901L);
            QVERIFY(result->predicted == referencePredictions());
        }
    }

    void keywordsOfTheFloatModel()
    {
        ESPALIER_NEEDS_SHARED("mlperf-tiny/kws01/kws01.npz");
        const Result<DatasetPtr> data = openDataset(sharedFolder() / "mlperf-tiny/kws01/kws01.npz");
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        ThreadPool pool(2);
        const std::pair<const char *, long> models[] = {{"kws_savedmodel_float.tflite", 730},
                                                        {"kws_float_dequant.tflite", 718}};
        for (const auto &[model, right] : models) {
            const Result<ProgramPtr> program = compiled(model);
            QVERIFY2(program, program ? "" : program.error().message.c_str());
            const Result<Evaluation> result = evaluated(*program, *data, pool);
            QVERIFY2(result, result ? "" : result.error().message.c_str());
            QCOMPARE(result->samples, std::size_t(800));
            QCOMPARE(std::lround(result->accuracy * 800), right);
        }
        const Result<ProgramPtr> hybrid = compiled("kws_ref_model_float32.tflite");
        QVERIFY2(hybrid, hybrid ? "" : hybrid.error().message.c_str());
        const Result<Evaluation> result = evaluated(*hybrid, *data, pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY2(std::abs(result->accuracy * 800 - 718) <= 8, qPrintable(QString::number(result->accuracy * 800)));
    }

    void firstMaximumWins()
    {
        const ProgramPtr program = linear({1, 0, 1, 0, 0, 1});
        QVERIFY(program);
        ThreadPool pool(2);
        const Samples samples = samplesOf({5, 1, 1, 5, 2, 2}, {0, 2, 1});
        const Result<Evaluation> result = evaluate(program, samples, LabelKind::classes, asTheyAre, pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->predicted, (std::vector<std::int32_t>{0, 2, 0}));
        QCOMPARE(result->accuracy, 2.0 / 3);
    }

    void singleOutputIsAThreshold()
    {
        const ProgramPtr program = linear({1, 0});
        QVERIFY(program);
        ThreadPool pool(1);
        const Result<Evaluation> result =
            evaluate(program, samplesOf({0.4f, 0, 0.6f, 0}, {0, 1}), LabelKind::classes, asTheyAre, pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->accuracy, 1.0);
    }

    void anomaliesByReconstruction()
    {
        const ProgramPtr keepsFirst = linear({1, 0, 0, 0}); // loses the second value
        QVERIFY(keepsFirst);
        ThreadPool pool(2);
        const Samples samples = samplesOf({9, 1, 9, 2, 9, 3, 9, 2}, {0, 0, 1, 1});
        const Result<Evaluation> result = evaluate(keepsFirst, samples, LabelKind::anomaly, asTheyAre, pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->scores, (std::vector<float>{0.5f, 2.0f, 4.5f, 2.0f}));
        QCOMPARE(result->accuracy, 3.5 / 4); // of four pairs one is a tie
        QVERIFY(result->predicted.empty());
        const Samples normalOnly = samplesOf({9, 1, 9, 2}, {0, 0});
        QVERIFY(!evaluate(keepsFirst, normalOnly, LabelKind::anomaly, asTheyAre, pool));
    }

    void anomaliesOfRecordings()
    {
        const ProgramPtr keepsFirst = linear({1, 0, 0, 0});
        QVERIFY(keepsFirst);
        ThreadPool pool(2);
        // Window by window the first, normal recording holds the highest score; on average the second one does.
        Samples samples = samplesOf({0, 4, 0, 0, 0, 3, 0, 3}, {0, 0, 1, 1});
        samples.recordings = {0, 0, 1, 1};
        const Result<Evaluation> result = evaluate(keepsFirst, samples, LabelKind::anomaly, asTheyAre, pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->scores, (std::vector<float>{4, 4, 4.5f, 4.5f}));
        QCOMPARE(result->accuracy, 1.0);
    }

    void refusals()
    {
        const ProgramPtr program = linear({1, 0, 0, 1, 1, 1});
        QVERIFY(program);
        ThreadPool pool(1);
        const Result<Evaluation> unlabelled =
            evaluate(program, samplesOf({1, 2}, {}), LabelKind::classes, asTheyAre, pool);
        QVERIFY(!unlabelled);
        QCOMPARE(unlabelled.error().code, ErrorCode::unusableInput);
        const Result<Evaluation> notReproducing =
            evaluate(program, samplesOf({1, 2}, {0}), LabelKind::anomaly, asTheyAre, pool);
        QVERIFY(!notReproducing);
        QCOMPARE(notReproducing.error().code, ErrorCode::unusableInput);
        QVERIFY(!evaluate(program, samplesOf({}, {}), LabelKind::classes, asTheyAre, pool));
    }

    void stopsWhenCancelled()
    {
        const ProgramPtr program = linear({1, 0, 0, 1});
        QVERIFY(program);
        ThreadPool pool(2);
        std::stop_source stop;
        std::int64_t furthest = 0;
        const Progress progress(stop.get_token(), [&](std::string_view, std::int64_t done, std::int64_t) {
            furthest = std::max(furthest, done);
            stop.request_stop();
        });
        const std::size_t count = 100000;
        const Samples samples = samplesOf(std::vector<float>(2 * count, 1.0f), std::vector<std::int32_t>(count, 0));
        const Result<Evaluation> result = evaluate(program, samples, LabelKind::classes, asTheyAre, pool, progress);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::cancelled);
        QVERIFY(furthest < std::int64_t(count));
    }

    void hostTimeIsSpread()
    {
        const HostTime time = hostTime(linear({1, 0, 0, 1}));
        QVERIFY(time.runs >= 30);
        QVERIFY(time.minMs > 0 && time.minMs <= time.medianMs && time.medianMs <= time.maxMs);
    }

    void wilson()
    {
        // 90 of 100: 0.8256 to 0.9448 (Wilson 1927's formula evaluated by hand).
        QVERIFY(std::abs(wilsonHalfWidth(90, 100) - 0.05959) < 1e-4);
        QVERIFY(wilsonHalfWidth(0, 10) > 0);
        QCOMPARE(wilsonHalfWidth(0, 0), 0.0);
    }

    void areaOfRankings()
    {
        const std::vector<float> scores = {1, 2, 3, 4};
        QCOMPARE(areaUnderCurve(scores, std::vector<std::int32_t>{0, 0, 1, 1}).area, 1.0);
        QCOMPARE(areaUnderCurve(scores, std::vector<std::int32_t>{1, 1, 0, 0}).area, 0.0);
        QCOMPARE(areaUnderCurve(scores, std::vector<std::int32_t>{1, 0, 0, 1}).area, 0.5);
        QCOMPARE(areaUnderCurve(std::vector<float>(4, 1.0f), std::vector<std::int32_t>{1, 0, 0, 1}).area, 0.5);
        const std::vector<float> broken = {1, 2, NAN, NAN};
        QCOMPARE(areaUnderCurve(broken, std::vector<std::int32_t>{0, 0, 1, 1}).area, 1.0);
        QVERIFY(std::isnan(areaUnderCurve(scores, std::vector<std::int32_t>{1, 1, 1, 1}).area));
    }

private:
    static std::vector<std::int32_t> referencePredictions()
    {
        std::ifstream csv(sharedFolder() / "mlperf-tiny/kws01/kws01_pred_int8.csv");
        std::vector<std::int32_t> predicted;
        for (std::string line; std::getline(csv, line);)
            predicted.push_back(std::stoi(line.substr(line.find(',') + 1)));
        return predicted;
    }
};

QTEST_GUILESS_MAIN(EvaluateTest)
#include "tst_evaluate.moc"
