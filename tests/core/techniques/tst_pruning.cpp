// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/modelmetrics.h"
#include "core/techniques/channelgroups.h"
#include "core/techniques/channelscores.h"
#include "core/techniques/pruningschedule.h"
#include "core/techniques/xnnpackrules.h"
#include "core/train/architectures/architecture.h"
#include "support/quadrants.h"
#include "techniquetest.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace espalier;
using namespace espalier::test;

/// What pruning techniques and chains of them give.
class PruningTest : public QObject
{
    Q_OBJECT

private slots:
    void pruningSetsZeros()
    {
        ThreadPool pool(1);
        QCOMPARE(sparsity(ModelPtr(sampleModel())->main()), 0.0);
        const Result<ModelPtr> magnitude = applied(sampleModel(), "prune-magnitude sparsity=0.75", pool);
        QVERIFY(magnitude);
        for (const Tensor &tensor : (*magnitude)->main().tensors) {
            if (tensor.name == "conv/w" || tensor.name == "hidden/w" || tensor.name == "logits/w")
                QCOMPARE(sparsity(tensor), 0.75);
            else if (tensor.isConstant() && tensor.type == DType::float32)
                QCOMPARE(sparsity(tensor), 0.0); // depthwise filters and biases stay whole
        }
        const Result<ModelPtr> random = applied(sampleModel(), "prune-random sparsity=0.5 scope=global", pool);
        QVERIFY(random);
        QVERIFY(std::abs(sparsity((*random)->main()) - 0.5) < 1e-3);
        QVERIFY(written(*applied(sampleModel(), "prune-random", pool, 2)) !=
                written(*applied(sampleModel(), "prune-random", pool, 1)));
    }

    void globalPruningLeavesNoUnitEmpty()
    {
        // One layer's weights are all smaller than the other's; it would be emptied but for the rule.
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 4});
        const TensorId large = b.weights("large", {6, 4}, 1.0f), small = b.weights("small", {2, 6}, 0.001f);
        const TensorId hidden =
            b.add(OpKind::fullyConnected, {in, large, TensorId::none}, "hidden", {1, 6}, FullyConnectedOptions());
        const ModelPtr model = b.finish(
            {b.add(OpKind::fullyConnected, {hidden, small, TensorId::none}, "out", {1, 2}, FullyConnectedOptions())});
        ThreadPool pool(1);
        const Result<ModelPtr> pruned = applied(model, "prune-global sparsity=0.5", pool, 1, nullptr);
        QVERIFY(pruned);
        const Tensor &last = (*pruned)->main()[small];
        for (int unit = 0; unit < 2; ++unit)
            QCOMPARE(std::ranges::count(values<float>(last).subspan(std::size_t(unit) * 6, 6), 0.0f), 5);
        // By deviation the layers are alike.
        const Result<ModelPtr> even = applied(model, "prune-global sparsity=0.5 rank=deviation", pool, 1, nullptr);
        QVERIFY(even);
        QVERIFY(sparsity((*even)->main()[small]) < 0.7);
    }

    void patternsOfMagnitude()
    {
        ThreadPool pool(1);
        const Result<ModelPtr> twoOfFour = applied(sampleModel(), "prune-magnitude pattern=2:4", pool);
        QVERIFY(twoOfFour);
        for (const Tensor &tensor : (*twoOfFour)->main().tensors) {
            if (tensor.name != "hidden/w")
                continue;
            const std::span<const float> all = values<float>(tensor);
            for (std::size_t i = 0; i < all.size(); i += 4)
                QCOMPARE(std::ranges::count(all.subspan(i, 4), 0.0f), 2);
        }
        const Result<ModelPtr> blocks =
            applied(sampleModel(), "prune-magnitude pattern=block block_inputs=4 block_outputs=1", pool);
        QVERIFY(blocks);
        for (const Tensor &tensor : (*blocks)->main().tensors) {
            if (tensor.name == "hidden/w")
                for (std::size_t i = 0; i < tensor.elements(); i += 4)
                    QVERIFY(std::ranges::count(values<float>(tensor).subspan(i, 4), 0.0f) % 4 == 0);
            if (tensor.name == "conv/w")
                QCOMPARE(sparsity(tensor), 0.0);
        }
        QVERIFY(!applied(sampleModel(), "prune-magnitude pattern=2:4 scope=global", pool));
    }

    void keptMasksGrowTheFileAndChangeNoOutput()
    {
        ThreadPool pool(1);
        for (const std::string recipe : {"prune-magnitude", "prune-global", "prune-random"}) {
            const Result<ModelPtr> stripped = applied(sampleModel(), recipe, pool);
            const Result<ModelPtr> kept = applied(sampleModel(), recipe + " strip=no", pool);
            QVERIFY(stripped && kept && verify(**kept));
            QCOMPARE(outputs(*kept), outputs(*stripped));
            // A float32 for each masked weight, and a little for the names and operators.
            const std::size_t masked = (8 * 18 + 12 * 256 + 60 + (recipe == "prune-magnitude" ? 0 : 72)) * 4;
            const std::size_t grown = written(*kept).size() - written(*stripped).size();
            QVERIFY2(grown >= masked && grown < masked + 2000, qPrintable(QString::number(grown)));
            QCOMPARE(sparsity((*kept)->main()), sparsity((*stripped)->main()));
        }
    }

    void trainingReachesTheSparsity_data()
    {
        QTest::addColumn<QString>("recipe");
        for (const char *recipe :
             {"prune-global sparsity=0.8 epochs=2", "prune-global sparsity=0.8 epochs=3 schedule=iterative",
              "prune-magnitude sparsity=0.75 epochs=2 schedule=polynomial initial_sparsity=0.2 frequency=1",
              "prune-magnitude sparsity=0.75 epochs=2 schedule=constant begin=1 end=5 frequency=3",
              "prune-random sparsity=0.75 epochs=1",
              "prune-random sparsity=0.75 epochs=4 schedule=polynomial frequency=1",
              // Nothing is learned, so that early stopping would end each at its second epoch.
              "prune-global sparsity=0.8 epochs=8 schedule=iterative patience=1 learning_rate=0",
              "prune-magnitude sparsity=0.75 epochs=8 schedule=polynomial patience=1 learning_rate=0",
              "prune-magnitude sparsity=0.75 epochs=8 schedule=constant begin=14 patience=1 learning_rate=0 strip=no"})
            QTest::newRow(recipe) << QString::fromUtf8(recipe);
    }

    void trainingReachesTheSparsity()
    {
        QFETCH(QString, recipe);
        const std::string text = recipe.toStdString() + " batch=8";
        ThreadPool one(1), two(2);
        const Result<ModelPtr> result = applied(sampleModel(), text, one);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const double asked = recipe.contains(QStringLiteral("0.8")) ? 0.8 : 0.75;
        for (const Tensor &tensor : (*result)->main().tensors)
            if (tensor.name == "hidden/w" && asked == 0.75)
                QCOMPARE(sparsity(tensor), asked);
        if (asked == 0.8)
            QVERIFY(std::abs(sparsity((*result)->main()) - asked) < 0.001);
        const Result<ModelPtr> again = applied(sampleModel(), text, two);
        QVERIFY(again && written(*result) == written(*again));
        QVERIFY(verify(**result));
        // What is left was trained.
        const std::string untrained = text.substr(0, text.find(" epochs"));
        if (!recipe.contains(QStringLiteral("learning_rate=0")))
            QVERIFY(written(*applied(sampleModel(), untrained, one)) != written(*result));
        QCOMPARE(Recipe::parse(text)->needs(), TechniqueNeeds::training);
        QCOMPARE(Recipe::parse(untrained)->needs(), TechniqueNeeds::nothing);
    }

    void sensitiveLayersLoseLess()
    {
        ThreadPool one(1), two(2);
        const std::string recipe = "prune-channels fraction=0.5 scope=sensitivity";
        const Result<ModelPtr> result = applied(sampleModel(), recipe, one),
                               again = applied(sampleModel(), recipe, two);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(again && written(*result) == written(*again));
        std::int32_t kept = 0; // of 8 and 12 channels
        for (const Tensor &tensor : (*result)->main().tensors)
            if (tensor.name == "conv/w" || tensor.name == "hidden/w")
                kept += tensor.shape[0];
        QVERIFY(kept >= 8 && kept <= 12);
        QCOMPARE(applied(sampleModel(), recipe, one, 1, nullptr).error().code, ErrorCode::invalidArgument);
        QCOMPARE(applied(sampleModel(), recipe + " layers=conv", one).error().code, ErrorCode::invalidArgument);
    }

    void sparsityIsRemoved()
    {
        ThreadPool pool(1);
        // The paper's network: half of its 16 filters go, and its FLOPs fall from 193648 to 96848.
        const ModelPtr series = findArchitecture("cnn1d")->build({{59, 35}, 8, 1})->model;
        for (const std::string mode : {"sound", "literal"}) {
            const Result<ModelPtr> halved =
                applied(series, "prune-magnitude sparsity=0.5 | remove-sparsity fraction=0 epochs=0 mode=" + mode, pool,
                        1, nullptr);
            QVERIFY2(halved, halved ? "" : halved.error().message.c_str());
            QVERIFY(verify(**halved));
            QCOMPARE(parameterCount((*halved)->main()), std::int64_t(920));
            QCOMPARE(profilerFlops((*halved)->main()), std::int64_t(96848));
        }
        const Result<ModelPtr> none = applied(series, "remove-sparsity fraction=0 epochs=0", pool, 1, nullptr);
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::unusableInput);
    }

    void survivorsAreLaidInKerasOrder()
    {
        // Dense weights [out, in]; in Keras's order, outputs last: 1 _ 3 _ | 5 6 _ _ | _ 7 _ 8.
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 3});
        const TensorId w = b.constant<float>("w", DType::float32, {4, 3}, {1, 5, 0, 0, 6, 7, 3, 0, 0, 0, 0, 8});
        const TensorId c = b.constant<float>("c", DType::float32, {4}, {0, 9, 0, 4});
        const TensorId hidden = b.add(OpKind::fullyConnected, {in, w, c}, "hidden", {1, 4}, FullyConnectedOptions());
        const TensorId v = b.constant<float>("v", DType::float32, {1, 4}, {2, 0, 0, 1});
        const ModelPtr model = b.finish(
            {b.add(OpKind::fullyConnected, {hidden, v, TensorId::none}, "out", {1, 1}, FullyConnectedOptions())});
        ThreadPool pool(1);
        const Result<ModelPtr> laid =
            applied(model, "remove-sparsity mode=literal fraction=0.5 epochs=0", pool, 1, nullptr);
        QVERIFY2(laid, laid ? "" : laid.error().message.c_str());
        const auto held = [&](const char *name) {
            const auto tensor = std::ranges::find((*laid)->main().tensors, name, &Tensor::name);
            return std::vector<float>(values<float>(*tensor).begin(), values<float>(*tensor).end());
        };
        QCOMPARE(held("w"), std::vector<float>({1, 5, 7, 3, 6, 8})); // 1 3 | 5 6 | 7 8, outputs first again
        QCOMPARE(held("c"), std::vector<float>({9, 4}));
        QCOMPARE(held("v"), std::vector<float>({2, 1}));
    }

    void depthEndsWhereOneValuePasses()
    {
        ThreadPool pool(1);
        const auto parameters = [](const Result<ModelPtr> &model) { return parameterCount((*model)->main()); };
        const std::int64_t whole = parameterCount(sampleModel()->main());
        for (const double target : {0.9, 0.5, 0.2}) {
            const std::string recipe = "prune-depth epochs=1 width=8 target=" + std::to_string(target);
            const Result<ModelPtr> result = applied(sampleModel(), recipe, pool);
            QVERIFY2(result, result ? "" : result.error().message.c_str());
            QVERIFY(double(parameters(result)) <= target * double(whole));
            QCOMPARE((*result)->main()[(*result)->main().outputs[0]].shape, Shape({1, 5}));
        }
        // Between the sum and the concatenation two values pass: a network that ends there would need both.
        for (const auto &[target, expected] : {std::pair("0.13", "both"), std::pair("0.12", "sum")}) {
            const Result<ModelPtr> small =
                applied(sampleModel(), std::string("prune-depth epochs=0 width=8 target=") + target, pool);
            QVERIFY2(small, small ? "" : small.error().message.c_str());
            const auto &operators = (*small)->main().operators;
            const auto head = std::ranges::find(operators, OpKind::mean, &Operator::kind) - 1;
            QCOMPARE((*small)->main()[head->inputs[0]].name, std::string(expected));
        }
        const Result<ModelPtr> never = applied(sampleModel(), "prune-depth target=0.001", pool);
        QVERIFY(!never);
        QCOMPARE(never.error().code, ErrorCode::unusableInput);
    }

    void sparseKernelsNeedZeros()
    {
        ThreadPool pool(1);
        const Result<ModelPtr> dense = applied(sampleModel(), "sparse-runtime", pool);
        QVERIFY(!dense);
        QCOMPARE(dense.error().code, ErrorCode::unusableInput);
        const Result<ModelPtr> pruned = applied(sampleModel(), "prune-magnitude sparsity=0.9", pool);
        const Result<ModelPtr> sparse = applied(sampleModel(), "prune-magnitude sparsity=0.9 | sparse-runtime", pool);
        QVERIFY(pruned && sparse);
        QCOMPARE(outputs(*sparse), outputs(*pruned)); // not a bit less exact
    }

    void xnnpackIsJudgedByItsRules()
    {
        const auto network = [](std::int32_t stride, double zeros, OpKind last) {
            ModelBuilder b;
            const TensorId in = b.input("in", {1, 8, 8, 3});
            const TensorId padded = b.add(
                OpKind::pad, {in, b.constant<std::int32_t>("pads", DType::int32, {4, 2}, {0, 0, 1, 1, 1, 1, 0, 0})},
                "padded", {1, 10, 10, 3});
            Conv2DOptions entry;
            entry.padding = Padding::valid;
            entry.strideH = entry.strideW = stride;
            const std::int32_t size = stride == 2 ? 4 : 8;
            const TensorId first =
                b.add(OpKind::conv2D, {padded, b.weights("first/w", {4, 3, 3, 3}, 1), TensorId::none}, "first",
                      {1, size, size, 4}, entry);
            std::vector<float> w(16, 1.0f);
            std::fill_n(w.begin(), std::size_t(zeros * 16), 0.0f);
            const TensorId wide =
                b.add(OpKind::conv2D, {first, b.constant("wide/w", DType::float32, {4, 1, 1, 4}, w), TensorId::none},
                      "wide", {1, size, size, 4}, Conv2DOptions());
            const TensorId end = last == OpKind::mean
                                     ? b.add(last, {wide, b.constant<std::int32_t>("axes", DType::int32, {2}, {1, 2})},
                                             "end", {1, 4}, ReduceOptions())
                                     : b.add(last, {wide}, "end", {1, size, size, 4}, SoftmaxOptions());
            return xnnpackVerdict(b.finish({end})->main());
        };
        QVERIFY(network(2, 0.75, OpKind::mean).starts_with("XNNPACK would run"));
        QVERIFY(network(2, 0.625, OpKind::mean).find("62.5 %") != std::string::npos);
        QVERIFY(network(1, 0.75, OpKind::mean).find("3×3 convolution of stride 2") != std::string::npos);
        QVERIFY(network(2, 0.75, OpKind::softmax).find("end (SOFTMAX)") != std::string::npos);
    }

    void onlyPointwiseWeightsArePruned()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 4, 4, 2});
        const TensorId wide = b.add(OpKind::conv2D, {in, b.weights("wide/w", {4, 3, 3, 2}, 1), TensorId::none}, "wide",
                                    {1, 4, 4, 4}, Conv2DOptions());
        const ModelPtr model =
            b.finish({b.add(OpKind::conv2D, {wide, b.weights("point/w", {8, 1, 1, 4}, 1), TensorId::none}, "point",
                            {1, 4, 4, 8}, Conv2DOptions())});
        ThreadPool pool(1);
        const Result<ModelPtr> kept =
            applied(model, "prune-magnitude sparsity=0.75 only=pointwise strip=no | sparse-runtime from=0.7", pool);
        QVERIFY2(kept, kept ? "" : kept.error().message.c_str());
        for (const Tensor &tensor : (*kept)->main().tensors) {
            QVERIFY(tensor.name != "wide/w/mask");
            if (tensor.name == "point/w")
                QCOMPARE(sparsity(tensor), 0.75);
        }
        QVERIFY(!applied(sampleModel(), "prune-magnitude only=pointwise", pool));
    }

    void schedulesThatDoNotFitAreRefused()
    {
        ThreadPool pool(1);
        for (const char *recipe :
             {"prune-magnitude epochs=1 batch=8 schedule=polynomial end=4",
              "prune-magnitude epochs=1 batch=8 schedule=constant begin=2 end=2",
              // without effect
              "prune-magnitude schedule=polynomial", "prune-random schedule=iterative",
              "prune-magnitude epochs=1 batch=8 begin=1", "prune-magnitude epochs=1 batch=8 schedule=constant power=2",
              "prune-magnitude block_inputs=4", "prune-magnitude pattern=2:4 schedule=constant epochs=1",
              "prune-channels schedule=polynomial", "prune-global tolerance=0.1",
              "prune-global tolerance=0.1 epochs=2 schedule=iterative"}) {
            const Result<ModelPtr> refused = applied(sampleModel(), recipe, pool);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::invalidArgument);
        }
    }

    void fineTuningKeepsZeros()
    {
        ThreadPool pool(1);
        const Result<ModelPtr> kept = applied(sampleModel(), "prune-magnitude sparsity=0.5 | finetune epochs=1", pool);
        QVERIFY(kept);
        const double before = sparsity((*applied(sampleModel(), "prune-magnitude sparsity=0.5", pool))->main());
        QCOMPARE(sparsity((*kept)->main()), before);
        const Result<ModelPtr> grown =
            applied(sampleModel(), "prune-magnitude sparsity=0.5 | finetune epochs=1 keep_zeros=no", pool);
        QVERIFY(grown);
        QVERIFY(sparsity((*grown)->main()) < before / 2);
    }

    void laterStepsKeepZeros()
    {
        ThreadPool pool(1);
        const std::string first = "prune-magnitude sparsity=0.8";
        const auto zerosOf = [&](const std::string &recipe) {
            const Result<ModelPtr> model = applied(sampleModel(), recipe, pool);
            if (!model)
                qFatal("%s", model.error().message.c_str());
            return sparsity((*model)->main());
        };
        const double before = zerosOf(first);
        QVERIFY(zerosOf(first + " | prune-magnitude sparsity=0.3 epochs=1") >= before);
        // Of what is left, as PyTorch's repeated calls.
        QCOMPARE(zerosOf(first + " | prune-random sparsity=0.3 epochs=1"), zerosOf(first + " | prune-random"));
        QVERIFY(zerosOf(first + " | prune-random sparsity=0.3 epochs=1") > before);
        const std::string channels = first + " | prune-channels fraction=0.25";
        QCOMPARE(zerosOf(channels + " epochs=1"), zerosOf(channels));
        QVERIFY(zerosOf(channels) > 0.6);
    }

    void schedulesGrowTheirMasks()
    {
        // Frequency and power as given, also where few steps are left.
        const auto scheduleOf = [](const std::string &settings) {
            const Recipe recipe = *Recipe::parse("prune-magnitude sparsity=0.8 epochs=1 " + settings);
            return *maskSchedule(recipe.steps()[0].values, 40);
        };
        const MaskSchedule linear = scheduleOf("schedule=polynomial power=1 begin=10 end=30 frequency=15");
        QVERIFY(linear.sparsityAt(10) && !linear.sparsityAt(12) && !linear.sparsityAt(40));
        QVERIFY(std::abs(*linear.sparsityAt(25) - 0.6) < 1e-6);
        QVERIFY(std::abs(*linear.sparsityAt(30) - 0.8) < 1e-6);
        QCOMPARE(linear.settledAt, std::int64_t(30));
        const MaskSchedule constant = scheduleOf("schedule=constant begin=10 frequency=15");
        QVERIFY(!constant.sparsityAt(1) && constant.sparsityAt(25) && constant.sparsityAt(40));
        QCOMPARE(constant.settledAt, std::int64_t(10));
    }

    void globalPruningStopsWithinItsTolerance()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 4});
        const TensorId hidden = b.add(OpKind::fullyConnected, {in, b.weights("h", {16, 4}, 1), TensorId::none},
                                      "hidden", {1, 16}, FullyConnectedOptions{.activation = Activation::relu});
        const ModelPtr untrained =
            b.finish({b.add(OpKind::fullyConnected, {hidden, b.weights("o", {4, 16}, 0.5f), TensorId::none}, "out",
                            {1, 4}, FullyConnectedOptions())});
        const auto data = std::make_shared<const Dataset>(quadrants(400));
        ThreadPool pool(2);
        const Result<ModelPtr> model = applied(untrained, "finetune epochs=20", pool, 1, data);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const auto zerosOf = [&](const std::string &recipe) {
            const Result<ModelPtr> pruned = applied(*model, recipe, pool, 1, data);
            if (!pruned)
                qFatal("%s", pruned.error().message.c_str());
            return sparsity((*pruned)->main());
        };
        // All of the accuracy may go, some, and so little that the first round goes too far.
        const std::string recipe = "prune-global sparsity=0.95 epochs=1 share=0.3 tolerance=";
        const double all = zerosOf(recipe + "1"), some = zerosOf(recipe + "0.08");
        QVERIFY(std::abs(all - zerosOf("prune-global sparsity=0.95")) < 1e-9);
        QVERIFY2(some > 0.25 && some < all, qPrintable(QString::number(some)));
        QCOMPARE(zerosOf("prune-global sparsity=0.95 epochs=1 share=0.9 tolerance=0.01"), 0.0);
        const Result<ModelPtr> kept = applied(*model, recipe + "0.08 strip=no", pool, 1, data);
        QVERIFY(kept && verify(**kept));
        QCOMPARE(sparsity((*kept)->main()), some);
    }

    void nothingWorksOnMasksButSparseKernels()
    {
        ThreadPool pool(1);
        for (const char *next :
             {"quantize-int8", "prune-channels", "finetune", "quantize-float16", "remove-sparsity"}) {
            const Result<ModelPtr> after =
                applied(sampleModel(), std::string("prune-magnitude strip=no | ") + next, pool, 1, noise(20));
            QVERIFY(!after);
            QVERIFY2(after.error().message.find("take strip=yes there") != std::string::npos,
                     after.error().message.c_str());
        }
    }

    void channelsThatAllStayAreTold()
    {
        ThreadPool pool(1);
        const Result<Recipe> recipe = Recipe::parse("prune-channels multiple=64");
        TechniqueContext context{noise(20), {}, 1, pool, {}};
        QVERIFY(recipe && recipe->apply(sampleModel(), context));
        QVERIFY(!context.notes.empty());
        QVERIFY2(context.notes[0].starts_with("no channel went"), context.notes[0].c_str());
    }

    /// What the loss owes to a channel: of an autoencoder the mean of squared errors, whatever the labels are.
    void channelsOfAutoencodersAreScored()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 4});
        const TensorId hidden = b.add(OpKind::fullyConnected, {in, b.weights("h", {6, 4}, 1), TensorId::none}, "hidden",
                                      {1, 6}, FullyConnectedOptions{.activation = Activation::relu});
        const ModelPtr model =
            b.finish({b.add(OpKind::fullyConnected, {hidden, b.weights("o", {4, 6}, 0.5f), TensorId::none}, "out",
                            {1, 4}, FullyConnectedOptions())});
        Dataset data = quadrants(100);
        data.train.labels.clear();
        ThreadPool pool(1);
        for (const char *criterion : {"taylor", "gradient", "relevance"}) {
            const Result<ModelPtr> smaller = applied(model, std::string("prune-channels criterion=") + criterion, pool,
                                                     1, std::make_shared<const Dataset>(data));
            QVERIFY2(smaller, smaller ? "" : smaller.error().message.c_str());
        }
        const Result<ModelPtr> shorter = applied(model, "prune-depth", pool, 1, std::make_shared<const Dataset>(data));
        QVERIFY(!shorter);
        QVERIFY2(shorter.error().message.find("reproduces its input") != std::string::npos,
                 shorter.error().message.c_str());
    }

    void channelsGoAlongACubic()
    {
        ThreadPool pool(1);
        const auto notesOf = [&](const std::string &settings) {
            const Result<Recipe> recipe = Recipe::parse("prune-channels fraction=0.5 rounds=3 " + settings);
            TechniqueContext context{noise(20), {}, 1, pool, {}};
            if (!recipe || !recipe->apply(sampleModel(), context))
                return std::vector<std::string>();
            std::erase_if(context.notes, [](const std::string &note) { return !note.starts_with("hidden"); });
            return context.notes;
        };
        // Of 12 units 2.5, 4.4 and 6 are to be gone by the same share of what is left, 4.2, 5.8 and 6 by the cubic.
        QCOMPARE(notesOf("schedule=iterative"),
                 std::vector<std::string>({"hidden keeps 9 of 12 channels", "hidden keeps 7 of 9 channels",
                                           "hidden keeps 6 of 7 channels"}));
        QCOMPARE(notesOf("schedule=polynomial"),
                 std::vector<std::string>({"hidden keeps 7 of 12 channels", "hidden keeps 6 of 7 channels"}));
        QCOMPARE(notesOf("multiple=4"), std::vector<std::string>({"hidden keeps 8 of 12 channels"}));
    }

    void roundsAddUpToWhatOneTakes()
    {
        ThreadPool pool(1);
        const auto sizes = [&](const std::string &settings) {
            std::vector<Shape> shapes;
            const Result<ModelPtr> pruned = applied(sampleModel(), "prune-channels fraction=0.4 " + settings, pool);
            for (std::size_t i = 0; pruned && i < (*pruned)->main().tensors.size(); ++i)
                shapes.push_back((*pruned)->main().tensors[i].shape);
            std::ranges::sort(shapes); // rounds number constants anew
            return shapes;
        };
        for (const std::string settings : {"", " multiple=2", " layers=hidden"})
            for (const std::string rounds : {"2", "5"}) {
                const std::vector<Shape> at = sizes(settings);
                QVERIFY(!at.empty());
                QCOMPARE(sizes(settings + " rounds=" + rounds), at);
            }
        const auto channels = [&](const std::string &settings) {
            const Result<ModelPtr> pruned = applied(sampleModel(), "prune-channels scope=global " + settings, pool);
            return pruned ? ChannelGroups((*pruned)->main()).setCount() : -1;
        };
        QCOMPARE(channels("fraction=0.4 rounds=3"), channels("fraction=0.4"));
    }

    void channelsGoInRounds()
    {
        ThreadPool pool(1);
        const Result<ModelPtr> result =
            applied(sampleModel(), "prune-channels fraction=0.5 rounds=2 epochs=1 criterion=taylor", pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        for (const Tensor &tensor : (*result)->main().tensors)
            if (tensor.name == "conv/w")
                QCOMPARE(tensor.shape[0], 4); // of 8
        for (const std::string &criterion : channelCriteria()) {
            const std::string text = "prune-channels criterion=" + criterion;
            const Result<ModelPtr> one = applied(sampleModel(), text, pool);
            QVERIFY2(one, one ? "" : one.error().message.c_str());
            QVERIFY(unsupportedOperators(**one).empty());
            const Result<ModelPtr> blind = applied(sampleModel(), text, pool, 1, nullptr);
            QCOMPARE(blind.has_value(), criterionNeeds(criterion) == TechniqueNeeds::nothing);
        }
    }

    void zerosOutliveQuantization()
    {
        ThreadPool pool(1);
        const Result<ModelPtr> pruned = applied(sampleModel(), "prune-magnitude sparsity=0.5", pool);
        const Result<ModelPtr> both = applied(sampleModel(), "prune-magnitude sparsity=0.5 | quantize-int8", pool);
        QVERIFY(pruned && both);
        QVERIFY(sparsity((*both)->main()) >= sparsity((*pruned)->main()));
    }

    void float16CanBePruned()
    {
        ThreadPool pool(1);
        const Result<ModelPtr> both = applied(sampleModel(), "quantize-float16 | prune-random sparsity=0.5", pool);
        QVERIFY2(both, both ? "" : both.error().message.c_str());
        QVERIFY(std::abs(sparsity((*both)->main()) - 0.5) < 0.01);
        QVERIFY(!applied(sampleModel(), "quantize-float16 | quantize-float16", pool));
    }
};

QTEST_GUILESS_MAIN(PruningTest)
#include "tst_pruning.moc"
