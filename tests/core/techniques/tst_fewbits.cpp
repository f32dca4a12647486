// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "chainmodel.h"
#include "core/graph/compare.h"
#include "core/metrics/modelmetrics.h"
#include "core/techniques/activationwidths.h"
#include "core/techniques/binaryactivations.h"
#include "core/techniques/bitallocation.h"
#include "core/techniques/rewrite.h"
#include "techniquetest.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace espalier;
using namespace espalier::test;

/// What weights of few bits or few values give: assigned, binary, shared, compressed.
class FewBitsTest : public QObject
{
    Q_OBJECT

private slots:
    void bitsAreAllocatedAsWellAsPossible()
    {
        Random random(11);
        for (int trial = 0; trial < 20; ++trial) {
            std::vector<LayerBits> layers(4);
            double weights = 0, macs = 0;
            for (LayerBits &layer : layers) {
                layer.weights = double(1 + random.below(9));
                layer.macs = double(1 + random.below(3));
                weights += layer.weights;
                macs += layer.macs;
                double error = 1 + random.uniform() * 10;
                for (int b = 2; b <= 8; ++b, error *= random.uniform())
                    layer.errors.push_back(error);
            }
            // With both budgets the grain is a 64th: fewer multiply-accumulate bits than that make it exact.
            const double size = weights * 4.5, work = trial % 2 == 0 ? macs * 8 : std::min(60.0, macs * 5);
            double best = 1e9;
            for (int code = 0; code < 7 * 7 * 7 * 7; ++code) {
                double error = 0, used = 0, worked = 0;
                for (int i = 0, rest = code; i < 4; ++i, rest /= 7) {
                    const LayerBits &layer = layers[std::size_t(i)];
                    error += layer.errors[std::size_t(rest % 7)];
                    used += layer.weights * (rest % 7 + 2);
                    worked += layer.macs * (rest % 7 + 2);
                }
                if (used <= size && worked <= work)
                    best = std::min(best, error);
            }
            const std::optional<std::vector<int>> bits = allocateBits(layers, size, work);
            QVERIFY(bits);
            double error = 0, used = 0, worked = 0;
            for (std::size_t i = 0; i < 4; ++i) {
                error += layers[i].errors[std::size_t((*bits)[i] - 2)];
                used += layers[i].weights * (*bits)[i];
                worked += layers[i].macs * (*bits)[i];
            }
            QVERIFY(used <= size && worked <= work);
            QVERIFY2(std::abs(error - best) < 1e-9, qPrintable(QString::number(error - best)));
        }
        QVERIFY(!allocateBits(std::vector<LayerBits>{{10, 1, {1, 0}}}, 19, 100));
    }

    void assignedBitsKeepTheBudget()
    {
        ThreadPool pool(2);
        const Result<ModelPtr> free = applied(sampleModel(), "assign-bits size=1", pool);
        QVERIFY2(free, free ? "" : free.error().message.c_str());
        QVERIFY(written(*free) == written(*applied(sampleModel(), "quantize-int8", pool)));

        TechniqueContext context{noise(20), {}, 1, pool, {}};
        const Result<ModelPtr> half = Recipe::parse("assign-bits size=0.5")->apply(sampleModel(), context);
        QVERIFY(half);
        double bits = 0, weights = 0;
        std::set<int> different;
        for (const Tensor &tensor : (*half)->main().tensors) {
            if (!tensor.name.ends_with("/w"))
                continue;
            int largest = 0;
            unsigned used = 0; // bits that are set in any value
            for (const std::int8_t w : values<std::int8_t>(tensor)) {
                largest = std::max(largest, std::abs(int(w)));
                used |= unsigned(std::abs(int(w)));
            }
            const int own = std::bit_width(unsigned(largest)) - std::countr_zero(used) + 1;
            different.insert(own);
            bits += own * double(tensor.elements());
            weights += double(tensor.elements());
        }
        QVERIFY(bits <= 4 * weights && bits > 3 * weights);
        QVERIFY(different.size() > 1);
        // What it tells is a recipe for the same.
        const std::string &told = context.notes.front();
        QVERIFY(told.starts_with("assigned: "));
        QVERIFY(written(*applied(sampleModel(), told.substr(10), pool)) == written(*half));
    }

    void memoryGoesToTheActivationsThatNeedIt()
    {
        ThreadPool pool(2);
        const ModelPtr sample = sampleModel();
        const Graph &graph = sample->main();
        std::vector<WidthChoice> choices = widthChoices(graph);
        QVERIFY(choices.size() > 3);
        Random random(4);
        for (WidthChoice &choice : choices)
            choice.error = 0.1 + random.uniform();
        const std::vector<bool> narrow(graph.operators.size(), false), wide(graph.operators.size(), true);
        const std::size_t least = activationBytes(graph, narrow), most = activationBytes(graph, wide);
        QVERIFY(most > least * 3 / 2);
        QVERIFY(!chooseWidths(graph, choices, least - 1));
        const auto errorOf = [&](const std::vector<bool> &isWide) {
            double error = 0;
            for (const WidthChoice &choice : choices)
                error += isWide[choice.operators.front()] ? 0 : choice.error;
            return error;
        };
        double before = std::numeric_limits<double>::infinity();
        std::set<double> errors;
        for (std::size_t budget = least; budget <= most + 16; budget += 16) {
            const std::optional<std::vector<bool>> chosen = chooseWidths(graph, choices, budget);
            QVERIFY(chosen);
            QVERIFY(activationBytes(graph, *chosen) <= budget);
            // Not far from the best of all that fit.
            double best = before;
            for (unsigned code = 0; code < 1u << choices.size(); ++code) {
                std::vector<bool> isWide = narrow;
                for (std::size_t i = 0; i < choices.size(); ++i)
                    for (const std::size_t op : choices[i].operators)
                        isWide[op] = (code >> i & 1) != 0;
                if (activationBytes(graph, isWide) <= budget)
                    best = std::min(best, errorOf(isWide));
            }
            QVERIFY2(errorOf(*chosen) <= best + 0.6, qPrintable(QString::number(errorOf(*chosen) - best)));
            errors.insert(errorOf(*chosen));
            before = best;
        }
        QCOMPARE(*errors.begin(), 0.0);
        QVERIFY(errors.size() > 2);

        // What is foretold is what the model has.
        const auto bytesOf = [&](const Model &model) {
            const Graph &made = model.main();
            std::size_t peak = 0;
            for (std::size_t now = 0; now < made.operators.size(); ++now) {
                std::size_t alive = 0;
                for (std::size_t t = 0; t < made.tensors.size(); ++t) {
                    const TensorId id{std::int32_t(t)};
                    bool begins = std::ranges::count(made.inputs, id) > 0,
                         goesOn = std::ranges::count(made.outputs, id) > 0;
                    for (std::size_t i = 0; i < made.operators.size(); ++i) {
                        begins |= i <= now && std::ranges::count(made.operators[i].outputs, id) > 0;
                        goesOn |= i >= now && std::ranges::count(made.operators[i].inputs, id) > 0;
                        goesOn |= i == now && std::ranges::count(made.operators[i].outputs, id) > 0;
                    }
                    alive += begins && goesOn && !made[id].isConstant() ? made[id].bytes() : 0;
                }
                peak = std::max(peak, alive);
            }
            return peak;
        };
        QCOMPARE(bytesOf(**applied(sampleModel(), "quantize-int8", pool)), least);
        QCOMPARE(bytesOf(**applied(sampleModel(), "quantize-int8 layer=*:activations=int16", pool)), most);
        TechniqueContext context{noise(20), {}, 1, pool, {}};
        const Result<ModelPtr> mixed = Recipe::parse("assign-bits size=1 ram=1")->apply(sampleModel(), context);
        if (least > 1024) {
            QVERIFY(!mixed && mixed.error().message.find("at once") != std::string::npos);
            return;
        }
        QVERIFY2(mixed, mixed ? "" : mixed.error().message.c_str());
        QVERIFY(bytesOf(**mixed) <= 1024);
    }

    void longChainsAreNoHardship()
    {
        // As a hostile file may have them: each reshape reads what the one before made.
        ModelBuilder b;
        TensorId value = b.input("in", {1, 4});
        value = b.add(OpKind::fullyConnected, {value, b.weights("w", {4, 4}, 1), TensorId::none}, "first", {1, 4},
                      FullyConnectedOptions());
        for (int i = 0; i < 50000; ++i)
            value = b.add(OpKind::reshape, {value}, "r", {1, 4}, ReshapeOptions{.newShape = {1, 4}});
        const ModelPtr model =
            b.finish({b.add(OpKind::fullyConnected, {value, b.weights("v", {4, 4}, 1), TensorId::none}, "last", {1, 4},
                            FullyConnectedOptions())});
        QCOMPARE(layersWithBinaryOutput(model->main(), [](const Operator &) { return true; }),
                 std::vector<std::size_t>{0});
    }

    void binaryWeightsTakeTwoValues()
    {
        ThreadPool pool(2);
        const Result<ModelPtr> result = applied(sampleModel(), "binarize epochs=1 learning_rate=0.001", pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const auto tensor = [](const ModelPtr &model, const char *name) {
            return *std::ranges::find(model->main().tensors, name, &Tensor::name);
        };
        const Tensor hidden = tensor(*result, "hidden/w");
        const std::span<const float> all = values<float>(hidden);
        const float scale = std::abs(all[0]);
        for (const float w : all)
            QCOMPARE(std::abs(w), scale);
        for (const char *name : {"conv/w", "dw/w", "logits/w"}) { // ends, and a depthwise filter
            const Tensor kept = tensor(*result, name);
            const std::span<const float> values = espalier::values<float>(kept);
            QVERIFY2(std::set<float>(values.begin(), values.end()).size() > 20, name);
        }
        const Result<ModelPtr> integer =
            applied(sampleModel(), "binarize epochs=1 learning_rate=0.001 | quantize-int8", pool);
        QVERIFY(integer);
        const Tensor stored = tensor(*integer, "hidden/w");
        for (const std::int8_t w : values<std::int8_t>(stored))
            QCOMPARE(std::abs(int(w)), 127);

        // Without training: the signs, times the mean magnitude of each filter.
        const Result<ModelPtr> plain = applied(sampleModel(), "binarize epochs=0 keep_ends=no layers=conv", pool);
        QVERIFY(plain);
        const Tensor before = tensor(sampleModel(), "conv/w"), after = tensor(*plain, "conv/w");
        const std::span<const float> old = values<float>(before), now = values<float>(after);
        for (std::size_t filter = 0; filter < 8; ++filter) {
            double sum = 0;
            for (std::size_t i = 0; i < 18; ++i)
                sum += double(std::abs(old[filter * 18 + i]));
            for (std::size_t i = filter * 18; i < filter * 18 + 18; ++i)
                QCOMPARE(now[i], (old[i] >= 0 ? 1.0f : -1.0f) * float(sum / 18));
        }
        const Result<ModelPtr> none = applied(sampleModel(), "binarize layer=hidden:skip=yes", pool);
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::unusableInput);
    }

    void binaryActivationsTakeTwoValues()
    {
        ModelBuilder b;
        Conv2DOptions relu;
        relu.activation = Activation::relu;
        FullyConnectedOptions dense;
        dense.activation = Activation::relu;
        Pool2DOptions pool2;
        pool2.strideH = pool2.strideW = pool2.filterH = pool2.filterW = 2;
        const TensorId in = b.input("image", {1, 8, 8, 2});
        const TensorId first =
            b.add(OpKind::conv2D, {in, b.weights("first/w", {8, 3, 3, 2}, 0.5f), b.weights("first/b", {8}, 0.1f)},
                  "first", {1, 8, 8, 8}, relu);
        const TensorId second =
            b.add(OpKind::conv2D, {first, b.weights("second/w", {8, 3, 3, 8}, 0.3f)}, "second", {1, 8, 8, 8}, relu);
        const TensorId pooled = b.add(OpKind::maxPool2D, {second}, "pooled", {1, 4, 4, 8}, pool2);
        const TensorId flat =
            b.add(OpKind::reshape, {pooled, b.constant<std::int32_t>("shape", DType::int32, {2}, {1, 128})}, "flat",
                  {1, 128}, ReshapeOptions{{1, 128}});
        const TensorId hidden = b.add(OpKind::fullyConnected,
                                      {flat, b.weights("hidden/w", {12, 128}, 0.1f), b.weights("hidden/b", {12}, 2.0f)},
                                      "hidden", {1, 12}, dense);
        const TensorId logits = b.add(OpKind::fullyConnected,
                                      {hidden, b.weights("logits/w", {5, 12}, 0.5f), b.weights("logits/b", {5}, 0.3f)},
                                      "logits", {1, 5}, FullyConnectedOptions());
        const ModelPtr model = b.finish({b.add(OpKind::softmax, {logits}, "softmax", {1, 5}, SoftmaxOptions())});

        const auto valuesOf = [](const ModelPtr &whole, const char *name) {
            const Graph &graph = whole->main();
            const auto last = std::ranges::find_if(
                graph.operators, [&](const Operator &op) { return graph[op.outputs[0]].name == name; });
            return outputs(std::make_shared<const Model>(
                partOf(*whole, 0, std::size_t(last - graph.operators.begin()), graph.inputs[0], last->outputs[0])));
        };
        ThreadPool pool(2);
        for (const std::string recipe : {"binarize activations=yes epochs=1", "binarize activations=yes epochs=0"}) {
            const Result<ModelPtr> floats = applied(model, recipe, pool);
            QVERIFY2(floats, floats ? "" : floats.error().message.c_str());
            const Result<ModelPtr> integer = applied(*floats, "quantize-int8", pool);
            QVERIFY2(integer, integer ? "" : integer.error().message.c_str());
            for (const char *name : {"first", "second", "hidden"})
                for (const ModelPtr &each : {*floats, *integer}) {
                    std::set<int> seen;
                    for (const float value : valuesOf(each, name)) {
                        QVERIFY2(std::abs(value) < 1e-5f || std::abs(value - 6) < 1e-5f, name);
                        seen.insert(int(value + 0.5f));
                    }
                    QVERIFY2(seen == (std::set<int>{0, 6}), name);
                }
            for (const char *name : {"second/w", "hidden/w"})
                for (const float w : values<float>(*std::ranges::find((*floats)->main().tensors, name, &Tensor::name)))
                    QCOMPARE(std::abs(w), 4.0f);
        }

        // Untrained, a step is where the layer's sum over the steps before it is positive.
        const ModelPtr untrained = *applied(model, "binarize activations=yes epochs=0", pool);
        const std::vector<float> before = valuesOf(untrained, "first"), after = valuesOf(untrained, "second");
        const std::span<const float> w = values<float>(model->main()[model->main().operators[1].inputs[1]]);
        for (std::size_t c = 0; c < 8; ++c)
            for (std::size_t y = 1; y < 7; ++y) {
                int sum = 0; // at column 3, within the image
                for (std::size_t i = 0; i < 72; ++i) {
                    const float value = before[((y + i / 24 - 1) * 8 + 3 + i / 8 % 3 - 1) * 8 + i % 8];
                    sum += (w[c * 72 + i] >= 0 ? 1 : -1) * (value > 3 ? 1 : 0);
                }
                QCOMPARE(after[(y * 8 + 3) * 8 + c] > 3, sum > 0);
            }
        const std::vector<float> positive = valuesOf(model, "first");
        for (std::size_t i = 0; i < positive.size(); ++i)
            QCOMPARE(before[i] > 3, positive[i] > 0);

        const Result<ModelPtr> none = applied(chainModel({1, 1, 1, 1}), "binarize activations=yes layers=last", pool);
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::unusableInput);
    }

    void clustersShareFewValues()
    {
        ThreadPool pool(1);
        const auto different = [&](const std::string &recipe) {
            const Result<ModelPtr> result = applied(sampleModel(), recipe, pool);
            if (!result)
                qFatal("%s", result.error().message.c_str());
            const auto hidden = std::ranges::find((*result)->main().tensors, "hidden/w", &Tensor::name);
            std::set<float> found(values<float>(*hidden).begin(), values<float>(*hidden).end());
            return std::pair(found.size(), sparsity(*hidden));
        };
        QCOMPARE(different("cluster-weights clusters=7").first, std::size_t(7));
        const std::string pruned = "prune-magnitude sparsity=0.5 | cluster-weights keep_zeros=yes clusters=";
        QCOMPARE(different(pruned + "8"), std::pair(std::size_t(8), 0.5));
        QVERIFY(different(pruned + "2").second >= 0.5);
        // Training moves the shared values, and may leave some without weights.
        const std::size_t trained = different("cluster-weights clusters=7 epochs=2").first;
        QVERIFY(trained > 2 && trained <= 7);
        const auto [left, zeros] = different(pruned + "8 epochs=2");
        QVERIFY(left > 2 && left <= 8 && zeros == 0.5);
    }

    void deepCompressionIsStoredAndReadBack()
    {
        ThreadPool pool(2);
        const std::string recipe = "deep-compression conv_bits=4 dense_bits=3 epochs=1 learning_rate=0.01";
        const Result<ModelPtr> result = applied(sampleModel(), recipe, pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const auto hidden = std::ranges::find((*result)->main().tensors, "hidden/w", &Tensor::name);
        const std::set<float> found(values<float>(*hidden).begin(), values<float>(*hidden).end());
        QVERIFY(found.size() <= 8 && found.contains(0.0f)); // retraining leaves zeros and shared values alone
        QVERIFY(sparsity(*hidden) > 0.4);

        const auto format = std::ranges::find(modelFormats(), "packed", &ModelFormat::id);
        QVERIFY(format != modelFormats().end());
        const Result<Bytes> packed = (*format)->write(**result);
        QVERIFY2(packed, packed ? "" : packed.error().message.c_str());
        QVERIFY(packed->size() < written(*result).size() / 2);
        const Result<ModelPtr> back = (*format)->read(*packed);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(firstDifference(**result, **back), std::string());
        // A model without shared values is stored as it is.
        const Result<ModelPtr> plain = (*format)->read(*(*format)->write(*sampleModel()));
        QVERIFY(plain);
        QCOMPARE(firstDifference(*sampleModel(), **plain), std::string());
        // Cut short or flipped anywhere: an error, never a crash.
        for (std::size_t i = 0; i < packed->size(); i += 7) {
            Bytes bad = *packed;
            bad[i] ^= 0x10;
            QVERIFY(!(*format)->read(bad));
            QVERIFY(!(*format)->read(std::span(*packed).first(i)));
        }
    }
};

QTEST_GUILESS_MAIN(FewBitsTest)
#include "tst_fewbits.moc"
