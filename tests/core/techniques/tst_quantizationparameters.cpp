// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/fakequantization.h"
#include "core/techniques/quantizationparameters.h"
#include "golden.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace espalier;

namespace {

bool within1Ulp(float a, float b)
{
    return a == b || std::nextafter(a, b) == b;
}

} // namespace

class QuantizationParametersTest : public QObject
{
    Q_OBJECT

private slots:
    void activations()
    {
        QCOMPARE(activationParameters(-1, 1), (AffineParameters{2.0f / 255, -1})); // -0.5 rounds away from zero
        QCOMPARE(activationParameters(0.3f, 2.55f), (AffineParameters{2.55f / 255, -128}));
        QCOMPARE(activationParameters(-2.55f, -1), (AffineParameters{2.55f / 255, 127}));
        QCOMPARE(activationParameters(0, 0), (AffineParameters{0, -128}));
    }

    void values()
    {
        const AffineParameters p = {0.5f, 3};
        QCOMPARE(int(quantized(1.25f, p)), 6); // 2.5 rounds away from zero
        QCOMPARE(int(quantized(-1.25f, p)), 0);
        QCOMPARE(int(quantized(1e9f, p)), 127);
        QCOMPARE(int(quantized(-1e9f, p)), -128);
    }

    void pytorchWeightsAreThoseOfItsDynamicLayers()
    {
        ESPALIER_NEEDS_SHARED("golden/torch_dynamic_linear.json");
        const nlohmann::json file = golden("torch_dynamic_linear.json");
        QVERIFY(!file["cases"].empty());
        for (const nlohmann::json &each : file["cases"]) {
            const QuantizedWeights weights = pytorchWeights(flat<float>(each["float_weight"]));
            QCOMPARE(weights.scales, std::vector<float>{each["weight_scale"].get<float>()});
            const auto expected = flat<int>(each["weight_int8"]);
            QCOMPARE(std::vector<int>(weights.values.begin(), weights.values.end()), expected);
        }
    }

    void pytorchWeightsAtTheEnds()
    {
        const std::vector<float> weights = {-127.5f, 127.5f, 0.5f, 1.5f}; // halves go to the even neighbour
        const QuantizedWeights stored = pytorchWeights(weights);
        QCOMPARE(stored.scales, std::vector<float>{1.0f});
        QCOMPARE(stored.values, (std::vector<std::int8_t>{-128, 127, 0, 2}));
        const std::vector<float> zeros(3, 0.0f);
        QCOMPARE(pytorchWeights(zeros).scales, std::vector<float>{0x1p-23f});
        QCOMPARE(pytorchWeights(zeros).values, std::vector<std::int8_t>(3, 0));
    }

    void fakeQuantization()
    {
        ESPALIER_NEEDS_SHARED("golden");
        int compared = 0;
        const nlohmann::json file = golden("torch_fake_quantize.json");
        for (const nlohmann::json &each : file["cases"]) {
            if (each["kind"] != "per_tensor_affine" || each["quant_min"] != -128 || each["quant_max"] != 127)
                continue;
            FakeQuantizedActivation transform;
            transform.setParameters({each["scale"].get<float>(), each["zero_point"].get<std::int32_t>()});
            const auto kept = flat<float>(each["x"]), expected = flat<float>(each["y"]);
            std::vector<float> used(kept.size());
            transform.forward(kept, used);
            std::vector<float> gradient = flat<float>(each["grad_out"]);
            transform.backward(kept, used, gradient);
            const auto expectedGradient = flat<float>(each["grad_x"]);
            for (std::size_t i = 0; i < kept.size(); ++i) {
                const float steps = std::abs(kept[i] / each["scale"].get<float>());
                if (std::abs(steps - std::floor(steps) - 0.5f) < 1e-4f)
                    continue; // PyTorch rounds these to even, TFLite and we away from zero
                QVERIFY2(std::abs(used[i] - expected[i]) < 1e-5f, qPrintable(QString::number(kept[i])));
                // Up to half a step beyond the range PyTorch lets derivatives through, TensorFlow and we do not.
                const float q = kept[i] / each["scale"].get<float>() + each["zero_point"].get<float>();
                if (std::max(-128 - q, q - 127) <= 0 || std::max(-128 - q, q - 127) > 0.5f)
                    QCOMPARE(gradient[i], expectedGradient[i]);
            }
            const Extremes extremes = transform.takeExtremes();
            QCOMPARE(extremes.minimum, *std::ranges::min_element(kept));
            QCOMPARE(extremes.maximum, *std::ranges::max_element(kept));
            QVERIFY(std::isinf(transform.takeExtremes().minimum)); // taken
            ++compared;
        }
        QCOMPARE(compared, 2);
    }

    void fakeQuantizedWeights()
    {
        const std::vector<float> w = {1, -0.4f, 0.1f, 8, 3, -8}; // two channels, 3 bits: -3 to 3
        std::vector<float> used(w.size());
        FakeQuantizedWeights({2, 3}, 3).forward(w, used);
        const float third = 1.0f / 3, step = 8.0f / 3;
        for (const auto &[got, wanted] : {std::pair(used[0], 1.0f),
                                          {used[1], -third},
                                          {used[2], 0.0f},
                                          {used[3], 8.0f},
                                          {used[4], step},
                                          {used[5], -8.0f}})
            QVERIFY(std::abs(got - wanted) < 1e-6f);
    }

    void activationsAreNncfs()
    {
        ESPALIER_NEEDS_SHARED("golden/nncf_ranges_int4.json");
        int checked = 0;
        for (const nlohmann::json all = golden("nncf_ranges_int4.json"); const nlohmann::json &c : all["cases"]) {
            if (c["kind"] != "activation_ranges")
                continue;
            const float low = c["min"], high = c["max"];
            const AffineParameters symmetric = symmetricActivationParameters(low, high);
            const auto near = [](float a, float b) { return std::abs(a - b) <= 1e-6f * std::abs(b); };
            const auto first = float(-128 - symmetric.zeroPoint), last = float(127 - symmetric.zeroPoint);
            QVERIFY(near(symmetric.scale * first, c["symmetric_low"].get<float>()));
            QVERIFY(near(symmetric.scale * last, c["symmetric_high"].get<float>()));
            const AffineParameters asymmetric = asymmetricActivationParameters(low, high);
            QVERIFY(near(asymmetric.scale, c["scale"].get<float>()));
            QCOMPARE(asymmetric.zeroPoint + 128, c["zero_point_uint8"].get<int>());
            ++checked;
        }
        QCOMPARE(checked, 6);
    }

    void weightsInGroups()
    {
        // Two outputs of two groups of two. The first reaches 112, so its scale is 1 and its first group has 16.
        const std::vector<float> w = {112, -20, 21, -6, 0, 0, 224, 28};
        const ChannelSlices slices{2, 4};
        const GroupedWeights made = groupedWeights(w, slices, 2, largestMagnitudes(w, slices));
        QCOMPARE(made.stored.scales, std::vector<float>({1, 2}));
        QCOMPARE(made.multipliers, std::vector<std::int8_t>({16, 3, 1, 16}));
        QCOMPARE(made.stored.values, std::vector<std::int8_t>({112, -16, 21, -6, 0, 0, 112, 16}));

        // From weights on the grid the same grid is found.
        std::vector<float> again;
        for (std::size_t i = 0; i < w.size(); ++i)
            again.push_back(float(made.stored.values[i]) * made.stored.scales[slices.of(i)]);
        const GroupedWeights second = groupedWeights(again, slices, 2, largestMagnitudes(again, slices));
        QCOMPARE(second.stored.values, made.stored.values);
        QCOMPARE(second.stored.scales, made.stored.scales);

        const GroupedWeights zeros = groupedWeights(std::vector<float>(4, 0.0f), {1, 4}, 2, std::vector<float>{0});
        QCOMPARE(zeros.stored.scales, std::vector<float>({0}));
        QCOMPARE(zeros.stored.values, std::vector<std::int8_t>(4, 0));
    }

    void slices()
    {
        const ChannelSlices filter = channelSlices({2, 1, 2, 1}, 0), depthwise = channelSlices({1, 1, 2, 2}, 3);
        const std::vector<float> w = {1, -2, 3, 4};
        QCOMPARE(largestMagnitudes(w, filter), std::vector<float>({2, 4}));
        QCOMPARE(largestMagnitudes(w, depthwise), std::vector<float>({3, 4}));
        QCOMPARE(largestMagnitudes(w, channelSlices({4}, -1)), std::vector<float>({4}));
    }

    void weightsThereAndBack_data()
    {
        QTest::addColumn<QVector<int>>("shape");
        QTest::addColumn<int>("axis");
        QTest::newRow("filter") << QVector<int>{3, 5, 5, 2} << 0;
        QTest::newRow("depthwise") << QVector<int>{1, 3, 3, 21} << 3;
        QTest::newRow("in the middle") << QVector<int>{4, 3, 37} << 1;
        QTest::newRow("whole") << QVector<int>{7, 19} << -1;
    }

    void weightsThereAndBack()
    {
        QFETCH(QVector<int>, shape);
        QFETCH(int, axis);
        const ChannelSlices slices = channelSlices({shape.begin(), shape.end()}, axis);
        std::vector<float> w(elementCount({shape.begin(), shape.end()}));
        for (std::size_t i = 0; i < w.size(); ++i)
            w[i] = slices.slices > 1 && slices.of(i) == 1 ? 0 : std::sin(float(i)) * float(slices.of(i) + 1);
        w.front() = std::nanf(""); // counts as 0
        for (const int bits : {8, 4, 2}) {
            const QuantizedWeights stored = quantizedWeights(w, slices, largestMagnitudes(w, slices), bits);
            std::vector<float> rounded(w.size()), expected(w.size());
            QCOMPARE(roundWeights(w, slices, bits, rounded), stored.scales);
            for (std::size_t i = 0; i < w.size(); ++i)
                expected[i] = float(stored.values[i]) * stored.scales[slices.of(i)];
            QCOMPARE(rounded, expected);
        }
    }

    void tinyWeightsAreZero()
    {
        const std::vector<float> w = {1e-40f, -1e-40f};
        const ChannelSlices all = channelSlices({2}, -1);
        const QuantizedWeights q = quantizedWeights(w, all, largestMagnitudes(w, all));
        QCOMPARE(q.scales, std::vector<float>({0}));
        QCOMPARE(q.values, std::vector<std::int8_t>({0, 0}));
    }

    void biasWidensItsWeights()
    {
        // A channel of zeros whose bias is 1: half of int32's range holds it.
        std::vector<float> magnitudes = {0, 1};
        const std::vector<float> bias = {1, 1};
        widenForBias(magnitudes, bias, 0.01f);
        QCOMPARE(magnitudes[1], 1.0f);
        const float scale = magnitudes[0] / 127;
        const std::vector<std::int32_t> q = quantizedBias(bias, 0.01f, std::vector<float>{scale, 1.0f / 127});
        QVERIFY(std::abs(q[0] / 1073741824.0 - 1) < 1e-6);
        QCOMPARE(q[1], 12700);
    }

    void wideSumsWidenTheirWeights()
    {
        // 600 weights of 127 steps would add up to more than 65535; those of the other output would not.
        std::vector<float> weights(1200, 0.5f);
        std::fill(weights.begin() + 600, weights.end(), 0.0f);
        weights.back() = -0.5f;
        const ChannelSlices outputs = channelSlices({2, 600}, 0);
        std::vector<float> perChannel = largestMagnitudes(weights, outputs), perTensor = {0.5f};
        widenForWideSums(perChannel, weights, outputs);
        widenForWideSums(perTensor, weights, outputs);
        QCOMPARE(perChannel[1], 0.5f);
        QCOMPARE(perChannel[0], perTensor[0]);
        const QuantizedWeights q = quantizedWeights(weights, outputs, perChannel);
        const int sum = std::accumulate(q.values.begin(), q.values.begin() + 600, 0);
        QVERIFY2(sum <= 65535 && sum > 64800, qPrintable(QString::number(sum)));
        QCOMPARE(int(q.values.back()), -127);
    }

    void wideBiasesStayWithinRoom()
    {
        // A channel of zeros whose bias is 1 gets weights so wide that half of 2^45 holds it.
        std::vector<float> magnitudes = {0};
        const std::vector<float> bias = {1};
        widenForBias(magnitudes, bias, 1e-4f, largestWideBias);
        const std::vector<std::int64_t> q = quantizedWideBias(bias, 1e-4f, std::vector<float>{magnitudes[0] / 127});
        QVERIFY(std::abs(double(q[0]) / 17592186044416.0 - 1) < 1e-6);
        QCOMPARE(quantizedWideBias(std::vector<float>{-1e30f}, 1.0f, std::vector<float>{1})[0],
                 -(std::int64_t(1) << 45));
    }

    void agreesWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/tflite_ptq.hand.json");
        const nlohmann::json all = golden("tflite_ptq.hand.json");
        for (const nlohmann::json &c : all["activations"]) {
            const AffineParameters p = activationParameters(c["min"].get<float>(), c["max"].get<float>());
            QVERIFY(within1Ulp(p.scale, c["scale"].get<float>()));
            QCOMPARE(p.zeroPoint, c["zero_point"].get<int>());
        }
        for (const nlohmann::json &c : all["weights"]) {
            const std::vector<float> w = flat<float>(c["w"]), scales = flat<float>(c["scales"]);
            const std::vector<int> expected = flat<int>(c["q"]);
            Shape shape;
            for (const nlohmann::json *level = &c["w"]; level->is_array(); level = &level->front())
                shape.push_back(int(level->size()));
            const ChannelSlices slices = channelSlices(shape, c["axis"].get<int>());
            const QuantizedWeights q = quantizedWeights(w, slices, largestMagnitudes(w, slices));
            QCOMPARE(q.scales.size(), scales.size());
            for (std::size_t i = 0; i < scales.size(); ++i)
                QVERIFY(within1Ulp(q.scales[i], scales[i]));
            QCOMPARE(std::vector<int>(q.values.begin(), q.values.end()), expected);
        }
        for (const nlohmann::json &c : all["bias"])
            QCOMPARE(
                quantizedBias(flat<float>(c["bias"]), c["input_scale"].get<float>(), flat<float>(c["filter_scales"])),
                flat<std::int32_t>(c["q"]));
    }
};

QTEST_GUILESS_MAIN(QuantizationParametersTest)
#include "tst_quantizationparameters.moc"
