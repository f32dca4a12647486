// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/techniques/recipe.h"
#include "core/techniques/rewrite.h"
#include "device/everyoperator.h"
#include "support/graphbuilder.h"
#include "support/realtflite.h"
#include "support/shareddata.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

using namespace espalier;

namespace {

/// Bytes that look random and are the same everywhere: for float inputs values in [-1, 1), else any byte.
Bytes someInput(const Tensor &tensor, std::uint32_t seed)
{
    std::uint32_t x = (seed + 1) * 2654435769u;
    const auto next = [&] {
        x = x * 1664525u + 1013904223u;
        return std::uint8_t(x >> 24);
    };
    if (tensor.type == DType::float32) {
        std::vector<float> values(tensor.elements());
        for (float &value : values)
            value = float(next()) / 127.5f - 1.0f;
        return *sharedBytes(values);
    }
    Bytes bytes(tensor.bytes());
    for (std::uint8_t &byte : bytes)
        byte = next();
    return bytes;
}

std::vector<Bytes> someInputs(const Model &model, std::uint32_t samples)
{
    std::vector<Bytes> inputs;
    for (const TensorId id : model.main().inputs) {
        Bytes all;
        for (std::uint32_t k = 0; k < samples; ++k) {
            const Bytes one = someInput(model.main()[id], k);
            all.insert(all.end(), one.begin(), one.end());
        }
        inputs.push_back(std::move(all));
    }
    return inputs;
}

/// What a graph's tensors hold, every sample of each in a row.
using Values = std::map<TensorId, Bytes>;

/// All that our engine makes of these inputs, constants aside.
Result<Values> valuesOf(const ModelPtr &model, const std::vector<Bytes> &inputs, Rounding rounding)
{
    const Result<ProgramPtr> program = Program::compile(model, rounding);
    if (!program)
        return program.error();
    Session session(*program);
    const Graph &graph = model->main();
    const std::size_t samples = inputs[0].size() / graph[graph.inputs[0]].bytes();
    Values values;
    for (std::size_t k = 0; k < samples; ++k) {
        for (std::size_t i = 0; i < inputs.size(); ++i)
            std::ranges::copy(
                std::as_bytes(std::span(inputs[i])).subspan(k * session.input(i).size(), session.input(i).size()),
                session.input(i).begin());
        session.run(1, [&](TensorId id, std::span<const std::byte> bytes) {
            const auto *first = reinterpret_cast<const std::uint8_t *>(bytes.data());
            values[id].insert(values[id].end(), first, first + bytes.size());
        });
    }
    return values;
}

/// How far apart two tensors' values are: integers in steps.
struct Difference
{
    std::size_t values = 0, differing = 0;
    double largest = 0;
};

template <class T>
Difference differenceAs(const Bytes &one, const Bytes &other)
{
    Difference difference{one.size() / sizeof(T)};
    for (std::size_t i = 0; i < difference.values; ++i) {
        T a, b;
        std::memcpy(&a, &one[i * sizeof(T)], sizeof(T));
        std::memcpy(&b, &other[i * sizeof(T)], sizeof(T));
        difference.differing += a != b ? 1 : 0;
        difference.largest = std::max(difference.largest, std::abs(double(a) - double(b)));
    }
    return difference;
}

Difference differenceOf(const Tensor &tensor, const Bytes &one, const Bytes &other)
{
    if (one.size() != other.size())
        return {one.size(), one.size(), std::numeric_limits<double>::infinity()};
    return tensor.type == DType::float32 ? differenceAs<float>(one, other)
           : tensor.type == DType::uint8 ? differenceAs<std::uint8_t>(one, other)
           : tensor.type == DType::int16 ? differenceAs<std::int16_t>(one, other)
                                         : differenceAs<std::int8_t>(one, other);
}

QByteArray text(const Difference &difference)
{
    return QStringLiteral("%1 of %2 values differ, by %3 at most")
        .arg(difference.differing)
        .arg(difference.values)
        .arg(difference.largest)
        .toUtf8();
}

/// So many samples in [-1, 1).
Samples randomSamples(const Tensor &input, std::size_t count, std::uint64_t seed)
{
    Samples samples;
    samples.shape = {input.shape.begin() + 1, input.shape.end()};
    samples.count = count;
    Random random(seed);
    std::vector<float> values(count * elementCount(samples.shape));
    for (float &value : values)
        value = float(random.uniform() * 2 - 1);
    samples.values = sharedBytes(values);
    return samples;
}

/// A float model of one input that our engine runs, sample by sample.
bool isFloatModel(const Model &model)
{
    const Graph &graph = model.main();
    return graph.inputs.size() == 1 && graph[graph.inputs[0]].type == DType::float32 &&
           graph[graph.inputs[0]].shape.size() > 1 && graph[graph.inputs[0]].shape[0] == 1 && !quantizedTensor(graph) &&
           unsupportedOperators(model).empty();
}

} // namespace

/// What we write loads in TensorFlow Lite and computes what the original computes there.
class TestRealTflite : public QObject
{
    Q_OBJECT

private slots:
    void rewrittenModelsGiveTheSameOutputs_data();
    void rewrittenModelsGiveTheSameOutputs();
    void variantsComputeTheSameThere_data();
    void variantsComputeTheSameThere();
    void everyIntegerOperatorIsWithinOneStep_data();
    void everyIntegerOperatorIsWithinOneStep();
    void runsWhatIsBuiltByHand();
    void saysWhenTheRuntimeRefuses();

private:
    Result<std::vector<Bytes>> real(const Model &model, const std::vector<Bytes> &inputs)
    {
        const std::string path = m_folder.filePath(QStringLiteral("model.tflite")).toStdString();
        if (const Result<void> written = writeModel(model, path); !written)
            return written.error();
        return m_real.run(path, inputs);
    }

    QTemporaryDir m_folder;
    RealTflite m_real;
    ThreadPool m_pool{2};
};

void TestRealTflite::rewrittenModelsGiveTheSameOutputs_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<quint32>("samples");
    QTest::newRow("none") << QString() << 0u;
    for (const auto &[name, samples] : {
             std::pair("mlperf-tiny/models/kws_ref_model.tflite", 4u),
             {"mlperf-tiny/models/kws_ref_model_float32.tflite", 2u},
             {"mlperf-tiny/models/pretrainedResnet_quant.tflite", 2u},
             {"mlperf-tiny/models/ad01_fp32.tflite", 2u},
             {"mlperf-tiny/models/ad01_int8.tflite", 2u},
             {"mlperf-tiny/models/hello_world_int8.tflite", 8u},
             {"models-wild/coral__mobilenet_v1_0.25_128_quant.tflite", 1u},
             {"models-wild/coral__keras_lstm_mnist_ptq.tflite", 1u},
             {"models-wild/basicpitch__nmp.tflite", 1u},
             {"models-wild/gesture-mlp__gesture_model_16.tflite", 2u},
             {"models-wild/tfexamples__mobilenet_v2_035_96_embedder_with_metadata.tflite", 1u},
             {"models-wild/nnstreamer__simple_32_in_32_out.tflite", 1u},
         }) {
        if (!sharedFolder().empty())
            QTest::newRow(QFileInfo(QString::fromUtf8(name)).fileName().toUtf8().constData())
                << QString::fromStdString((sharedFolder() / name).string()) << samples;
    }
}

void TestRealTflite::rewrittenModelsGiveTheSameOutputs()
{
    ESPALIER_NEEDS_SHARED("mlperf-tiny");
    ESPALIER_NEEDS_REAL_TFLITE;
    QFETCH(QString, path);
    QFETCH(quint32, samples);
    if (path.isEmpty())
        return;
    const Result<ModelPtr> model = readModel(path.toStdString());
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const std::string copy = m_folder.filePath(QStringLiteral("copy.tflite")).toStdString();
    const Result<void> written = writeModel(**model, copy);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    const std::vector<Bytes> inputs = someInputs(**model, samples);
    const auto expected = m_real.run(path.toStdString(), inputs);
    QVERIFY2(expected, expected ? "" : expected.error().message.c_str());
    const auto actual = m_real.run(copy, inputs);
    QVERIFY2(actual, actual ? "" : actual.error().message.c_str());
    QVERIFY(!expected->empty());
    QVERIFY(!expected->front().empty());
    QVERIFY2(*actual == *expected, "the copy computes something else than the original");
}

void TestRealTflite::variantsComputeTheSameThere_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("recipe");
    QTest::addColumn<unsigned>("samples");
    QTest::addColumn<double>("tolerance"); // of floats, and of int16 in steps; bytes are to be equal
    QTest::newRow("none") << QString() << QString() << 0u << 0.0;
    if (sharedFolder().empty())
        return;
    const auto add = [](const std::filesystem::path &file, const char *recipe, unsigned samples, double tolerance) {
        QTest::addRow("%s, %s", file.stem().c_str(), recipe)
            << QString::fromStdString(file.string()) << QString::fromLatin1(recipe) << samples << tolerance;
    };
    for (const char *folder : {"mlperf-tiny/models", "models-wild"})
        for (const auto &entry : std::filesystem::directory_iterator(sharedFolder() / folder)) {
            if (entry.path().extension() != ".tflite")
                continue;
            const Result<ModelPtr> model = readModel(entry.path());
            if (!model || !isFloatModel(**model))
                continue;
            add(entry.path(), "quantize-int8", 200, 0);
            add(entry.path(), "quantize-dynamic", 20, 5e-3);
            if (!holdsFloat16Constants((*model)->main()))
                add(entry.path(), "quantize-float16", 20, 1e-4);
        }
    const std::filesystem::path kws = sharedFolder() / "mlperf-tiny/models/kws_savedmodel_float.tflite";
    for (const char *recipe :
         {"quantize-int8 per_channel=no", "quantize-int8 preset=performance",
          "quantize-int8 input_type=uint8 output_type=uint8", "quantize-int8 input_type=float output_type=float",
          "quantize-int8 bits=4 activation-bits=4", "quantize-int4 group=16", "equalize | quantize-int8 per_channel=no",
          "prune-channels | quantize-int8 bias-correction=empirical"})
        add(kws, recipe, 40, 0);
    add(kws, "quantize-int16x8", 40, 1);
}

/// On random inputs, 200 of int8 models. Our engine rounds as TensorFlow Lite does on a PC; rounded as on boards,
/// outputs lie some steps apart (tests/benchmarks/README.md says how many).
void TestRealTflite::variantsComputeTheSameThere()
{
    ESPALIER_NEEDS_SHARED("mlperf-tiny");
    ESPALIER_NEEDS_REAL_TFLITE;
    QFETCH(QString, path);
    QFETCH(QString, recipe);
    QFETCH(unsigned, samples);
    QFETCH(double, tolerance);
    if (path.isEmpty())
        return;
    const ModelPtr original = *readModel(path.toStdString());
    const Tensor &input = original->main()[original->main().inputs[0]];
    auto data = std::make_shared<Dataset>();
    data->calibration = randomSamples(input, 100, 1);
    const Samples given = randomSamples(input, samples, 2);
    TechniqueContext context{data, impliedScaling(input, given).scaling, 1, m_pool, {}};
    const Result<ModelPtr> variant = Recipe::parse(recipe.toStdString())->apply(original, context);
    QVERIFY2(variant, variant ? "" : variant.error().message.c_str());
    const Graph &graph = (*variant)->main();
    const Tensor &taken = graph[graph.inputs[0]];
    Bytes bytes(taken.bytes() * given.count);
    fillInput(taken, given, impliedScaling(taken, given).scaling, 0, given.count,
              std::as_writable_bytes(std::span(bytes)));

    const auto theirs = real(**variant, {bytes});
    QVERIFY2(theirs, theirs ? "" : theirs.error().message.c_str());
    const Result<Values> ours = valuesOf(*variant, {bytes}, Rounding::tflite);
    QVERIFY(ours);
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
        const TensorId out = graph.outputs[i];
        const Difference difference = differenceOf(graph[out], ours->at(out), (*theirs)[i]);
        QVERIFY2(difference.largest <= tolerance, text(difference).constData());
    }
}

void TestRealTflite::everyIntegerOperatorIsWithinOneStep_data()
{
    QTest::addColumn<unsigned>("seed");
    for (const unsigned seed : {1u, 2u, 3u})
        QTest::addRow("seed %u", seed) << seed;
}

/// Each by itself, as boards compute it: within one step.
void TestRealTflite::everyIntegerOperatorIsWithinOneStep()
{
    ESPALIER_NEEDS_REAL_TFLITE;
    QFETCH(unsigned, seed);
    auto whole = std::make_shared<Model>();
    whole->graphs = {test::everyOperator(DType::int8, seed)};
    const Graph &graph = whole->main();
    const std::vector<Bytes> inputs = someInputs(*whole, 4);
    const Result<Values> values = valuesOf(whole, inputs, Rounding::micro);
    QVERIFY2(values, values ? "" : values.error().message.c_str());
    int compared = 0;
    for (const Operator &op : graph.operators) {
        const auto isRescaled = [&] {
            return !(graph[op.inputs[0]].quantization == graph[op.outputs[0]].quantization);
        };
        if (op.kind == OpKind::relu6 && isRescaled())
            continue; // which TensorFlow Lite does not do
        auto alone = std::make_shared<Model>(*whole);
        alone->main().operators = {op};
        alone->main().inputs.clear();
        alone->main().outputs = op.outputs;
        std::vector<Bytes> taken;
        for (const TensorId id : op.inputs)
            if (id.valid() && !graph[id].isConstant() && std::ranges::count(alone->main().inputs, id) == 0) {
                alone->main().inputs.push_back(id);
                taken.push_back(values->at(id));
            }
        if (taken.empty())
            continue;
        removeUnusedTensors(*alone);
        const auto theirs = real(*alone, taken);
        if (!theirs)
            continue; // XNNPACK takes no factors of 256 and more, nor some combinations of scales
        ++compared;
        for (std::size_t i = 0; i < op.outputs.size(); ++i) {
            const TensorId out = op.outputs[i];
            const Difference difference = differenceOf(graph[out], values->at(out), (*theirs)[i]);
            QVERIFY2(difference.largest <= 1, (op.typeName + ": " + text(difference).toStdString()).c_str());
        }
    }
    QVERIFY(compared > 60);
}

void TestRealTflite::runsWhatIsBuiltByHand()
{
    ESPALIER_NEEDS_REAL_TFLITE;
    GraphBuilder b;
    const auto x = b.input({1, 2, 2, 1});
    const auto y = b.conv2D(x, b.constant({2, 1, 1, 1}, std::vector<float>{2, -3}),
                            b.constant({2}, std::vector<float>{1, 0.5f}), {.activation = Activation::relu});
    const ModelPtr model = b.model({b.reshape(y, {1, 8})});
    const std::string path = m_folder.filePath(QStringLiteral("hand.tflite")).toStdString();
    QVERIFY(writeModel(*model, path));
    const auto outputs = m_real.run(path, {*sharedBytes(std::vector<float>{1, -1, 0, 2})});
    QVERIFY2(outputs, outputs ? "" : outputs.error().message.c_str());
    QCOMPARE(outputs->size(), std::size_t(1));
    QVERIFY(outputs->front() == *sharedBytes(std::vector<float>{3, 0, 0, 3.5f, 1, 0.5f, 5, 0}));
}

void TestRealTflite::saysWhenTheRuntimeRefuses()
{
    ESPALIER_NEEDS_REAL_TFLITE;
    const std::string path = m_folder.filePath(QStringLiteral("text.tflite")).toStdString();
    QVERIFY(writeFile(path, std::string_view("this is no model, though its name says so")));
    const auto outputs = m_real.run(path, {});
    QVERIFY(!outputs);
    QCOMPARE(outputs.error().code, ErrorCode::unusableInput);
}

QTEST_GUILESS_MAIN(TestRealTflite)
#include "tst_realtflite.moc"
