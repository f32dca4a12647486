// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "chainmodel.h"
#include "core/metrics/modelmetrics.h"
#include "core/techniques/fakequantization.h"
#include "core/train/trainingnetwork.h"
#include "golden.h"
#include "techniquetest.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using namespace espalier;
using namespace espalier::test;

/// What quantization to integers and float16 gives.
class QuantizationTest : public QObject
{
    Q_OBJECT

private slots:
    void awareTrainingExportsWhatItSimulated()
    {
        ThreadPool pool(2);
        // Without training it is the plain integer form of the same calibration.
        const Result<ModelPtr> untrained = applied(sampleModel(), "quantize-aware epochs=0", pool);
        QVERIFY2(untrained, untrained ? "" : untrained.error().message.c_str());
        QVERIFY(written(*untrained) == written(*applied(sampleModel(), "quantize-int8", pool)));

        const ModelPtr model = sampleModel();
        TechniqueContext context{noise(20), {}, 1, pool, {}};
        const auto ranges = activationRanges(model, {}, context);
        QVERIFY(ranges);
        for (const auto &[bits, activationBits] : {std::pair(8, 8), {4, 8}, {2, 8}, {4, 4}}) {
            IntegerPlan plan;
            plan.weightBits = bits;
            const FakeQuantization fake(model->main(), *ranges, plan, 0.99, activationBits);
            const auto network = TrainingNetwork::prepare(*model, fake.transforms());
            QVERIFY2(network, network ? "" : network.error().message.c_str());
            TrainingNetwork::Worker worker(*network, 8);
            const Tensor &input = model->main()[model->main().inputs[0]];
            fillInput(input, context.data->test, InputScaling(), 0, 8, worker.input());
            std::vector<float> simulated;
            network->forward(worker, 8, [&](const TrainingNetwork::Outcome &outcome) {
                simulated.assign(outcome.probabilities.begin(), outcome.probabilities.end());
                return LossSum();
            });
            const auto integer = integerModel(*model, fake.plan(), context.notes);
            QVERIFY(integer);
            const std::vector<float> exported = outputs(std::make_shared<const Model>(*integer));
            const float difference = largestDifference(simulated, exported);
            // Of probabilities, rounded to 1/256; a sum just between two steps of an activation may go either way.
            const float bound = activationBits < 8 ? 0.05f : 0.02f;
            QVERIFY2(difference < bound, qPrintable(QString::number(difference)));
            const float coarse = largestDifference(simulated, outputs(model));
            QVERIFY2(bits > 2 || coarse > 3 * difference, qPrintable(QString::number(coarse)));
        }
    }

    void fewActivationBitsAreNoMore()
    {
        ThreadPool pool(2);
        for (const char *recipe : {"quantize-int8 activation-bits=4", "quantize-aware activation-bits=4 epochs=1"}) {
            const Result<ModelPtr> result = applied(sampleModel(), recipe, pool);
            QVERIFY2(result, recipe);
            const Result<ProgramPtr> program = Program::compile(*result);
            QVERIFY(program);
            const Graph &graph = (*program)->graph();
            Session session(*program, 8);
            fillInput(graph[graph.inputs[0]], noise(20)->test, InputScaling(), 0, 8, session.input());
            std::map<std::string, std::set<std::int8_t>> seen;
            session.run(8, [&](TensorId id, std::span<const std::byte> bytes) {
                const auto *const first = reinterpret_cast<const std::int8_t *>(bytes.data());
                seen[graph[id].name].insert(first, first + bytes.size());
            });
            for (const char *name : {"conv", "dw"}) {
                QVERIFY(seen[name].size() > 4 && seen[name].size() <= 16);
                QVERIFY(*seen[name].begin() >= 112);
            }
            QVERIFY(seen["logits"].size() > 16); // of both signs
        }
    }

    void accuracyBringsLayersBackToFloat()
    {
        ThreadPool pool(2);
        // Labels that the float model gives.
        auto data = std::make_shared<Dataset>(*noise(150));
        const Result<ProgramPtr> program = Program::compile(sampleModel());
        QVERIFY(program);
        for (Samples *samples : {&data->train, &data->test}) {
            const Result<Evaluation> own = evaluate(*program, *samples, LabelKind::classes, {}, pool);
            QVERIFY(own);
            samples->labels = own->predicted;
        }
        const auto accuracy = [&](const ModelPtr &model, const Samples &samples) {
            return evaluate(*Program::compile(model), samples, LabelKind::classes,
                            impliedScaling(model->main()[model->main().inputs[0]], samples).scaling, pool)
                ->accuracy;
        };
        const auto floats = [](const ModelPtr &model) {
            return std::ranges::count_if(model->main().tensors, [](const Tensor &tensor) {
                return tensor.isConstant() && tensor.type == DType::float32 && tensor.name.ends_with("/w");
            });
        };
        const std::string recipe = "quantize-int8 bits=3";
        const Result<ModelPtr> plain = applied(sampleModel(), recipe, pool, 1, data);
        QVERIFY(plain);
        QVERIFY(accuracy(*plain, data->train) < 0.9);
        const Result<ModelPtr> any = applied(sampleModel(), recipe + " max-drop=1", pool, 1, data);
        QVERIFY(any && written(*any) == written(*plain));
        const Result<ModelPtr> kept = applied(sampleModel(), recipe + " max-drop=0.1", pool, 1, data);
        QVERIFY2(kept, kept ? "" : kept.error().message.c_str());
        QVERIFY(accuracy(*kept, data->train) >= 0.9);
        QVERIFY(floats(*kept) > 0 && floats(*kept) < 4);
        const Result<ModelPtr> looser = applied(sampleModel(), recipe + " max-drop=0.2", pool, 1, data);
        QVERIFY(looser && floats(*looser) <= floats(*kept));

        auto unlabelled = std::make_shared<Dataset>(*data);
        unlabelled->train.labels.clear();
        const Result<ModelPtr> none = applied(sampleModel(), recipe + " max-drop=0.1", pool, 1, unlabelled);
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::unusableInput);
    }

    void awareTrainingKeepsZeros()
    {
        ThreadPool pool(2);
        const Result<ModelPtr> result = applied(
            sampleModel(), "prune-magnitude sparsity=0.75 | quantize-aware epochs=1 bits=4 learning_rate=0.001", pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Result<ModelPtr> pruned = applied(sampleModel(), "prune-magnitude sparsity=0.75", pool);
        QVERIFY(sparsity((*result)->main()) >= sparsity((*pruned)->main()));
        const Result<ModelPtr> dense =
            applied(sampleModel(),
                    "prune-magnitude sparsity=0.75 | quantize-aware epochs=2 learning_rate=0.1 keep_zeros=no", pool);
        QVERIFY(sparsity((*dense)->main()) < sparsity((*pruned)->main()));
    }

    void outputsStayNear_data()
    {
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<float>("tolerance");
        QTest::newRow("float16") << QStringLiteral("quantize-float16") << 2e-3f;
        QTest::newRow("dynamic") << QStringLiteral("quantize-dynamic min_elements=1") << 0.06f;
        QTest::newRow("dynamic per tensor")
            << QStringLiteral("quantize-dynamic min_elements=1 per_channel=false asymmetric=false") << 0.06f;
        QTest::newRow("dynamic as PyTorch") << QStringLiteral("quantize-dynamic style=pytorch") << 0.06f;
        QTest::newRow("linear grid") << QStringLiteral("quantize-linear") << 0.02f;
        QTest::newRow("minmax grid") << QStringLiteral("quantize-linear method=minmax") << 0.02f;
        QTest::newRow("tanh grid") << QStringLiteral("quantize-linear method=tanh") << 0.02f;
        QTest::newRow("log grid") << QStringLiteral("quantize-linear method=log") << 0.2f;
        for (const char *start : {"kmeans++", "linear", "density", "random"})
            QTest::newRow(start) << QStringLiteral("cluster-weights clusters=64 start=") + QString::fromUtf8(start)
                                 << 0.1f;
        QTest::newRow("int8") << QStringLiteral("quantize-int8") << 0.06f;
        QTest::newRow("int4") << QStringLiteral("quantize-int4") << 0.3f;
        QTest::newRow("int4 in groups") << QStringLiteral("quantize-int4 group=8") << 0.3f;
        QTest::newRow("int4 in groups, rounded adaptively")
            << QStringLiteral("quantize-int4 group=8 rounding=adaround iterations=50") << 0.3f;
        QTest::newRow("int4, rounded adaptively")
            << QStringLiteral("quantize-int4 rounding=adaround iterations=50") << 0.3f;
        QTest::newRow("int8 per tensor") << QStringLiteral("quantize-int8 per_channel=false") << 0.08f;
        for (const char *method : {"moving-average", "mean", "percentile", "mse", "entropy", "tf_enhanced"})
            QTest::newRow(method) << QStringLiteral("quantize-int8 calibration=") + QString::fromUtf8(method) << 0.1f;
        for (const char *correction : {"empirical", "analytic", "fast"})
            QTest::newRow(correction) << QStringLiteral("quantize-int8 bias-correction=") +
                                             QString::fromUtf8(correction)
                                      << 0.06f;
        for (const char *preset : {"performance", "mixed"})
            QTest::newRow(preset) << QStringLiteral("quantize-int8 preset=") + QString::fromUtf8(preset) << 0.1f;
        QTest::newRow("int8, float at both ends")
            << QStringLiteral("quantize-int8 input_type=float output_type=float") << 0.06f;
        QTest::newRow("float16, then int8") << QStringLiteral("quantize-float16 | quantize-int8") << 0.06f;
    }

    void outputsStayNear()
    {
        QFETCH(QString, recipe);
        QFETCH(float, tolerance);
        ThreadPool pool(2);
        const Result<ModelPtr> result = applied(sampleModel(), recipe.toStdString(), pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(verify(**result));
        const float difference = largestDifference(outputs(sampleModel()), outputs(*result));
        QVERIFY2(difference > 0 && difference < tolerance, qPrintable(QString::number(double(difference))));
    }

    // Only the weights are rounded coarsely: the float model with the weights of the integer one gives nearly the same.
    void wideActivationsAddAlmostNoError()
    {
        ThreadPool pool(2);
        for (const char *recipe : {"quantize-int16x8", "quantize-int16x8 input_type=float output_type=float"}) {
            const Result<ModelPtr> integer = applied(sampleModel(), recipe, pool);
            QVERIFY2(integer, integer ? "" : integer.error().message.c_str());
            QVERIFY(verify(**integer));
            const auto rounded = std::make_shared<Model>(*sampleModel());
            int replaced = 0;
            for (Tensor &tensor : rounded->main().tensors) {
                const std::vector<Tensor> &from = (*integer)->main().tensors;
                const auto stored = std::ranges::find(from, tensor.name, &Tensor::name);
                if (!tensor.isConstant() || tensor.type != DType::float32 || stored == from.end())
                    continue;
                QVERIFY(stored->type != DType::float32);
                if (stored->type != DType::int8)
                    continue;
                const Quantization &q = stored->quantization;
                const ChannelSlices slices = channelSlices(stored->shape, q.scale.size() > 1 ? q.axis : -1);
                std::vector<float> weights;
                for (const std::int8_t value : values<std::int8_t>(*stored))
                    weights.push_back(float(value) * q.scale[slices.of(weights.size())]);
                tensor.data = sharedBytes(weights);
                ++replaced;
            }
            QCOMPARE(replaced, 4);
            // On samples of which calibration has seen the ranges: others may be cut off.
            const Samples seen = noise(20)->calibration;
            const float difference = largestDifference(outputs(rounded, seen), outputs(*integer, seen));
            QVERIFY2(difference > 0 && difference < 5e-4f, qPrintable(QString::number(double(difference))));
            QVERIFY(largestDifference(outputs(sampleModel()), outputs(*integer)) < 0.06f); // as of int8
        }
    }

    void equalizingHealsBadlyScaledChannels()
    {
        ThreadPool pool(1);
        const std::vector<float> expected = outputs(chainModel({}));
        const ModelPtr bad = chainModel({1000, 0.001f, 1, 30});
        QVERIFY(largestDifference(outputs(bad), expected) < 1e-4f);
        const auto error = [&](const std::string &recipe) {
            const Result<ModelPtr> result = applied(bad, recipe, pool);
            if (!result)
                qFatal("%s", result.error().message.c_str());
            return largestDifference(outputs(*result), expected);
        };
        QVERIFY(error("equalize") < 1e-4f);
        const float plain = error("quantize-int8 per_channel=no");
        const float equalized = error("equalize | quantize-int8 per_channel=no");
        // The outputs of so small a network hardly depend on its input, so that losing all of it is no large error.
        QVERIFY2(plain > 0.045f && equalized < 0.005f,
                 qPrintable(QString::number(double(plain)) + QLatin1Char(' ') + QString::number(double(equalized))));
        // Nothing to do in a network without such a pair: said, and none is invented.
        TechniqueContext context{nullptr, {}, 1, pool, {}};
        const Result<ModelPtr> none = Recipe::parse("equalize replace_relu6=no")->apply(sampleModel(), context);
        QVERIFY(none);
        QCOMPARE(written(*none), written(sampleModel()));
        QCOMPARE(context.notes.size(), std::size_t(1));
    }

    // Channels far above 0 in every sample: their bias moves on, the network computes the same over a smaller range.
    void highBiasesMoveIntoTheNextLayer()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 8, 8, 2});
        const TensorId first = b.add(OpKind::conv2D,
                                     {in, b.constant<float>("w1", DType::float32, {3, 1, 1, 2}, {1, 0, 0, 1, 1, -1}),
                                      b.constant<float>("b1", DType::float32, {3}, {20, 10, 0})},
                                     "between", {1, 8, 8, 3}, Conv2DOptions{.activation = Activation::relu});
        const TensorId out =
            b.add(OpKind::conv2D,
                  {first, b.constant<float>("w2", DType::float32, {2, 1, 1, 3}, {1, 2, 3, -1, 0.5f, 2}),
                   b.constant<float>("b2", DType::float32, {2}, {-40, 15})},
                  "out", {1, 8, 8, 2}, Conv2DOptions{});
        const ModelPtr model = b.finish({out});
        ThreadPool pool(2);
        const Result<ModelPtr> absorbed = applied(model, "equalize absorb_bias=yes", pool);
        QVERIFY2(absorbed, absorbed ? "" : absorbed.error().message.c_str());
        QVERIFY(largestDifference(outputs(model), outputs(*absorbed)) < 1e-4f);
        const auto error = [&](const std::string &recipe) {
            const Result<ModelPtr> result = applied(model, recipe, pool);
            if (!result)
                qFatal("%s", result.error().message.c_str());
            return largestDifference(outputs(model), outputs(*result));
        };
        const float plain = error("equalize | quantize-int8 per_channel=no");
        const float better = error("equalize absorb_bias=yes | quantize-int8 per_channel=no");
        QVERIFY2(better < plain / 2,
                 qPrintable(QString::number(double(plain)) + QLatin1Char(' ') + QString::number(double(better))));
        // The amounts come from samples.
        TechniqueContext context{nullptr, {}, 1, pool, {}};
        const Result<ModelPtr> none = Recipe::parse("equalize absorb_bias=yes")->apply(model, context);
        QVERIFY(!none && none.error().message.find("data") != std::string::npos);
    }

    void equalizingIsAimets()
    {
        ESPALIER_NEEDS_SHARED("golden/aimet_cle_bias_adaround.json");
        const nlohmann::json all = golden("aimet_cle_bias_adaround.json");
        ThreadPool pool(1);
        int checked = 0;
        for (const nlohmann::json &c : all["cases"]) {
            const bool isTriple = c["kind"] == "cle_conv_dw_conv";
            if (!isTriple && c["kind"] != "cle_conv_pair")
                continue;
            // The file is OIHW and [C,1,kh,kw]; here filters are OHWI and [1,kh,kw,C].
            const auto extent = [&](const char *key, int axis) {
                const nlohmann::json *level = &c[key];
                for (int i = 0; i < axis; ++i)
                    level = &level->front();
                return int(level->size());
            };
            const auto here = [&](const char *key, const char *shapeOf, bool isDepthwise) {
                const std::vector<float> from = flat<float>(c[key]);
                const int o = extent(shapeOf, 0), n = extent(shapeOf, 1), h = extent(shapeOf, 2),
                          w = extent(shapeOf, 3);
                std::vector<float> to;
                for (int a = 0; a < (isDepthwise ? 1 : o); ++a)
                    for (int y = 0; y < h; ++y)
                        for (int x = 0; x < w; ++x)
                            for (int z = 0; z < (isDepthwise ? o : n); ++z)
                                to.push_back(isDepthwise ? from[std::size_t((z * h + y) * w + x)]
                                                         : from[std::size_t(((a * n + z) * h + y) * w + x)]);
                return to;
            };
            ModelBuilder b;
            TensorId at = b.input("in", {1, 8, 8, extent("w1", 1)});
            const int layers = isTriple ? 3 : 2;
            for (int i = 1; i <= layers; ++i) {
                const std::string w = "w" + std::to_string(i), bias = "b" + std::to_string(i);
                const bool isDepthwise = isTriple && i == 2;
                const int o = extent(w.c_str(), 0), n = extent(w.c_str(), 1), kh = extent(w.c_str(), 2),
                          kw = extent(w.c_str(), 3);
                const TensorId filter =
                    b.constant(w, DType::float32, isDepthwise ? Shape{1, kh, kw, o} : Shape{o, kh, kw, n},
                               here(w.c_str(), w.c_str(), isDepthwise));
                const TensorId offset =
                    c.contains(bias) ? b.constant(bias, DType::float32, {o}, flat<float>(c[bias])) : TensorId::none;
                OpOptions options = Conv2DOptions{.activation = Activation::relu};
                if (isDepthwise)
                    options = DepthwiseConv2DOptions{.activation = Activation::relu};
                at = b.add(isDepthwise ? OpKind::depthwiseConv2D : OpKind::conv2D, {at, filter, offset},
                           "y" + std::to_string(i), {1, 8, 8, o}, options);
            }
            const Result<ModelPtr> result = applied(b.finish({at}), "equalize", pool, 1, nullptr);
            QVERIFY2(result, result ? "" : result.error().message.c_str());
            for (int i = 1; i <= layers; ++i) {
                const std::string w = "w" + std::to_string(i), bias = "b" + std::to_string(i);
                for (const std::string &name : {w, bias}) {
                    const std::string key = name + "_out";
                    if (!c.contains(key))
                        continue;
                    const std::vector<float> expected =
                        name == w ? here(key.c_str(), w.c_str(), isTriple && i == 2) : flat<float>(c[key]);
                    const auto tensor = std::ranges::find((*result)->main().tensors, name, &Tensor::name);
                    const std::span<const float> actual = values<float>(*tensor);
                    QCOMPARE(actual.size(), expected.size());
                    for (std::size_t k = 0; k < expected.size(); ++k)
                        QVERIFY(std::abs(actual[k] - expected[k]) <= 1e-5f * std::max(1.0f, std::abs(expected[k])));
                    ++checked;
                }
            }
        }
        QVERIFY(checked >= 6);
    }

    void valuesThatFloat16CannotHoldStay()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 2});
        const TensorId w = b.constant<float>("w", DType::float32, {2, 2}, {1e6f, 1, 2, 3});
        const TensorId c = b.constant<float>("c", DType::float32, {2}, {0.1f, 0.2f});
        const ModelPtr model =
            b.finish({b.add(OpKind::fullyConnected, {in, w, c}, "out", {1, 2}, FullyConnectedOptions())});
        ThreadPool pool(1);
        TechniqueContext context{nullptr, {}, 1, pool, {}};
        const Result<ModelPtr> result = Recipe::parse("quantize-float16")->apply(model, context);
        QVERIFY(result);
        QCOMPARE(context.notes.size(), std::size_t(1));
        QVERIFY(context.notes[0].starts_with("w stays float32"));
        QCOMPARE(std::ranges::count((*result)->main().operators, OpKind::dequantize, &Operator::kind), 1);
    }

    void dynamicNamesWhatItLeaves()
    {
        ThreadPool pool(1);
        TechniqueContext context{nullptr, {}, 1, pool, {}};
        const Result<ModelPtr> result = Recipe::parse("quantize-dynamic")->apply(sampleModel(), context);
        QVERIFY(result);
        QCOMPARE(context.notes.size(), std::size_t(3)); // of four layers one has 1024 weights or more
        const auto hidden = std::ranges::find((*result)->main().tensors, "hidden/w", &Tensor::name);
        QCOMPARE(hidden->type, DType::int8);
        QVERIFY(hidden->quantization.scale.size() == 1);
    }

    void dynamicAsPytorchTakesDenseLayersOnly()
    {
        ThreadPool pool(1);
        const Result<ModelPtr> result = applied(sampleModel(), "quantize-dynamic style=pytorch", pool);
        QVERIFY(result);
        const Graph &graph = (*result)->main();
        int dense = 0, others = 0;
        for (const Operator &op : graph.operators) {
            if (op.kind == OpKind::fullyConnected) {
                ++dense;
                QCOMPARE(graph[op.inputs[1]].type, DType::int8);
                QCOMPARE(graph[op.inputs[1]].quantization.scale.size(), std::size_t(1));
            } else if (op.kind == OpKind::conv2D || op.kind == OpKind::depthwiseConv2D) {
                ++others;
                QCOMPARE(graph[op.inputs[1]].type, DType::float32);
            }
        }
        QVERIFY(dense > 0 && others > 0);

        const Result<ModelPtr> refused = applied(chainModel({1, 1, 1, 1}), "quantize-dynamic style=pytorch", pool);
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("no dense layer") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(QuantizationTest)
#include "tst_quantization.moc"
