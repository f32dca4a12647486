// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/channelscores.h"
#include "core/techniques/masks.h"
#include "core/techniques/recipe.h"
#include "golden.h"
#include "modelbuilder.h"

#include <algorithm>
#include <cmath>

using namespace espalier;

namespace {

TechniqueContext contextOf(ThreadPool &pool, DatasetPtr data = nullptr)
{
    return {std::move(data), {}, 1, pool, {}};
}

/// Samples of float values in a row, to train and to calibrate on.
DatasetPtr samplesOf(Shape shape, const std::vector<float> &values, std::vector<std::int32_t> labels)
{
    auto data = std::make_shared<Dataset>();
    data->name = "samples";
    Samples all;
    all.shape = std::move(shape);
    all.count = labels.size();
    all.values = sharedBytes(values);
    all.labels = std::move(labels);
    data->train = data->calibration = data->test = all;
    return data;
}

using Row = std::vector<double>;

/// A dense layer with its weights at hand, and the epsilon rule as techniques.md writes it.
struct DenseByHand
{
    TensorId out;
    std::vector<float> weights, biases;

    Row sums(const Row &in) const
    {
        Row z(biases.begin(), biases.end());
        for (std::size_t j = 0; j < z.size(); ++j)
            for (std::size_t i = 0; i < in.size(); ++i)
                z[j] += in[i] * double(weights[j * in.size() + i]);
        return z;
    }
    Row relevance(const Row &in, const Row &of) const
    {
        const Row z = sums(in);
        Row shares(in.size());
        for (std::size_t j = 0; j < z.size(); ++j)
            for (std::size_t i = 0; i < in.size(); ++i)
                shares[i] += in[i] * double(weights[j * in.size() + i]) / (z[j] + (z[j] < 0 ? -1e-6 : 1e-6)) * of[j];
        return shares;
    }
};

DenseByHand denseByHand(ModelBuilder &b, TensorId in, std::int32_t units, const std::string &name,
                        Activation activation = Activation::none)
{
    FullyConnectedOptions options;
    options.activation = activation;
    const TensorId w = b.weights(name + "/w", {units, b.graph()[in].shape[1]}, 3),
                   c = b.weights(name + "/b", {units}, 1);
    const auto copy = [&](TensorId id) {
        const std::span<const float> all = values<float>(b.graph()[id]);
        return std::vector<float>(all.begin(), all.end());
    };
    return {b.add(OpKind::fullyConnected, {in, w, c}, name, {1, units}, options), copy(w), copy(c)};
}

double activated(OpKind kind, double x)
{
    switch (kind) {
    case OpKind::tanh:
        return std::tanh(x);
    case OpKind::logistic:
        return 1 / (1 + std::exp(-x));
    case OpKind::hardSwish:
        return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    case OpKind::relu6:
        return std::clamp(x, 0.0, 6.0);
    default:
        return std::max(x, 0.0);
    }
}

Row activated(OpKind kind, Row row)
{
    for (double &x : row)
        x = activated(kind, x);
    return row;
}

} // namespace

/// How much a channel matters, by every criterion.
class ChannelScoresTest : public QObject
{
    Q_OBJECT

private slots:
    void scoresAgreeWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/kd_criteria_pareto.json");
        const nlohmann::json document = golden("kd_criteria_pareto.json"), &c = document["filter_criteria"];
        // The golden arrays are [image][channel][y][x]; ours have channels last.
        const std::size_t images = c["activation"].size(), channels = 3, positions = 9;
        const auto channelsLast = [&](const nlohmann::json &json) {
            const std::vector<float> all = flat<float>(json);
            std::vector<float> turned;
            for (std::size_t image = 0; image < images; ++image)
                for (std::size_t p = 0; p < positions; ++p)
                    for (std::size_t channel = 0; channel < channels; ++channel)
                        turned.push_back(all[(image * channels + channel) * positions + p]);
            return turned;
        };
        const std::vector<float> z = channelsLast(c["activation"]), g = channelsLast(c["grad"]);
        QCOMPARE(z.size(), images * channels * positions);
        const auto near = [](std::span<const double> a, const nlohmann::json &json, double scale = 1) {
            const std::vector<double> b = flat<double>(json);
            bool all = a.size() == b.size();
            for (std::size_t i = 0; all && i < a.size(); ++i)
                all = std::abs(a[i] * scale - b[i]) <= 1e-5 * std::abs(b[i]);
            return all;
        };
        std::vector<double> zeros(channels), taylor(channels);
        addZeros(z, zeros);
        QVERIFY(near(zeros, c["apoz"], 1.0 / double(images * positions)));
        addTaylor(z, g, images, taylor);
        QVERIFY(near(taylor, c["taylor_molchanov2017"], 1.0 / double(images)));
        normalize(taylor);
        QVERIFY(near(taylor, c["taylor_l2_normalised"]));
        const std::vector<float> filters = flat<float>(c["weights"]);
        QVERIFY(near(l1Norms(filters, 3), c["l1"]));
        QVERIFY(near(l2Norms(filters, 3), c["l2"]));
    }

    void relevanceIsWhatTheEpsilonRuleGives_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("isFused");
        QTest::addColumn<bool>("isGated");
        for (const OpKind kind : {OpKind::tanh, OpKind::logistic, OpKind::hardSwish, OpKind::relu, OpKind::relu6})
            for (const bool isGated : {false, true})
                QTest::addRow("%s%s", typeName(kind).data(), isGated ? ", gated" : "") << int(kind) << false << isGated;
        QTest::newRow("fused RELU") << int(OpKind::relu) << true << true;
        QTest::newRow("fused RELU6") << int(OpKind::relu6) << true << false;
    }
    /// Every channel of a network of three layers, one of them perhaps opened by a gate, computed by hand.
    void relevanceIsWhatTheEpsilonRuleGives()
    {
        QFETCH(int, kind);
        QFETCH(bool, isFused);
        QFETCH(bool, isGated);
        const OpKind bend = OpKind(kind);
        const Activation fused = !isFused               ? Activation::none
                                 : bend == OpKind::relu ? Activation::relu
                                                        : Activation::relu6;
        ModelBuilder b(7);
        const auto bent = [&](const DenseByHand &layer, const char *name) {
            return isFused ? layer.out : b.add(bend, {layer.out}, name, b.graph()[layer.out].shape);
        };
        const DenseByHand first = denseByHand(b, b.input("in", {1, 3}), 4, "first", fused);
        const TensorId a = bent(first, "a");
        const DenseByHand second = denseByHand(b, a, 5, "second", fused);
        TensorId shown = bent(second, "shown");
        DenseByHand gate;
        if (isGated) {
            gate = denseByHand(b, a, 5, "gate");
            const TensorId opened = b.add(OpKind::logistic, {gate.out}, "opened", {1, 5});
            shown = b.add(OpKind::mul, {shown, opened}, "product", {1, 5}, ArithmeticOptions());
        }
        const DenseByHand last = denseByHand(b, shown, 3, "last");
        const ModelPtr model = b.finish({b.add(OpKind::softmax, {last.out}, "softmax", {1, 3}, SoftmaxOptions())});
        Random random(3);
        std::vector<float> inputs(6 * 3);
        std::ranges::generate(inputs, [&] { return float(random.uniform() * 4 - 2); });
        const std::vector<std::int32_t> labels = {0, 1, 2, 0, 1, 2};

        Row ofFirst(4), ofSecond(5), ofGate(5);
        for (std::size_t image = 0; image < labels.size(); ++image) {
            const Row in(&inputs[image * 3], &inputs[image * 3] + 3);
            const Row x = activated(bend, first.sums(in)), y = activated(bend, second.sums(x));
            const Row open = isGated ? activated(OpKind::logistic, gate.sums(x)) : Row(5, 1);
            Row read = y;
            for (std::size_t i = 0; i < 5; ++i)
                read[i] *= open[i];
            Row seed(3);
            seed[std::size_t(labels[image])] = last.sums(read)[std::size_t(labels[image])];
            Row half = last.relevance(read, seed);
            for (double &r : half)
                r /= isGated ? 2 : 1;
            Row before = second.relevance(x, half);
            const Row fromGate = isGated ? gate.relevance(x, half) : Row(4);
            for (std::size_t i = 0; i < 4; ++i)
                ofFirst[i] += std::abs(before[i] + fromGate[i]);
            for (std::size_t i = 0; i < 5; ++i) {
                ofSecond[i] += std::abs(half[i]);
                ofGate[i] += std::abs(half[i]);
            }
        }
        const ChannelGroups groups(model->main());
        ThreadPool pool(1);
        TechniqueContext context = contextOf(pool, samplesOf({3}, inputs, labels));
        const Result<ChannelScores> scores = channelScores(*model, groups, "relevance", context);
        QVERIFY2(scores, scores ? "" : scores.error().message.c_str());
        QCOMPARE(scores->size(), std::size_t(isGated ? 3 : 2));
        const std::vector<Row> expected = {ofFirst, ofSecond, ofGate};
        for (std::size_t layer = 0; layer < scores->size(); ++layer) {
            QCOMPARE((*scores)[layer].size(), expected[layer].size());
            for (std::size_t c = 0; c < expected[layer].size(); ++c)
                QVERIFY2(std::abs((*scores)[layer][c] - expected[layer][c]) <= 1e-5 + 2e-4 * expected[layer][c],
                         qPrintable(QStringLiteral("layer %1, channel %2: %3 rather than %4")
                                        .arg(layer)
                                        .arg(c)
                                        .arg((*scores)[layer][c])
                                        .arg(expected[layer][c])));
        }
    }

    /// Of a set ordered by class the criteria see the last one too: the channel that it alone moves counts.
    void criteriaSeeAllOfAnOrderedSet()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 2});
        const TensorId w = b.constant<float>("w", DType::float32, {2, 2}, {1, 0, 0, 1});
        FullyConnectedOptions relu;
        relu.activation = Activation::relu;
        const TensorId hidden = b.add(OpKind::fullyConnected, {in, w, TensorId::none}, "hidden", {1, 2}, relu);
        const TensorId out = b.add(OpKind::fullyConnected, {hidden, b.weights("o", {2, 2}, 1), TensorId::none}, "out",
                                   {1, 2}, FullyConnectedOptions());
        const ModelPtr model = b.finish({out});
        const std::size_t count = 1500;
        std::vector<float> inputs(2 * count);
        std::vector<std::int32_t> labels(count);
        for (std::size_t i = 0; i < count; ++i) {
            labels[i] = i < 2 * count / 3 ? 0 : 1;
            inputs[2 * i + std::size_t(labels[i])] = 1;
        }
        const ChannelGroups groups(model->main());
        ThreadPool pool(1);
        TechniqueContext context = contextOf(pool, samplesOf({2}, inputs, labels));
        const ChannelScores seen = *channelScores(*model, groups, "activation", context);
        QVERIFY(std::abs(seen[0][0] - 2.0 / 3) < 0.01 && std::abs(seen[0][1] - 1.0 / 3) < 0.01);
        for (const char *criterion : {"taylor", "relevance", "gradient"}) {
            const Result<ChannelScores> scores = channelScores(*model, groups, criterion, context);
            QVERIFY2(scores, scores ? "" : scores.error().message.c_str());
            QVERIFY((*scores)[0][0] > 0 && (*scores)[0][1] > 0);
        }
    }

    /// The mean magnitude of the loss's derivatives by a filter's weights, over batches, against differences of the
    /// loss by hand. (The golden file has the result of PyTorch, but not the input that it had.)
    void gradientScoresAreMeanDerivatives()
    {
        ModelBuilder b(11);
        const DenseByHand first = denseByHand(b, b.input("in", {1, 3}), 4, "first", Activation::relu);
        const DenseByHand last = denseByHand(b, first.out, 3, "last");
        const ModelPtr model = b.finish({b.add(OpKind::softmax, {last.out}, "softmax", {1, 3}, SoftmaxOptions())});
        Random random(4);
        std::vector<float> inputs(40 * 3);
        std::ranges::generate(inputs, [&] { return float(random.uniform() - 0.5); });
        std::vector<std::int32_t> labels(40);
        std::ranges::generate(labels, [&] { return std::int32_t(random.below(3)); });
        const auto loss = [&](const DenseByHand &changed, std::size_t begin, std::size_t end) {
            double sum = 0;
            for (std::size_t image = begin; image < end; ++image) {
                const Row in(&inputs[image * 3], &inputs[image * 3] + 3);
                const Row logits = last.sums(activated(OpKind::relu, changed.sums(in)));
                double all = 0;
                for (const double logit : logits)
                    all += std::exp(logit);
                sum += std::log(all) - logits[std::size_t(labels[image])];
            }
            return sum / double(end - begin);
        };
        Row expected(4);
        for (const auto &[begin, end] : {std::pair(0u, 32u), std::pair(32u, 40u)}) // batches of 32
            for (std::size_t w = 0; w < first.weights.size(); ++w) {
                DenseByHand above = first, below = first;
                above.weights[w] += 1e-3f;
                below.weights[w] -= 1e-3f;
                const double step = double(above.weights[w]) - double(below.weights[w]);
                expected[w / 3] += std::abs(loss(above, begin, end) - loss(below, begin, end)) / step / 3;
            }
        const ChannelGroups groups(model->main());
        ThreadPool pool(1);
        TechniqueContext context = contextOf(pool, samplesOf({3}, inputs, labels));
        const Result<ChannelScores> scores = channelScores(*model, groups, "gradient", context);
        QVERIFY2(scores, scores ? "" : scores.error().message.c_str());
        QCOMPARE(scores->size(), std::size_t(1));
        for (std::size_t c = 0; c < 4; ++c)
            QVERIFY2(std::abs((*scores)[0][c] - expected[c]) <= 1e-4 + 0.01 * expected[c],
                     qPrintable(QStringLiteral("%1 rather than %2").arg((*scores)[0][c]).arg(expected[c])));
    }

    /// Norms, counts and masks of whole channels. The infinite norms are no criterion here: of those cases, what is
    /// selected by the norms given.
    void structuredMasksAgreeWithPyTorch()
    {
        ESPALIER_NEEDS_SHARED("golden/torch_prune_masks.json");
        const nlohmann::json document = golden("torch_prune_masks.json");
        QVERIFY(!Recipe::parse("prune-channels criterion=linf"));
        const auto shapeOf = [](const nlohmann::json &json) {
            std::vector<std::size_t> shape;
            for (const nlohmann::json *part = &json; part->is_array(); part = &part->front())
                shape.push_back(part->size());
            return shape;
        };
        // Which channel each element of a tensor belongs to.
        const auto channelsOf = [&](const nlohmann::json &tensor, std::size_t axis) {
            const std::vector<std::size_t> shape = shapeOf(tensor);
            std::size_t inner = 1;
            for (std::size_t d = axis + 1; d < shape.size(); ++d)
                inner *= shape[d];
            std::vector<std::size_t> channels(flat<float>(tensor).size());
            for (std::size_t i = 0; i < channels.size(); ++i)
                channels[i] = i / inner % shape[axis];
            return channels;
        };
        const auto normsOf = [&](const nlohmann::json &tensor, std::size_t axis, int n) {
            const std::vector<float> all = flat<float>(tensor);
            const std::vector<std::size_t> channels = channelsOf(tensor, axis);
            const std::size_t count = shapeOf(tensor)[axis];
            std::vector<float> filters;
            for (std::size_t c = 0; c < count; ++c)
                for (std::size_t i = 0; i < all.size(); ++i)
                    if (channels[i] == c)
                        filters.push_back(all[i]);
            return n == 1 ? l1Norms(filters, count) : l2Norms(filters, count);
        };
        const auto expanded = [&](const nlohmann::json &tensor, std::size_t axis, const std::vector<double> &scores,
                                  std::size_t gone) {
            const Mask channels = smallestMask(std::vector<float>(scores.begin(), scores.end()), gone);
            Mask all;
            for (const std::size_t channel : channelsOf(tensor, axis))
                all.push_back(channels[channel]);
            return all;
        };
        const auto maskOf = [](const nlohmann::json &json) {
            const std::vector<float> numbers = flat<float>(json);
            return Mask(numbers.begin(), numbers.end());
        };
        int norms = 0, masks = 0;
        for (const nlohmann::json &c : document["cases"]) {
            const nlohmann::json amount = c.value("amount", nlohmann::json());
            const auto gone = [&](std::size_t channels) {
                return amount.is_number_float() ? prunedCount(channels, amount) : amount.get<std::size_t>();
            };
            if (c["method"] == "ln_structured") {
                const std::vector<double> expected = flat<double>(c["norms"]);
                std::vector<double> scores = expected;
                if (c["n"].is_number()) {
                    ++norms;
                    scores = normsOf(c["weight_orig"], c["dim"], c["n"]);
                    QCOMPARE(scores.size(), expected.size());
                    for (std::size_t i = 0; i < scores.size(); ++i)
                        QVERIFY(std::abs(scores[i] - expected[i]) <= 1e-5 * expected[i]);
                }
                ++masks;
                QCOMPARE(expanded(c["weight_orig"], c["dim"], scores, gone(scores.size())), maskOf(c["mask"]));
            } else if (c["method"] == "ln_structured x2 (n=2, dim=0)") {
                ++masks;
                const nlohmann::json &weights = c["weight_orig"];
                const std::vector<double> scores = normsOf(weights, 0, 2);
                const std::size_t first = prunedCount(scores.size(), amount[0]);
                const std::size_t then = prunedCount(scores.size() - first, amount[1]);
                QCOMPARE(expanded(weights, 0, scores, first), maskOf(c["mask_after_first"]));
                QCOMPARE(expanded(weights, 0, scores, first + then), maskOf(c["mask_after_second"]));
            } else if (c["method"] == "random_structured") {
                ++masks;
                const std::vector<double> draws = flat<double>(c["uniforms"]);
                QCOMPARE(expanded(c["mask"], c["dim"], draws, gone(draws.size())), maskOf(c["mask"]));
            }
        }
        QCOMPARE(norms, 5);
        QCOMPARE(masks, 9);
    }
};

QTEST_GUILESS_MAIN(ChannelScoresTest)
#include "tst_channelscores.moc"
