// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/activationranges.h"
#include "core/techniques/biascorrection.h"
#include "core/techniques/clippedrange.h"
#include "core/techniques/highbias.h"
#include "golden.h"
#include "modelbuilder.h"

#include <algorithm>
#include <cmath>

using namespace espalier;

namespace {

/// The first batch lays the bins, all are counted: AIMET averages shares, which is the same for batches of one size.
Histogram collected(const nlohmann::json &batches, bool isEntropy)
{
    const std::vector<float> first = flat<float>(batches[0]);
    const auto [low, high] = std::ranges::minmax(first);
    Histogram histogram = isEntropy ? Histogram::between(low, high) : Histogram::around(low, high);
    for (const nlohmann::json &batch : batches)
        histogram.add(flat<float>(batch));
    return histogram;
}

ClippedRange rangeBy(const std::string &scheme, const Histogram &histogram, int bits)
{
    if (scheme == "tf_enhanced")
        return enhancedRange(histogram, bits);
    if (scheme == "mse")
        return leastSquaresRange(histogram, bits);
    if (scheme == "entropy")
        return entropyRange(histogram);
    return percentileRange(histogram, std::stod(scheme.substr(scheme.find(' '))));
}

} // namespace

/// How ranges of activations are chosen from what calibration saw.
class CalibrationTest : public QObject
{
    Q_OBJECT

private slots:
    void agreesWithAimet()
    {
        ESPALIER_NEEDS_SHARED("golden/aimet_encodings.json");
        const nlohmann::json all = golden("aimet_encodings.json");
        int checked = 0;
        for (const nlohmann::json &c : all["cases"]) {
            const std::string scheme = c["scheme"], data = c["data"];
            const int bits = c["bits"];
            if (c["symmetric"].get<bool>() || scheme == "tf" || (scheme == "entropy" && bits != 8))
                continue;
            // Of several batches AIMET's entropy bins grow with the data; ours are laid when all extremes are known.
            // And its sums of float32 bin widths drift by a bin over the whole of them.
            if ((scheme == "entropy" || scheme == "mse") && data == "two_batches")
                continue;
            const ClippedRange range = rangeBy(scheme, collected(all["data"][data], scheme == "entropy"), bits);
            const float step = (range.maximum - range.minimum) / float((1 << bits) - 1);
            const float offset = std::round(range.minimum / step);
            const auto what = scheme + " of " + data + ", " + std::to_string(bits) + " bits: " + std::to_string(step) +
                              " " + std::to_string(offset) + " for " + c["delta"].dump() + " " + c["offset"].dump();
            // Where float32 ties decide, tf_enhanced may take the neighbouring offset.
            const int slack = scheme == "tf_enhanced" ? 1 : 0;
            QVERIFY2(std::abs(step / c["delta"].get<float>() - 1) < 1e-4f, what.c_str());
            QVERIFY2(std::abs(offset - c["offset"].get<float>()) <= float(slack), what.c_str());
            ++checked;
        }
        QVERIFY2(checked >= 20, qPrintable(QString::number(checked)));
    }

    void movingAverageIsPyTorchs()
    {
        ESPALIER_NEEDS_SHARED("golden/torch_observers.json");
        const nlohmann::json all = golden("torch_observers.json");
        std::vector<float> lows, highs;
        for (const nlohmann::json &step : all["moving_average"]["steps"]) {
            const std::vector<float> batch = flat<float>(step["batch"]);
            lows.push_back(std::ranges::min(batch));
            highs.push_back(std::ranges::max(batch));
            QVERIFY(std::abs(movingAverage(lows) - step["min_val"].get<float>()) < 1e-6f);
            QVERIFY(std::abs(movingAverage(highs) - step["max_val"].get<float>()) < 1e-6f);
        }
        QVERIFY(lows.size() > 1);
    }

    void analyticBiasIsAimets()
    {
        ESPALIER_NEEDS_SHARED("golden/aimet_cle_bias_adaround.json");
        int checked = 0;
        for (const nlohmann::json all = golden("aimet_cle_bias_adaround.json");
             const nlohmann::json &c : all["cases"]) {
            if (c["kind"] != "analytical_bias_correction")
                continue;
            const std::string name = c["activation"];
            const Activation activation = name == "relu"    ? Activation::relu
                                          : name == "relu6" ? Activation::relu6
                                                            : Activation::none;
            const auto beta = flat<double>(c["beta"]), gamma = flat<double>(c["gamma"]);
            std::vector<double> expected;
            for (std::size_t i = 0; i < beta.size(); ++i)
                expected.push_back(expectedActivation(beta[i], gamma[i], activation));
            // Theirs is OIHW, ours OHWI.
            const std::size_t o = c["w"].size(), in = c["w"][0].size(), h = c["w"][0][0].size(),
                              w = c["w"][0][0][0].size();
            std::vector<float> exact, rounded;
            for (std::size_t i = 0; i < o * h * w * in; ++i) {
                const auto at = [&](const char *key) {
                    return c[key][i / (h * w * in)][i % in][i / (w * in) % h][i / in % w].get<float>();
                };
                exact.push_back(at("w"));
                rounded.push_back(at("w_quant"));
            }
            Tensor weights;
            weights.shape = {std::int32_t(o), std::int32_t(h), std::int32_t(w), std::int32_t(in)};
            weights.data = sharedBytes(exact);
            Operator op;
            op.kind = OpKind::conv2D;
            op.options = Conv2DOptions{};
            const std::vector<double> error = expectedError(op, weights, rounded, expected);
            const auto bias = flat<double>(c["bias"]), wanted = flat<double>(c["bias_out"]);
            for (std::size_t i = 0; i < o; ++i)
                QVERIFY2(std::abs(bias[i] - error[i] - wanted[i]) < 1e-5, name.c_str());
            ++checked;
        }
        QCOMPARE(checked, 3);
    }

    void empiricalBiasIsAimets()
    {
        ESPALIER_NEEDS_SHARED("golden/aimet_cle_bias_adaround.json");
        ThreadPool pool(2);
        int checked = 0;
        for (const nlohmann::json all = golden("aimet_cle_bias_adaround.json");
             const nlohmann::json &c : all["cases"]) {
            if (c["kind"] != "empirical_bias_correction")
                continue;
            // Theirs is NCHW. An identity shows the outputs as samples of our own data.
            const std::size_t count = c["reference"].size(), channels = c["reference"][0].size(),
                              h = c["reference"][0][0].size(), w = c["reference"][0][0][0].size();
            const auto moments = [&](const char *key) {
                auto data = std::make_shared<Dataset>();
                std::vector<float> samples;
                for (std::size_t i = 0; i < count * h * w * channels; ++i)
                    samples.push_back(
                        c[key][i / (h * w * channels)][i % channels][i / (w * channels) % h][i / channels % w]
                            .get<float>());
                data->calibration.shape = {std::int32_t(h), std::int32_t(w), std::int32_t(channels)};
                data->calibration.count = count;
                data->calibration.values = sharedBytes(samples);
                ModelBuilder b;
                const Shape shape{1, std::int32_t(h), std::int32_t(w), std::int32_t(channels)};
                const TensorId in = b.input("in", shape);
                const TensorId zero = b.constant<float>("zero", DType::float32, {1}, {0});
                const TensorId out = b.add(OpKind::add, {in, zero}, "out", shape, ArithmeticOptions{});
                TechniqueContext context{data, {}, 1, pool, {}};
                const auto found = channelMoments(b.finish({out}), {}, {out}, context);
                return found ? found->front() : std::vector<ChannelMoments>();
            };
            const auto bias = flat<double>(c["bias"]), wanted = flat<double>(c["bias_out"]);
            const std::vector<ChannelMoments> quantized = moments("quantized"), exact = moments("reference");
            QCOMPARE(quantized.size(), bias.size());
            QCOMPARE(exact.size(), bias.size());
            const std::vector<double> error = meanError(quantized, exact);
            for (std::size_t i = 0; i < bias.size(); ++i)
                QVERIFY(std::abs(bias[i] - error[i] - wanted[i]) < 1e-6);
            ++checked;
        }
        QCOMPARE(checked, 1);
    }

    void absorbedBiasIsAimets()
    {
        ESPALIER_NEEDS_SHARED("golden/aimet_cle_bias_adaround.json");
        int checked = 0;
        for (const nlohmann::json all = golden("aimet_cle_bias_adaround.json");
             const nlohmann::json &c : all["cases"]) {
            if (c["kind"] != "high_bias_absorption")
                continue;
            const auto previous = flat<float>(c["b_prev"]), next = flat<float>(c["b_next"]);
            const int channels = int(previous.size()), o = int(next.size()), h = int(c["w_next"][0][0].size()),
                      w = int(c["w_next"][0][0][0].size());
            std::vector<float> filters; // theirs are OIHW, ours OHWI
            for (int i = 0; i < o * h * w * channels; ++i)
                filters.push_back(c["w_next"][std::size_t(i / (h * w * channels))][std::size_t(i % channels)]
                                   [std::size_t(i / (w * channels) % h)][std::size_t(i / channels % w)]
                                       .get<float>());
            const bool relu = c["activation_is_relu"];
            ModelBuilder b;
            const TensorId in = b.input("in", {1, 8, 8, 1});
            const TensorId one =
                b.constant("one", DType::float32, {channels, 1, 1, 1}, std::vector<float>(std::size_t(channels), 1.0f));
            const TensorId between =
                b.add(OpKind::conv2D, {in, one, b.constant("b_prev", DType::float32, {channels}, previous)}, "between",
                      {1, 8, 8, channels}, Conv2DOptions{.activation = relu ? Activation::relu : Activation::none});
            const TensorId out = b.add(OpKind::conv2D,
                                       {between, b.constant("w_next", DType::float32, {o, h, w, channels}, filters),
                                        b.constant("b_next", DType::float32, {o}, next)},
                                       "out", {1, 8, 8, o}, Conv2DOptions{});
            Graph graph = b.finish({out})->main();
            const auto beta = flat<double>(c["beta_over_s"]), gamma = flat<double>(c["gamma_over_s"]);
            std::vector<double> amounts;
            for (std::size_t i = 0; i < beta.size(); ++i)
                amounts.push_back(absorbable({beta[i], gamma[i]}, relu));
            absorb(graph, {0, 1, relu}, amounts);
            for (const char *const name : {"b_prev", "b_next"}) {
                const auto wanted = flat<float>(c[name + std::string("_out")]);
                const auto tensor = std::ranges::find(graph.tensors, name, &Tensor::name);
                const std::span<const float> actual = values<float>(*tensor);
                QCOMPARE(actual.size(), wanted.size());
                for (std::size_t i = 0; i < wanted.size(); ++i)
                    QVERIFY2(std::abs(actual[i] - wanted[i]) <= 1e-5f * std::max(1.0f, std::abs(wanted[i])), name);
            }
            ++checked;
        }
        QCOMPARE(checked, 2);
    }

    void rangesHoldZeroAndAreFinite_data()
    {
        QTest::addColumn<QList<float>>("values");
        QTest::newRow("negative") << QList<float>{-3, -2.5f, -2};
        QTest::newRow("positive") << QList<float>{5, 6, 7, 8};
        QTest::newRow("tiny") << QList<float>{0, 1e-30f};
        QTest::newRow("denormal") << QList<float>{-1e-44f, 1e-44f};
        QTest::newRow("huge") << QList<float>{-3e38f, 3e38f};
        QTest::newRow("one outlier") << QList<float>{0, 0, 0, 0, 0, 1e30f};
        QTest::newRow("far from 0") << QList<float>{16777216, 16777218};
    }
    void rangesHoldZeroAndAreFinite()
    {
        QFETCH(QList<float>, values);
        const std::vector<float> all(values.begin(), values.end());
        const auto [low, high] = std::ranges::minmax(all);
        for (const char *scheme : {"tf_enhanced", "mse", "entropy", "percentile 99", "percentile 100"}) {
            const bool isEntropy = std::string(scheme) == "entropy";
            Histogram histogram = isEntropy ? Histogram::between(low, high) : Histogram::around(low, high);
            histogram.add(all);
            const ClippedRange range = rangeBy(scheme, histogram, 8);
            QVERIFY2(range.minimum <= 0 && range.maximum >= 0, scheme);
            QVERIFY2(std::isfinite(range.minimum) && std::isfinite(range.maximum), scheme);
            QVERIFY2(std::isfinite(range.maximum - range.minimum), scheme);
        }
    }
};

QTEST_GUILESS_MAIN(CalibrationTest)
#include "tst_calibration.moc"
