// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/graph/compare.h"
#include "core/metrics/evaluate.h"
#include "core/metrics/modelmetrics.h"
#include "core/techniques/bitallocation.h"
#include "core/techniques/channelscores.h"
#include "core/techniques/fakequantization.h"
#include "core/techniques/namedrecipes.h"
#include "core/techniques/recipe.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/xnnpackrules.h"
#include "core/train/architectures/architecture.h"
#include "core/train/train.h"
#include "core/train/trainingnetwork.h"
#include "golden.h"
#include "modelbuilder.h"

#include <QtTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

using namespace espalier;

namespace {

/// Data that fits sampleModel(): noise, with labels.
DatasetPtr noise(std::size_t count)
{
    auto data = std::make_shared<Dataset>();
    data->name = "noise";
    data->classes = 5;
    Random random(9);
    for (Samples *samples : {&data->train, &data->calibration, &data->test}) {
        std::vector<float> values(count * 128);
        for (float &value : values)
            value = float(random.uniform() * 2 - 1);
        samples->shape = {8, 8, 2};
        samples->count = count;
        samples->values = sharedBytes(values);
        for (std::size_t i = 0; i < count; ++i)
            samples->labels.push_back(std::int32_t(random.below(5)));
    }
    return data;
}

Result<ModelPtr> applied(const ModelPtr &model, const std::string &recipe, ThreadPool &pool, std::uint64_t seed = 1,
                         DatasetPtr data = noise(20), const Progress &progress = {})
{
    const Result<Recipe> parsed = Recipe::parse(recipe);
    if (!parsed)
        return parsed.error();
    TechniqueContext context{std::move(data), {}, seed, pool, progress};
    return parsed->apply(model, context);
}

Bytes written(const ModelPtr &model)
{
    const auto tflite = std::ranges::find(modelFormats(), "tflite", &ModelFormat::id);
    const Result<Bytes> bytes = (*tflite)->write(*model);
    if (!bytes)
        qFatal("%s", bytes.error().message.c_str());
    return *bytes;
}

/// The probabilities that a model gives for the first samples, as floats.
std::vector<float> outputs(const ModelPtr &model, const Samples &samples = noise(20)->test)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        qFatal("%s", program.error().message.c_str());
    const Graph &graph = (*program)->graph();
    const Tensor &input = graph[graph.inputs[0]], &output = graph[graph.outputs[0]];
    Session session(*program, 8);
    fillInput(input, samples, InputScaling(), 0, 8, session.input());
    session.run(8);
    std::vector<float> all;
    const auto append = [&]<class T>(const T *results) {
        for (std::size_t i = 0; i < 8 * output.elements(); ++i) {
            if constexpr (std::is_same_v<T, float>)
                all.push_back(results[i]);
            else
                all.push_back(output.quantization.scale[0] *
                              float(std::int64_t(results[i]) - output.quantization.zeroPoint[0]));
        }
    };
    const std::byte *const bytes = session.output().data();
    if (output.type == DType::float32)
        append(reinterpret_cast<const float *>(bytes));
    else if (output.type == DType::int16)
        append(reinterpret_cast<const std::int16_t *>(bytes));
    else
        append(reinterpret_cast<const std::int8_t *>(bytes));
    return all;
}

float largestDifference(const std::vector<float> &a, const std::vector<float> &b)
{
    float largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

/// Convolutions in a row. Channel c of the first one is made `scales[c]` times as large, and the depthwise layer's as
/// much smaller, so that the network computes the same.
ModelPtr chainModel(const std::vector<float> &scales)
{
    ModelBuilder b(5);
    Conv2DOptions relu;
    relu.activation = Activation::relu;
    DepthwiseConv2DOptions depthwise;
    depthwise.activation = Activation::relu;
    const TensorId in = b.input("image", {1, 8, 8, 2});
    const TensorId w = b.weights("first/w", {4, 3, 3, 2}, 0.5f), c = b.weights("first/b", {4}, 0.2f);
    const TensorId first = b.add(OpKind::conv2D, {in, w, c}, "first", {1, 8, 8, 4}, relu);
    const TensorId v = b.weights("dw/w", {1, 3, 3, 4}, 0.5f);
    const TensorId dw =
        b.add(OpKind::depthwiseConv2D, {first, v, b.weights("dw/b", {4}, 0.2f)}, "dw", {1, 8, 8, 4}, depthwise);
    const TensorId third =
        b.add(OpKind::conv2D, {dw, b.weights("third/w", {6, 1, 1, 4}, 0.7f), b.weights("third/b", {6}, 0.2f)}, "third",
              {1, 8, 8, 6}, relu);
    const TensorId last =
        b.add(OpKind::conv2D, {third, b.weights("last/w", {5, 8, 8, 6}, 0.1f), b.weights("last/b", {5}, 0.1f)}, "last",
              {1, 1, 1, 5}, Conv2DOptions{.padding = Padding::valid});
    const auto scaled = [&](TensorId id, bool isInverse, std::size_t inner) {
        const std::span<const float> all = values<float>(b.graph()[id]);
        std::vector<float> result(all.begin(), all.end());
        for (std::size_t i = 0; i < result.size(); ++i) {
            const float scale = scales[i / inner % scales.size()];
            result[i] *= isInverse ? 1 / scale : scale;
        }
        b.graph()[id].data = sharedBytes(result);
    };
    if (!scales.empty()) {
        scaled(w, false, 18);
        scaled(c, false, 1);
        scaled(v, true, 1);
    }
    const TensorId flat = b.add(OpKind::reshape, {last}, "flat", {1, 5}, ReshapeOptions{.newShape = {1, 5}});
    return b.finish({b.add(OpKind::softmax, {flat}, "probabilities", {1, 5}, SoftmaxOptions())});
}

} // namespace

/// What every technique keeps, for all that are registered, and what single ones and chains give.
class TechniquesTest : public QObject
{
    Q_OBJECT

    /// A recipe in which the technique has something to do.
    static std::string recipeOf(const QString &id)
    {
        return (id == QStringLiteral("sparse-runtime") ? "prune-magnitude sparsity=0.9 | " : "") + id.toStdString();
    }

    /// What a technique finds something to do in.
    static ModelPtr modelFor(const QString &id)
    {
        return id == QStringLiteral("equalize") ? chainModel({}) : sampleModel();
    }

    static void everyTechnique()
    {
        QTest::addColumn<QString>("id");
        for (const Technique *technique : techniques())
            QTest::newRow(technique->id.data()) << QString::fromUtf8(technique->id.data());
    }

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

    void isDescribed_data() { everyTechnique(); }
    void isDescribed()
    {
        QFETCH(QString, id);
        const Technique &technique = *findTechnique(id.toStdString());
        QVERIFY(!technique.title.empty() && !technique.source.empty());
        QVERIFY(technique.summary.ends_with("."));
        const Result<ParameterValues> defaults = ParameterValues::parse(technique.parameters, {});
        QVERIFY(defaults);
        QVERIFY(!technique.label(*defaults).empty());
        for (const ParameterSpec &spec : technique.parameters)
            QVERIFY2(!spec.title.empty() && spec.description.ends_with("."), spec.key.c_str());
    }

    void keepsTheContract_data() { everyTechnique(); }
    void keepsTheContract()
    {
        QFETCH(QString, id);
        ThreadPool one(1), two(2);
        const ModelPtr model = modelFor(id);
        const Result<ModelPtr> result = applied(model, recipeOf(id), one);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(firstDifference(*model, *modelFor(id)), std::string()); // the original is untouched
        const Result<void> sound = verify(**result);
        QVERIFY2(sound, sound ? "" : sound.error().message.c_str());
        QVERIFY(unsupportedOperators(**result).empty());
        QVERIFY(written(*result) != written(model));

        const Result<ModelPtr> again = applied(model, recipeOf(id), two);
        QVERIFY(again);
        QVERIFY(written(*result) == written(*again)); // the same seed, another number of threads
    }

    void tellsEveryEpoch()
    {
        ThreadPool pool(1);
        TechniqueContext context{noise(20), {}, 1, pool, {}};
        std::vector<TrainedEpoch> told;
        context.epochFinished = [&](const TrainedEpoch &epoch) { told.push_back(epoch); };
        const Result<Recipe> recipe = Recipe::parse("finetune epochs=2 patience=5 | quantize-float16 | "
                                                    "prune-channels fraction=0.5 rounds=2 epochs=1");
        QVERIFY(recipe && recipe->apply(sampleModel(), context));
        QCOMPARE(told.size(), 4u);
        for (std::size_t i = 0; i < told.size(); ++i) {
            QCOMPARE(told[i].step, i < 2 ? 1u : 3u);
            QCOMPARE(told[i].result.epoch, int(i) + 1); // through all trainings of the recipe
            QVERIFY(told[i].result.trainLoss > 0);
            QCOMPARE(told[i].result.validationLoss.has_value(), i < 2);
        }
        context.epochs = 0;
        QVERIFY(Recipe::parse("prune-magnitude")->apply(sampleModel(), context));
        QCOMPARE(told.size(), 4u); // which trains nothing
    }

    void stopsWhenCancelled_data() { everyTechnique(); }
    void stopsWhenCancelled()
    {
        QFETCH(QString, id);
        ThreadPool pool(2);
        std::stop_source stop;
        stop.request_stop();
        const Technique &technique = *findTechnique(id.toStdString());
        TechniqueContext context{noise(20), {}, 1, pool, Progress(stop.get_token(), {})};
        const Result<ModelPtr> result =
            technique.apply(sampleModel(), *ParameterValues::parse(technique.parameters, {}), context);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::cancelled);
    }

    void saysWhatDataItLacks_data() { everyTechnique(); }
    void saysWhatDataItLacks()
    {
        QFETCH(QString, id);
        ThreadPool pool(1);
        const bool needsData = findTechnique(id.toStdString())->needs != TechniqueNeeds::nothing;
        const Result<ModelPtr> without = applied(modelFor(id), recipeOf(id), pool, 1, nullptr);
        QCOMPARE(without.has_value(), !needsData);
        if (!needsData)
            return;
        QCOMPARE(without.error().code, ErrorCode::invalidArgument);
        auto empty = std::make_shared<Dataset>(*noise(1));
        empty->calibration = empty->train = {};
        const Result<ModelPtr> withEmpty = applied(modelFor(id), recipeOf(id), pool, 1, empty);
        QVERIFY(!withEmpty);
        QCOMPARE(withEmpty.error().code, ErrorCode::unusableInput);
    }

    void refusesIntegerModels_data() { everyTechnique(); }
    void refusesIntegerModels()
    {
        QFETCH(QString, id);
        ThreadPool pool(1);
        const Result<ModelPtr> integer = applied(sampleModel(), "quantize-int8", pool);
        QVERIFY(integer);
        const Result<ModelPtr> again = applied(*integer, id.toStdString(), pool);
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::unusableInput);
    }

    void layersTakeSettingsOfTheirOwn()
    {
        ThreadPool pool(2);
        const auto data = [](const ModelPtr &model, const std::string &tensor) {
            const auto found = std::ranges::find(model->main().tensors, tensor, &Tensor::name);
            return found == model->main().tensors.end() ? Tensor() : *found;
        };
        const auto zeros = [&](const ModelPtr &model, const std::string &tensor) {
            const Tensor found = data(model, tensor);
            const std::span<const float> all = values<float>(found);
            return double(std::ranges::count(all, 0.0f)) / double(all.size());
        };
        const Result<ModelPtr> pruned =
            applied(sampleModel(), "prune-magnitude layer=hidden:sparsity=0.9 layer=con*:skip=true", pool);
        QVERIFY2(pruned, pruned ? "" : pruned.error().message.c_str());
        QVERIFY(std::abs(zeros(*pruned, "hidden/w") - 0.9) < 0.01);
        QVERIFY(std::abs(zeros(*pruned, "logits/w") - 0.5) < 0.01);
        QCOMPARE(zeros(*pruned, "conv/w"), 0.0);
        const Result<ModelPtr> trained =
            applied(sampleModel(), "prune-magnitude epochs=1 layer=hidden:sparsity=0.9 layer=con*:skip=true", pool);
        QVERIFY(trained);
        QVERIFY(std::abs(zeros(*trained, "hidden/w") - 0.9) < 0.01);
        QVERIFY(std::abs(zeros(*trained, "logits/w") - 0.5) < 0.01);

        const Result<ModelPtr> integer = applied(
            sampleModel(),
            "quantize-int8 layer=conv:bits=3 layer=dw:per_channel=no layer=hidden:skip=yes layer=sum:calibration=mean",
            pool);
        QVERIFY2(integer, integer ? "" : integer.error().message.c_str());
        const Tensor conv = data(*integer, "conv/w");
        for (const std::int8_t w : values<std::int8_t>(conv))
            QVERIFY(std::abs(int(w)) <= 3 * 32 && w % 32 == 0); // spread over the byte
        QCOMPARE(data(*integer, "dw/w").quantization.scale.size(), std::size_t(1));
        QCOMPARE(data(*integer, "hidden/w").type, DType::float32);
        QCOMPARE(data(*integer, "logits/w").type, DType::int8);
        const Result<ModelPtr> plain = applied(sampleModel(), "quantize-int8", pool);
        QVERIFY(plain);
        QVERIFY(data(*integer, "sum").quantization.scale != data(*plain, "sum").quantization.scale);
        QVERIFY(data(*integer, "scaled").quantization.scale == data(*plain, "scaled").quantization.scale);

        const Result<ModelPtr> clustered =
            applied(sampleModel(), "cluster-weights clusters=16 layer=conv:clusters=4", pool);
        QVERIFY(clustered);
        const Tensor shared = data(*clustered, "conv/w");
        const std::span<const float> all = values<float>(shared);
        QCOMPARE(std::set<float>(all.begin(), all.end()).size(), std::size_t(4));
        for (const char *recipe : {"quantize-float16 layer=hidden:skip=yes", "quantize-linear layer=hidden:skip=yes",
                                   "quantize-dynamic layer=hidden:skip=yes"}) {
            const Result<ModelPtr> left = applied(sampleModel(), recipe, pool);
            QVERIFY2(left, recipe);
            QVERIFY2(*data(*left, "hidden/w").data == *data(sampleModel(), "hidden/w").data, recipe);
        }
        const Result<ModelPtr> aware =
            applied(sampleModel(), "quantize-aware epochs=1 layer=conv:bits=2 layer=logits:skip=yes", pool);
        QVERIFY2(aware, aware ? "" : aware.error().message.c_str());
        const Tensor narrow = data(*aware, "conv/w");
        for (const std::int8_t w : values<std::int8_t>(narrow))
            QVERIFY(w == -64 || w == 0 || w == 64);
        QCOMPARE(data(*aware, "logits/w").type, DType::float32);

        const std::string text = "quantize-int8 bits=6 layer=conv:bits=4 layer=\"a b:skip=true\"";
        QCOMPARE(Recipe::parse(text)->text(), text);
        QCOMPARE(Recipe::parse(text)->label(), std::string("int8 with 6-bit weights but a b, conv"));
        const Result<ModelPtr> unknown = applied(sampleModel(), "quantize-int8 layer=hiden:bits=4", pool);
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().code, ErrorCode::invalidArgument);
        QVERIFY(QString::fromStdString(unknown.error().message).contains(QStringLiteral("Did you mean 'hidden'?")));
        QVERIFY(!applied(sampleModel(), "prune-magnitude scope=global layer=hidden:sparsity=0.9", pool));
    }

    void neutralSettingsChangeNothing_data()
    {
        QTest::addColumn<QString>("recipe");
        for (const char *recipe : {"prune-magnitude sparsity=0", "prune-magnitude sparsity=0 scope=global",
                                   "prune-random sparsity=0", "prune-global sparsity=0", "prune-channels fraction=0",
                                   "finetune epochs=0", "quantize-dynamic min_elements=1000000"})
            QTest::newRow(recipe) << QString::fromUtf8(recipe);
    }
    void neutralSettingsChangeNothing()
    {
        QFETCH(QString, recipe);
        ThreadPool pool(1);
        const Result<ModelPtr> result = applied(sampleModel(), recipe.toStdString(), pool);
        QVERIFY(result);
        QVERIFY(written(*result) == written(sampleModel()));
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
              "prune-random sparsity=0.75 epochs=1"})
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
        // What is left was trained.
        const std::string untrained = text.substr(0, text.find(" epochs"));
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

    void onlyTheNamedLayersChange()
    {
        ThreadPool pool(1);
        const auto changed = [&](const std::string &recipe) {
            const Result<ModelPtr> result = applied(sampleModel(), recipe, pool);
            if (!result)
                qFatal("%s", result.error().message.c_str());
            std::vector<std::string> names;
            const ModelPtr before = sampleModel();
            for (const Tensor &tensor : before->main().tensors)
                for (const Tensor &after : (*result)->main().tensors)
                    if (tensor.isConstant() && after.name == tensor.name && *after.data != *tensor.data)
                        names.push_back(tensor.name);
            return names;
        };
        QCOMPARE(changed("prune-magnitude layers=conv"), std::vector<std::string>({"conv/w"}));
        QCOMPARE(changed("prune-random layers=conv,logits"), std::vector<std::string>({"conv/w", "logits/w"}));
        QCOMPARE(changed("prune-global layers=dw"), std::vector<std::string>({"dw/w"}));
        QCOMPARE(changed("prune-channels layers=hidden"), std::vector<std::string>({"hidden/w", "logits/w"}));
        for (const char *recipe : {"prune-magnitude layers=nothing", "prune-channels layers=hiden"})
            QCOMPARE(applied(sampleModel(), recipe, pool).error().code, ErrorCode::invalidArgument);
        for (const char *recipe : {"prune-magnitude layers=dw", "prune-channels layers=logits"})
            QCOMPARE(applied(sampleModel(), recipe, pool).error().code, ErrorCode::unusableInput);
    }

    void namesStandForRecipes_data()
    {
        QTest::addColumn<QString>("id");
        for (const NamedRecipe &named : namedRecipes())
            QTest::newRow(named.id.data()) << QString::fromUtf8(named.id.data());
    }
    void namesStandForRecipes()
    {
        QFETCH(QString, id);
        const std::string name = id.toStdString();
        const NamedRecipe &named = *findNamedRecipe(name);
        QVERIFY(!named.title.empty() && !named.source.empty());
        QVERIFY(!findTechnique(name));
        const Result<Recipe> whole = Recipe::parse(name), spelled = Recipe::parse(named.recipe);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        QVERIFY(*whole == *spelled);
        QCOMPARE(Recipe::parse(name + " | quantize-float16")->steps().size(), whole->steps().size() + 1);
        QCOMPARE(Recipe::parse(name + " seed=1").error().code, ErrorCode::invalidArgument);
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
        for (const char *recipe : {"prune-magnitude epochs=1 batch=8 schedule=polynomial end=4",
                                   "prune-magnitude epochs=1 batch=8 schedule=constant begin=2 end=2"}) {
            const Result<ModelPtr> refused = applied(sampleModel(), recipe, pool);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::invalidArgument);
        }
    }

    void trainingSettingsTakeEffect()
    {
        ThreadPool pool(2);
        const auto bytesWith = [&](const std::string &settings) {
            const Result<ModelPtr> model = applied(sampleModel(), "finetune epochs=2 " + settings, pool);
            return model ? written(*model) : Bytes();
        };
        const Bytes usual = bytesWith("");
        QVERIFY(usual == bytesWith("training_seed=1")); // the study's here
        for (const std::string settings :
             {"optimizer=adam learning_rate=0.001", "momentum=0.5", "rate_schedule=constant", "weight_decay=0.01",
              "label_smoothing=0.1", "augment=shift", "augment=shift-flip", "patience=1", "training_seed=9"}) {
            const Bytes other = bytesWith(settings);
            QVERIFY2(!other.empty() && other != usual, settings.c_str());
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

    void channelsGoInRounds()
    {
        ThreadPool pool(1);
        const Result<ModelPtr> result =
            applied(sampleModel(), "prune-channels fraction=0.5 rounds=2 epochs=1 criterion=taylor", pool);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        for (const Tensor &tensor : (*result)->main().tensors)
            if (tensor.name == "conv/w")
                QVERIFY(tensor.shape[0] >= 3 && tensor.shape[0] <= 4); // 8, 5 or 6, then about 4
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

QTEST_GUILESS_MAIN(TechniquesTest)
#include "tst_techniques.moc"
