// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/graph/weightlayout.h"
#include "core/techniques/channelremoval.h"
#include "core/techniques/channelselection.h"
#include "core/techniques/recipe.h"
#include "goldennetwork.h"

#include <algorithm>
#include <cmath>

using namespace espalier;

namespace {

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

} // namespace

/// Which channels can go together, and what is left without them.
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
                               std::vector<double>(std::size_t(groups.classCount()), c["sparsity"].get<double>()), 1,
                               classSizes(groups));
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
        const std::vector<bool> removed = removedByClass(
            groups, scores, std::vector<double>(std::size_t(groups.classCount()), share), 1, classSizes(groups));
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
        const std::vector<bool> fours =
            removedByClass(groups, setScores(groups, scores, false), shares, 4, classSizes(groups));
        QCOMPARE(groups.layers().size(), std::size_t(2));
        QCOMPARE(kept(fours, 0), 4);
        QCOMPARE(kept(fours, 1), 8);
        const std::vector<bool> global =
            removedGlobally(groups, setScores(groups, scores, true), 0.5, 1, classSizes(groups));
        QCOMPARE(std::ranges::count(global, true), 10);
        const std::vector<bool> nearlyAll =
            removedGlobally(groups, setScores(groups, scores, true), 0.95, 1, classSizes(groups));
        for (const std::size_t layer : {0, 1})
            QVERIFY(kept(nearlyAll, layer) >= 1);
    }
};

QTEST_GUILESS_MAIN(ChannelsTest)
#include "tst_channels.moc"
