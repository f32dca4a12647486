// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/graph/weightlayout.h"
#include "core/techniques/channelremoval.h"
#include "core/techniques/channelselection.h"
#include "core/techniques/masks.h"
#include "core/techniques/recipe.h"
#include "golden.h"
#include "modelbuilder.h"

#include <algorithm>
#include <cmath>

using namespace espalier;

namespace {

/// Builds the networks of the golden cases from PyTorch's weights.
class GoldenNetwork : public ModelBuilder
{
public:
    explicit GoldenNetwork(const nlohmann::json &weights) : m_weights(weights) {}

    /// A filter [O, I, kh, kw] as [O, kh, kw, I], or as [1, kh, kw, O] where it is depthwise.
    TensorId filter(const std::string &name, bool depthwise = false)
    {
        const nlohmann::json &w = m_weights[name + ".weight"];
        const std::size_t o = w.size(), i = w[0].size(), h = w[0][0].size(), k = w[0][0][0].size();
        std::vector<float> all(o * i * h * k);
        for (std::size_t a = 0; a < o; ++a)
            for (std::size_t b = 0; b < i; ++b)
                for (std::size_t y = 0; y < h; ++y)
                    for (std::size_t x = 0; x < k; ++x)
                        all[depthwise ? (y * k + x) * o + a : ((a * h + y) * k + x) * i + b] = w[a][b][y][x];
        const auto n = [](std::size_t extent) { return std::int32_t(extent); };
        return constant(name + "/w", DType::float32,
                        depthwise ? Shape{1, n(h), n(k), n(o)} : Shape{n(o), n(h), n(k), n(i)}, all);
    }
    TensorId conv(const std::string &name, TensorId in, Padding padding = Padding::same,
                  Activation activation = Activation::relu)
    {
        const TensorId w = filter(name);
        Shape shape = graph()[in].shape;
        const Shape &kernel = graph()[w].shape;
        if (padding == Padding::valid)
            for (const std::size_t axis : {1, 2})
                shape[axis] -= kernel[axis] - 1;
        shape[3] = kernel[0];
        Conv2DOptions options;
        options.padding = padding;
        options.activation = activation;
        return add(OpKind::conv2D, {in, w, weights(name + "/b", {kernel[0]}, 0.1f)}, name, shape, options);
    }
    TensorId dense(const std::string &name, TensorId in, Activation activation = Activation::none)
    {
        const nlohmann::json &w = m_weights[name + ".weight"];
        const Shape shape = {std::int32_t(w.size()), std::int32_t(w[0].size())};
        FullyConnectedOptions options;
        options.activation = activation;
        return add(
            OpKind::fullyConnected,
            {in, constant(name + "/w", DType::float32, shape, flat<float>(w)), weights(name + "/b", {shape[0]}, 0.1f)},
            name, {1, shape[0]}, options);
    }
    TensorId whole(const std::string &name, std::vector<std::int32_t> numbers)
    {
        return constant(name, DType::int32, {std::int32_t(numbers.size())}, numbers);
    }
    /// In PyTorch's order of channels first.
    TensorId flatten(TensorId in)
    {
        const Shape s = graph()[in].shape;
        const TensorId turned =
            add(OpKind::transpose, {in, whole("perm", {0, 3, 1, 2})}, "turned", {1, s[3], s[1], s[2]});
        const Shape flat = {1, s[1] * s[2] * s[3]};
        return add(OpKind::reshape, {turned, whole("flat/shape", flat)}, "flat", flat, ReshapeOptions{flat});
    }
    TensorId mean(TensorId in)
    {
        return add(OpKind::mean, {in, whole("axes", {1, 2})}, "mean", {1, graph()[in].shape[3]}, ReduceOptions());
    }

private:
    const nlohmann::json &m_weights;
};

ModelPtr goldenModel(const std::string &name, const nlohmann::json &input, const nlohmann::json &w)
{
    GoldenNetwork b(w);
    const TensorId in = b.input("in", {1, input[2], input[3], input[1]});
    if (name == "Res") {
        const TensorId x = b.conv("c1", in), y = b.conv("c2", x, Padding::same, Activation::none);
        ArithmeticOptions relu;
        relu.activation = Activation::relu;
        return b.finish({b.dense("fc", b.flatten(b.add(OpKind::add, {x, y}, "sum", b.graph()[y].shape, relu)))});
    }
    if (name == "Cat") {
        const TensorId x = b.conv("a", in), y = b.conv("b", in);
        ConcatenationOptions options;
        options.axis = 3;
        const TensorId both = b.add(OpKind::concatenation, {x, y}, "both", {1, 4, 4, 10}, options);
        return b.finish({b.dense("fc", b.mean(b.conv("c", both)))});
    }
    if (name == "Dw") {
        const TensorId e = b.conv("e", in);
        const TensorId d = b.add(OpKind::depthwiseConv2D, {e, b.filter("d", true), b.weights("d/b", {8}, 0.1f)}, "d",
                                 {1, 4, 4, 8}, DepthwiseConv2DOptions());
        return b.finish({b.dense("fc", b.mean(b.conv("p", d, Padding::same, Activation::none)))});
    }
    if (name == "Grp") {
        const TensorId g = b.conv("g", b.conv("c1", in));
        return b.finish({b.dense("fc", b.mean(b.conv("c3", g)))});
    }
    const TensorId c2 = b.conv("c2", b.conv("c1", in, Padding::valid), Padding::valid);
    return b.finish({b.dense("f2", b.dense("f1", b.flatten(c2), Activation::relu))});
}

TechniqueContext contextOf(ThreadPool &pool, DatasetPtr data = nullptr)
{
    return {std::move(data), {}, 1, pool, {}};
}

std::vector<float> outputs(const ModelPtr &model)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        qFatal("%s", program.error().message.c_str());
    Session session(*program, 4);
    Random random(5);
    const std::span<std::byte> in = session.input();
    for (std::size_t i = 0; i < in.size() / sizeof(float); ++i)
        reinterpret_cast<float *>(in.data())[i] = float(random.uniform() * 2 - 1);
    session.run(4);
    const auto *first = reinterpret_cast<const float *>(session.output().data());
    return {first, first + session.output().size() / sizeof(float)};
}

/// The model with zeros in the place of every weight that reads a channel of these sets.
ModelPtr masked(const ModelPtr &model, const ChannelGroups &groups, const std::vector<bool> &removed)
{
    auto result = std::make_shared<Model>(*model);
    for (const Operator &op : model->main().operators) {
        const auto layout = weightLayout(op.kind);
        if (!layout || op.kind == OpKind::depthwiseConv2D)
            continue;
        const std::vector<int> sets =
            op.kind == OpKind::fullyConnected ? groups.denseInput(op) : groups.cut(op.inputs[layout->data]).sets;
        Tensor &weights = result->main()[op.inputs[layout->weights]];
        std::vector<float> all(values<float>(weights).begin(), values<float>(weights).end());
        for (std::size_t i = 0; i < all.size() && !sets.empty(); ++i) {
            const int set = sets[i % sets.size()];
            if (set != ChannelGroups::fixed && removed[std::size_t(set)])
                all[i] = 0;
        }
        weights.data = sharedBytes(all);
    }
    return result;
}

/// Everything that channels can pass: two rows of a concatenation, padding, slices, an attention gate, PRELU, a
/// transposed convolution, a first depthwise layer of one channel, a dense layer that becomes an image.
ModelPtr winding()
{
    ModelBuilder b;
    const auto whole = [&](const char *name, std::vector<std::int32_t> numbers) {
        return b.constant(name, DType::int32, {std::int32_t(numbers.size())}, numbers);
    };
    const TensorId in = b.input("in", {1, 4, 4, 1});
    DepthwiseConv2DOptions depthwise;
    depthwise.depthMultiplier = 6;
    depthwise.activation = Activation::relu;
    const TensorId first =
        b.add(OpKind::depthwiseConv2D, {in, b.weights("first/w", {1, 3, 3, 6}, 0.6f), b.weights("first/b", {6}, 0.1f)},
              "first", {1, 4, 4, 6}, depthwise);
    // An attention gate: the mean, a dense layer for each channel, a product.
    const TensorId mean = b.add(OpKind::mean, {first, whole("axes", {1, 2})}, "mean", {1, 6}, ReduceOptions());
    const TensorId gate = b.add(OpKind::fullyConnected, {mean, b.weights("gate/w", {6, 6}, 0.6f), TensorId::none},
                                "gate", {1, 6}, FullyConnectedOptions());
    const TensorId opened = b.add(OpKind::logistic, {gate}, "opened", {1, 6});
    const TensorId spread =
        b.add(OpKind::reshape, {opened, whole("spread/shape", {1, 1, 1, 6})}, "spread", {1, 1, 1, 6}, ReshapeOptions());
    const TensorId gated = b.add(OpKind::mul, {first, spread}, "gated", {1, 4, 4, 6}, ArithmeticOptions());
    const TensorId bent = b.add(OpKind::prelu, {gated, b.weights("slope", {1, 1, 6}, 0.5f)}, "bent", {1, 4, 4, 6});
    const TensorId padded =
        b.add(OpKind::pad, {bent, b.constant<std::int32_t>("pads", DType::int32, {4, 2}, {0, 0, 0, 1, 1, 0, 0, 0})},
              "padded", {1, 5, 5, 6});
    const TensorId cut =
        b.add(OpKind::slice, {padded, whole("begin", {0, 1, 0, 0}), whole("size", {1, 4, 4, 6})}, "cut", {1, 4, 4, 6});
    TransposeConvOptions wide;
    wide.strideH = wide.strideW = 2;
    const TensorId grown = b.add(OpKind::transposeConv,
                                 {whole("grown/shape", {1, 8, 8, 5}), b.weights("grown/w", {5, 2, 2, 6}, 0.5f), cut},
                                 "grown", {1, 8, 8, 5}, wide);
    Pool2DOptions pool;
    pool.strideH = pool.strideW = pool.filterH = pool.filterW = 2;
    const TensorId pooled = b.add(OpKind::averagePool2D, {grown}, "pooled", {1, 4, 4, 5}, pool);
    ConcatenationOptions concat;
    concat.axis = 3;
    const TensorId both = b.add(OpKind::concatenation, {pooled, bent}, "both", {1, 4, 4, 11}, concat);
    const TensorId flat = b.add(OpKind::reshape, {both}, "flat", {1, 176}, ReshapeOptions{{1, 176}});
    const TensorId code = b.add(OpKind::fullyConnected, {flat, b.weights("code/w", {16, 176}, 0.2f), TensorId::none},
                                "code", {1, 16}, FullyConnectedOptions());
    const TensorId image = b.add(OpKind::reshape, {code, whole("image/shape", {1, 2, 2, 4})}, "image", {1, 2, 2, 4},
                                 ReshapeOptions{{1, 2, 2, 4}});
    const TensorId last = b.add(OpKind::conv2D, {image, b.weights("last/w", {3, 1, 1, 4}, 0.7f), TensorId::none},
                                "last", {1, 2, 2, 3}, Conv2DOptions());
    return b.finish({last});
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

class ChannelsTest : public QObject
{
    Q_OBJECT

private slots:
    void agreesWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/tinynn_oneshot.json");
        const nlohmann::json document = golden("tinynn_oneshot.json");
        nlohmann::json weights;
        ThreadPool pool(1);
        int seen = 0;
        for (const nlohmann::json &c : document["cases"]) {
            const std::string name = c["model"];
            if (c["weights"].is_object())
                weights[name] = c["weights"];
            ++seen;
            const ModelPtr model = goldenModel(name, c["input"], weights[name]);
            const Graph &graph = model->main();
            // The real pruner leaves the two groups of a convolution with different numbers of channels, which no
            // runtime takes; here such a layer, and what feeds it, stay whole.
            const auto staysWhole = [&](const std::string &layer, bool isInput) {
                return name == "Grp" && (layer == "c1" || layer == "g" || (layer == "c3" && isInput));
            };
            QVERIFY(verify(*model));
            const ChannelGroups groups(graph);
            const std::string metric = c["metric"];
            TechniqueContext context = contextOf(pool);
            const Result<ChannelScores> scores =
                channelScores(*model, groups, metric == "fpgm" ? metric : metric.substr(0, metric.find('_')), context);
            QVERIFY(scores);
            const std::vector<bool> removed =
                removedByClass(groups, setScores(groups, *scores, false),
                               std::vector<double>(std::size_t(groups.classCount()), c["sparsity"].get<double>()), 1);
            const Model pruned = withoutChannels(*model, groups, removed);
            const auto gone = [&](const std::vector<int> &sets) {
                std::vector<int> positions;
                for (std::size_t i = 0; i < sets.size(); ++i)
                    if (sets[i] != ChannelGroups::fixed && removed[std::size_t(sets[i])])
                        positions.push_back(int(i));
                return positions;
            };
            for (const Operator &op : graph.operators) {
                const auto layout = weightLayout(op.kind);
                if (!layout)
                    continue;
                const std::string layer = graph[op.outputs[0]].name;
                const nlohmann::json &expected = c["layers"][layer];
                const auto expectedOf = [&](const char *side, bool isInput) {
                    return staysWhole(layer, isInput) ? std::vector<int>() : expected[side].get<std::vector<int>>();
                };
                if (layer != "d")
                    QCOMPARE(gone(groups.cut(op.outputs[0]).sets), expectedOf("removed_out", false));
                QCOMPARE(gone(op.kind == OpKind::fullyConnected ? groups.denseInput(op)
                                                                : groups.cut(op.inputs[layout->data]).sets),
                         expectedOf("removed_in", true));
            }
            QVERIFY(verify(pruned));
        }
        QCOMPARE(seen, 45);
    }

    /// A network with a convolution in groups is pruned around it, and the engine says why it does not run it.
    void groupedConvolutionsAreRefusedByTheEngine()
    {
        ESPALIER_NEEDS_SHARED("golden/tinynn_oneshot.json");
        const nlohmann::json document = golden("tinynn_oneshot.json");
        const auto found = std::ranges::find_if(
            document["cases"], [](const nlohmann::json &c) { return c["model"] == "Grp" && c["weights"].is_object(); });
        QVERIFY(found != document["cases"].end());
        const ModelPtr model = goldenModel("Grp", (*found)["input"], (*found)["weights"]);
        const Result<ProgramPtr> program = Program::compile(model);
        QVERIFY(!program);
        QVERIFY2(program.error().message.find("it is a grouped convolution") != std::string::npos,
                 program.error().message.c_str());
    }

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

    void removalEqualsMasking_data()
    {
        QTest::addColumn<bool>("isWinding");
        QTest::addColumn<double>("share");
        for (const bool isWinding : {false, true})
            for (const double share : {0.2, 0.5, 0.9})
                QTest::addRow("%s %g", isWinding ? "winding" : "sample", share) << isWinding << share;
    }
    void removalEqualsMasking()
    {
        QFETCH(bool, isWinding);
        QFETCH(double, share);
        const ModelPtr model = isWinding ? winding() : sampleModel();
        const Result<void> sound = verify(*model);
        QVERIFY2(sound, sound ? "" : sound.error().message.c_str());
        const ChannelGroups groups(model->main());
        ThreadPool pool(1);
        TechniqueContext context = contextOf(pool);
        const std::vector<double> scores = setScores(groups, *channelScores(*model, groups, "random", context), false);
        const std::vector<bool> removed =
            removedByClass(groups, scores, std::vector<double>(std::size_t(groups.classCount()), share), 1);
        QVERIFY(std::ranges::count(removed, true) > 0);
        const auto pruned = std::make_shared<const Model>(withoutChannels(*model, groups, removed));
        const Result<void> kept = verify(*pruned);
        QVERIFY2(kept, kept ? "" : kept.error().message.c_str());
        const std::vector<float> a = outputs(pruned), b = outputs(masked(model, groups, removed));
        QCOMPARE(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY2(std::abs(a[i] - b[i]) < 1e-5f, qPrintable(QString::number(double(a[i] - b[i]))));
    }

    void windingNetworkIsCutEverywhere()
    {
        const ModelPtr model = winding();
        const ChannelGroups groups(model->main());
        // first and gate together 6, grown 5, code 4 (an image's channels), last none.
        QCOMPARE(groups.layers().size(), std::size_t(4));
        QCOMPARE(groups.setCount(), 15);
        QCOMPARE(groups.classCount(), 3);
    }

    void whatNeedsAllItsChannelsKeepsThem()
    {
        // SOFTMAX in the middle, and a sum with the input.
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 4});
        const auto dense = [&](TensorId from, const char *name) {
            return b.add(OpKind::fullyConnected,
                         {from, b.weights(std::string(name) + "/w", {4, 4}, 0.5f), TensorId::none}, name, {1, 4},
                         FullyConnectedOptions());
        };
        const TensorId sum = b.add(OpKind::add, {in, dense(in, "a")}, "sum", {1, 4}, ArithmeticOptions());
        const TensorId soft = b.add(OpKind::softmax, {dense(sum, "b")}, "soft", {1, 4}, SoftmaxOptions());
        const ModelPtr model = b.finish({dense(soft, "c")});
        QCOMPARE(ChannelGroups(model->main()).setCount(), 0);
        ThreadPool pool(1);
        TechniqueContext context = contextOf(pool);
        const Result<ModelPtr> refused = Recipe::parse("prune-channels")->apply(model, context);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::unusableInput);
    }

    void multiplesAndGlobalScope()
    {
        ThreadPool pool(1);
        const ModelPtr model = sampleModel();
        const ChannelGroups groups(model->main());
        TechniqueContext context = contextOf(pool);
        const ChannelScores scores = *channelScores(*model, groups, "l2", context);
        const std::vector<double> shares(std::size_t(groups.classCount()), 0.4);
        const auto kept = [&](const std::vector<bool> &removed, std::size_t layer) {
            return std::ranges::count_if(groups.layers()[layer].sets,
                                         [&](int set) { return !removed[std::size_t(set)]; });
        };
        // conv has 8 channels, hidden 12: of four tenths less, 4 and 7, the next multiples of 4 are 4 and 8.
        const std::vector<bool> fours = removedByClass(groups, setScores(groups, scores, false), shares, 4);
        QCOMPARE(groups.layers().size(), std::size_t(2));
        QCOMPARE(kept(fours, 0), 4);
        QCOMPARE(kept(fours, 1), 8);
        const std::vector<bool> global = removedGlobally(groups, setScores(groups, scores, true), 0.5, 1);
        QCOMPARE(std::ranges::count(global, true), 10);
        const std::vector<bool> nearlyAll = removedGlobally(groups, setScores(groups, scores, true), 0.95, 1);
        for (const std::size_t layer : {0, 1})
            QVERIFY(kept(nearlyAll, layer) >= 1);
    }
};

QTEST_GUILESS_MAIN(ChannelsTest)
#include "tst_channels.moc"
