// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/modelmetric.h"
#include "core/metrics/modelmetrics.h"
#include "core/techniques/golden.h"

#include <QtTest>

#include <limits>
#include <set>

using namespace espalier;

namespace {

/// Builds graphs of a few operators.
struct Builder
{
    Graph graph;

    TensorId value(Shape shape) { return tensor(DType::float32, std::move(shape), nullptr); }

    TensorId tensor(DType type, Shape shape, SharedBytes data)
    {
        Tensor t;
        t.type = type;
        t.shape = std::move(shape);
        t.data = std::move(data);
        return graph.addTensor(std::move(t));
    }

    /// A constant of zeros.
    TensorId constant(Shape shape, DType type = DType::float32)
    {
        const std::size_t bytes = byteCount(type, elementCount(shape));
        return tensor(type, std::move(shape), std::make_shared<const Bytes>(bytes));
    }

    Operator &add(OpKind kind, std::vector<TensorId> inputs, std::vector<TensorId> outputs, OpOptions options = {})
    {
        Operator op;
        op.kind = kind;
        op.typeName = typeName(kind);
        op.builtinCode = builtinCode(kind);
        op.inputs = std::move(inputs);
        op.outputs = std::move(outputs);
        op.options = std::move(options);
        graph.operators.push_back(std::move(op));
        return graph.operators.back();
    }

    Model model() const
    {
        Model m;
        m.graphs = {graph};
        return m;
    }
};

/// The 1-D network of the papers' table: convolution 1×3 with `filters` filters over 59×35, mean over time, dense 8.
Builder gestureNetwork(std::int32_t filters, std::int32_t steps = 59, Padding padding = Padding::valid)
{
    Builder b;
    const TensorId input = b.value({1, 1, steps, 35}), features = b.value({1, 1, 57, filters});
    const TensorId flat = b.value({1, 57, filters}), mean = b.value({1, filters});
    const TensorId logits = b.value({1, 8}), probabilities = b.value({1, 8});
    const TensorId shape = b.constant({3}, DType::int32), axis = b.constant({1}, DType::int32);
    b.add(OpKind::conv2D, {input, b.constant({filters, 1, 3, 35}), b.constant({filters})}, {features},
          Conv2DOptions{padding, 1, 1, 1, 1, Activation::relu});
    b.add(OpKind::reshape, {features, shape}, {flat}, ReshapeOptions{});
    b.add(OpKind::mean, {flat, axis}, {mean}, ReduceOptions{});
    b.add(OpKind::fullyConnected, {mean, b.constant({8, filters}), b.constant({8})}, {logits}, FullyConnectedOptions{});
    b.add(OpKind::softmax, {logits}, {probabilities}, SoftmaxOptions{});
    b.graph.inputs = {input};
    b.graph.outputs = {probabilities};
    return b;
}

template <class T>
Tensor weights(DType type, Shape shape, const std::vector<T> &values, std::vector<std::int64_t> zeroPoints = {},
               std::int32_t axis = 0)
{
    Tensor tensor;
    tensor.type = type;
    tensor.shape = std::move(shape);
    tensor.data = sharedBytes(values);
    tensor.quantization.scale.assign(zeroPoints.size(), 1);
    tensor.quantization.zeroPoint = std::move(zeroPoints);
    tensor.quantization.axis = axis;
    return tensor;
}

} // namespace

class TestModelMetrics : public QObject
{
    Q_OBJECT

private slots:
    void countsTheGestureNetwork_data();
    void countsTheGestureNetwork();
    void countsTheGestureNetworkAsTheGoldenDoes();
    void countsEveryKindOfWork();
    void countsParametersOnce();
    void findsWeightsBehindDequantize();
    void countsZeros();
    void boundsHostileShapes();
    void zipsAsAnArchiveOfOneFile();
    void zipsRealModels();
    void fillsARow();
    void leavesUnknownWorkEmpty();
};

void TestModelMetrics::countsTheGestureNetwork_data()
{
    QTest::addColumn<int>("filters");
    QTest::addColumn<qint64>("parameters");
    QTest::addColumn<qint64>("macs");
    QTest::addColumn<qint64>("flops");
    QTest::newRow("16 filters") << 16 << qint64(1832) << qint64(95888) << qint64(193648);
    QTest::newRow("8 filters") << 8 << qint64(920) << qint64(47944) << qint64(96848);
}

void TestModelMetrics::countsTheGestureNetwork()
{
    QFETCH(int, filters);
    QFETCH(qint64, parameters);
    QFETCH(qint64, macs);
    QFETCH(qint64, flops);
    const Graph graph = gestureNetwork(filters).graph;
    QCOMPARE(parameterCount(graph), parameters);
    QCOMPARE(espalier::macs(graph), macs);
    QCOMPARE(profilerFlops(graph), flops);
    QCOMPARE(channelCount(graph), std::int64_t(filters + 8));
    QCOMPARE(structuredSparsity(graph, gestureNetwork(16).graph), double(16 - filters) / 24);
    QCOMPARE(structuredSparsity(gestureNetwork(16).graph, graph), 0.0); // none are gone
    const std::vector<std::int64_t> items = {57 * filters * 211, 0, 57 * filters, 16 * filters + 8, 40};
    for (std::size_t i = 0; i < items.size(); ++i)
        QCOMPARE(profilerFlops(graph, graph.operators[i]), items[i]);
}

void TestModelMetrics::countsTheGestureNetworkAsTheGoldenDoes()
{
    ESPALIER_NEEDS_SHARED("golden/audi_1dcnn.hand.json");
    const nlohmann::json document = golden("audi_1dcnn.hand.json");
    QCOMPARE(document["cases"].size(), 4u);
    for (const nlohmann::json &c : document["cases"]) {
        const std::int32_t filters = c["filters"];
        const Padding padding = c["padding"] == "same" ? Padding::same : Padding::valid;
        const Graph graph = gestureNetwork(filters, c["input"][1], padding).graph;
        QCOMPARE(graph[graph.operators[0].outputs[0]].shape, (Shape{1, 1, c["conv_out"][1], c["conv_out"][2]}));
        QCOMPARE(parameterCount(graph), c["params"].get<std::int64_t>());
        QCOMPARE(parameterCount(graph) * 4, c["param_bytes_f32"].get<std::int64_t>());
        QCOMPARE(espalier::macs(graph), c["macs"].get<std::int64_t>());
        QCOMPARE(profilerFlops(graph), c["flops"].get<std::int64_t>());
        const auto item = [&](const char *name) { return c["flops_by_item"][name].get<std::int64_t>(); };
        const std::vector<std::int64_t> items = {
            item("CONV_2D 1x3") + item("bias add conv") + item("RELU (not registered)"), 0, item("MEAN"),
            item("FULLY_CONNECTED matmul") + item("bias add dense"), item("SOFTMAX 5 per element")};
        for (std::size_t i = 0; i < items.size(); ++i)
            QCOMPARE(profilerFlops(graph, graph.operators[i]), items[i]);
    }
}

void TestModelMetrics::countsEveryKindOfWork()
{
    Builder b;
    const TensorId image = b.value({1, 8, 8, 4}), half = b.value({1, 4, 4, 8}), row = b.value({1, 6});
    const auto work = [&](const Operator &op) { return std::pair(macs(b.graph, op), profilerFlops(b.graph, op)); };
    using Pair = std::pair<std::int64_t, std::int64_t>;
    const TensorId none = TensorId::none;
    // Grouped: the filter sees 2 of the 4 channels.
    QCOMPARE(work(b.add(OpKind::conv2D, {image, b.constant({8, 3, 3, 2}), none}, {half})), (Pair{2304, 4608}));
    QCOMPARE(work(b.add(OpKind::depthwiseConv2D, {image, b.constant({1, 3, 3, 8}), b.constant({8})}, {half})),
             (Pair{1152, 2304 + 128}));
    QCOMPARE(
        work(b.add(OpKind::transposeConv, {b.constant({4}, DType::int32), half, b.constant({4, 3, 3, 8})}, {image})),
        (Pair{128 * 36, 256 * 36}));
    QCOMPARE(work(b.add(OpKind::fullyConnected, {image, b.constant({6, 256})}, {row})), (Pair{1536, 3072}));
    QCOMPARE(work(b.add(OpKind::averagePool2D, {image}, {half}, Pool2DOptions{Padding::same, 2, 2, 2, 3})),
             (Pair{0, 768}));
    QCOMPARE(work(b.add(OpKind::add, {image, image}, {image})), (Pair{0, 256}));
    QCOMPARE(work(b.add(OpKind::relu, {image}, {image})), (Pair{0, 0}));
    QCOMPARE(work(b.add(OpKind::logistic, {image}, {image})), (Pair{0, 0}));
    Operator &product = b.add(OpKind::other, {b.value({2, 3, 5}), b.value({2, 5, 7})}, {b.value({2, 3, 7})});
    product.builtinCode = 126;
    QCOMPARE(work(product), (Pair{210, 420}));
    Operator &sum = b.add(OpKind::other, {image, b.constant({1}, DType::int32)}, {row});
    sum.builtinCode = 74;
    QCOMPARE(work(sum), (Pair{0, 250}));
}

void TestModelMetrics::countsParametersOnce()
{
    Builder b;
    const TensorId image = b.value({1, 8, 8, 4}), shared = b.constant({4, 1, 1, 4});
    b.add(OpKind::conv2D, {image, shared, b.constant({4}, DType::int32)}, {image}); // 16 + 4
    b.add(OpKind::conv2D, {image, shared, TensorId::none}, {image});                // the same 16
    b.add(OpKind::mul, {image, b.constant({4})}, {image});                          // 4: batch normalisation
    b.add(OpKind::mul, {image, b.constant({})}, {image});                           // a number, not a parameter
    b.add(OpKind::prelu, {image, b.constant({1, 1, 4})}, {image});                  // 4
    b.add(OpKind::padV2, {image, b.constant({4, 2}, DType::int32), b.constant({1})}, {image});
    b.add(OpKind::reshape, {image, b.constant({2}, DType::int32)}, {image});
    QCOMPARE(parameterCount(b.graph), 28);
    QCOMPARE(weightTensors(b.graph), std::vector<TensorId>{shared});
}

void TestModelMetrics::findsWeightsBehindDequantize()
{
    Builder b;
    const TensorId half = b.tensor(DType::float16, {2, 2}, sharedBytes<std::uint16_t>({0, 0x8000, 0x3c00, 1}));
    const TensorId dequantized = b.value({2, 2}), row = b.value({1, 2});
    b.add(OpKind::dequantize, {half}, {dequantized});
    b.add(OpKind::fullyConnected, {row, dequantized, TensorId::none}, {row});
    QCOMPARE(weightTensors(b.graph), std::vector<TensorId>{half});
    QCOMPARE(parameterCount(b.graph), 4);
    QCOMPARE(sparsity(b.graph), 0.5);
    QCOMPARE(macs(b.graph), 4);
    // Weights that are made while running are not weights of the file.
    b.add(OpKind::fullyConnected, {row, b.value({2, 2}), TensorId::none}, {row});
    QCOMPARE(weightTensors(b.graph).size(), 1u);
}

void TestModelMetrics::countsZeros()
{
    QCOMPARE(sparsity(weights<float>(DType::float32, {4}, {0, -0.f, 1, 1e-30f})), 0.5);
    QCOMPARE(sparsity(weights<std::int8_t>(DType::int8, {4}, {0, 0, 1, -1}, {0})), 0.5);
    QCOMPARE(sparsity(weights<std::uint8_t>(DType::uint8, {4}, {0, 128, 128, 128}, {128})), 0.75);
    QCOMPARE(sparsity(weights<std::int8_t>(DType::int8, {2, 2}, {3, 5, 3, 5}, {3, 5}, 0)), 0.5);
    QCOMPARE(sparsity(weights<std::int8_t>(DType::int8, {2, 2}, {3, 5, 3, 5}, {3, 5}, 1)), 1.0);
    QCOMPARE(sparsity(weights<std::uint8_t>(DType::int4, {3}, {0x20, 0x0e}, {-2})), 1.0 / 3); // 0, 2, -2
    Builder b;
    const TensorId row = b.value({1, 2});
    b.add(OpKind::fullyConnected,
          {row, b.tensor(DType::float32, {2, 2}, sharedBytes<float>({0, 1, 2, 3})), b.constant({2})}, {row});
    QCOMPARE(sparsity(b.graph), 0.25); // the bias, all zero, does not count
    QCOMPARE(sparsity(Graph{}), 0.0);
}

void TestModelMetrics::boundsHostileShapes()
{
    constexpr std::int32_t huge = std::numeric_limits<std::int32_t>::max();
    Builder b;
    const TensorId image = b.value({huge, huge, huge, huge});
    b.add(OpKind::conv2D, {image, b.value({huge, huge, huge, huge}), TensorId::none}, {image});
    b.add(OpKind::conv2D, {image, b.value({huge, huge, huge, huge}), TensorId::none}, {image});
    b.add(OpKind::fullyConnected, {}, {});
    QCOMPARE(macs(b.graph), std::numeric_limits<std::int64_t>::max());
    QCOMPARE(profilerFlops(b.graph), std::numeric_limits<std::int64_t>::max());
}

void TestModelMetrics::zipsAsAnArchiveOfOneFile()
{
    // Counted with Python 3.11: ZipFile(…, compression=ZIP_DEFLATED).writestr("model.tflite", bytes).
    QCOMPARE(zippedBytes(Bytes()), 124);
    QCOMPARE(zippedBytes(Bytes(100000)), 236);
    Bytes noise(100000);
    std::uint32_t x = 1;
    for (std::uint8_t &byte : noise) {
        x = x * 1664525 + 1013904223;
        byte = std::uint8_t(x >> 24);
    }
    QCOMPARE(zippedBytes(noise), 100157);
    Bytes waves(300000);
    for (std::size_t i = 0; i < waves.size(); ++i)
        waves[i] = std::uint8_t(i * i / 97);
    QCOMPARE(zippedBytes(waves), 14613);
}

void TestModelMetrics::zipsRealModels()
{
    ESPALIER_NEEDS_SHARED("mlperf-tiny/models");
    for (const auto &[name, zipped] : {std::pair{"kws_ref_model", 34997}, std::pair{"kws_savedmodel_float", 86619},
                                       std::pair{"vww_96_int8", 95386}, std::pair{"ad01_fp32", 991004}}) {
        const Result<Bytes> file = readFile(sharedFolder() / "mlperf-tiny/models" / (std::string(name) + ".tflite"));
        QVERIFY(file);
        QCOMPARE(zippedBytes(*file), zipped);
    }
}

void TestModelMetrics::fillsARow()
{
    const Model model = gestureNetwork(16).model();
    const Bytes file(1000, 7);
    Row row;
    fillModelMetrics(row, model, file);
    QCOMPARE(row.number(Column::sizeBytes), std::optional(1000.0));
    QCOMPARE(row.number(Column::zippedBytes), std::optional(double(zippedBytes(file))));
    QCOMPARE(row.number(Column::sparsity), std::optional(1.0)); // the builder's constants are zeros
    QCOMPARE(row.number(Column::parameters), std::optional(1832.0));
    QCOMPARE(row.number(Column::macs), std::optional(95888.0));
    std::set<Column> columns;
    for (const ModelMetric *metric : modelMetrics())
        QVERIFY(columns.insert(metric->column).second);
}

void TestModelMetrics::leavesUnknownWorkEmpty()
{
    Builder b;
    const TensorId row = b.value({1, 4});
    b.add(OpKind::other, {row}, {row});
    Row filled;
    fillModelMetrics(filled, b.model(), Bytes());
    QCOMPARE(filled.number(Column::macs), std::optional(0.0)); // nothing to multiply with
    QVERIFY(!filled.has(Column::sizeBytes));
    QVERIFY(!filled.has(Column::zippedBytes));
    QVERIFY(!filled.has(Column::sparsity));
    b.add(OpKind::other, {row, b.constant({4, 4})}, {row}); // a recurrent layer, say
    fillModelMetrics(filled, b.model(), Bytes());
    QVERIFY(!filled.has(Column::macs));
    QCOMPARE(filled.number(Column::parameters), std::optional(16.0));
}

QTEST_APPLESS_MAIN(TestModelMetrics)
#include "tst_modelmetrics.moc"
