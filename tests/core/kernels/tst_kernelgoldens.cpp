// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oneoperator.h"
#include "support/shareddata.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <numeric>

using namespace espalier;

namespace {

using Json = nlohmann::json;
using Int8s = std::vector<std::int8_t>;

/// The cases whose operator's name starts so.
std::vector<Json> casesOf(const std::string &op)
{
    static const Json all = [] {
        std::ifstream file(sharedFolder() / "golden/tflm_int8_kernels.json");
        return Json::parse(file)["cases"];
    }();
    std::vector<Json> found;
    for (const Json &test : all)
        if (test["op"].get<std::string>().starts_with(op))
            found.push_back(test);
    return found;
}

Int8s int8s(const Json &values)
{
    return values.get<Int8s>();
}

Int8s allInt8()
{
    Int8s values(256);
    std::iota(values.begin(), values.end(), std::int8_t(-128));
    return values;
}

Quantization at(const Json &test, const char *scale, const char *zero)
{
    return quantization(test[scale].get<double>(), test[zero].get<int>());
}

} // namespace

/// Every case of the reference kernels that concerns an operator of this folder.
class TestKernelGoldens : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ESPALIER_NEEDS_SHARED("golden/tflm_int8_kernels.json"); }
    void add();
    void mul();
    void averagePool();
    void maxPool();
    void mean();
    void softmax();
    void logistic();
    void tanh();
    void leakyRelu();
    void requantize();
    void quantize();
};

void TestKernelGoldens::add()
{
    const auto cases = casesOf("ADD int8");
    QVERIFY(!cases.empty());
    for (const Json &test : cases) {
        const auto n = std::int32_t(test["a"].size());
        OneOperator op(OpKind::add, ArithmeticOptions());
        op.input<std::int8_t>({n}, at(test, "s1", "z1")).input<std::int8_t>({n}, at(test, "s2", "z2"));
        op.output<std::int8_t>({n}, at(test, "so", "zo"));
        QCOMPARE(op.run<std::int8_t>(1, 0, int8s(test["a"]), int8s(test["b"])), int8s(test["y"]));
    }
}

void TestKernelGoldens::mul()
{
    const auto cases = casesOf("MUL int8");
    QVERIFY(!cases.empty());
    for (const Json &test : cases) {
        const auto n = std::int32_t(test["a"].size());
        OneOperator op(OpKind::mul, ArithmeticOptions());
        op.input<std::int8_t>({n}, at(test, "s1", "z1")).input<std::int8_t>({n}, at(test, "s2", "z2"));
        op.output<std::int8_t>({n}, at(test, "so", "zo"));
        QCOMPARE(op.run<std::int8_t>(1, 0, int8s(test["a"]), int8s(test["b"])), int8s(test["y"]));
    }
}

namespace {

/// The goldens pad 4×4 by one cell on each side; that is how SAME pads 5×5, whose first outputs do not see its last
/// row.
Int8s poolOf(OpKind kind, const Int8s &x)
{
    Int8s wide(5 * 5 * 2, 99);
    for (int row = 0; row < 4; ++row)
        std::copy_n(x.begin() + row * 8, 8, wide.begin() + row * 10);
    OneOperator op(kind, Pool2DOptions{Padding::same, 2, 2, 3, 3, Activation::none});
    op.input<std::int8_t>({1, 5, 5, 2}, quantization(0.5, 3)).output<std::int8_t>({1, 3, 3, 2}, quantization(0.5, 3));
    const Int8s all = op.run<std::int8_t>(1, 0, wide);
    Int8s found;
    for (const int cell : {0, 1, 3, 4})
        found.insert(found.end(), {all[std::size_t(cell) * 2], all[std::size_t(cell) * 2 + 1]});
    return found;
}

} // namespace

void TestKernelGoldens::averagePool()
{
    const auto cases = casesOf("AVERAGE_POOL_2D");
    QVERIFY(!cases.empty());
    for (const Json &test : cases)
        QCOMPARE(poolOf(OpKind::averagePool2D, int8s(test["x"])), int8s(test["y"]));
}

void TestKernelGoldens::maxPool()
{
    const auto cases = casesOf("MAX_POOL_2D");
    QVERIFY(!cases.empty());
    for (const Json &test : cases)
        QCOMPARE(poolOf(OpKind::maxPool2D, int8s(test["x"])), int8s(test["y"]));
}

void TestKernelGoldens::mean()
{
    const auto cases = casesOf("MEAN int8");
    QVERIFY(!cases.empty());
    for (const Json &test : cases) {
        OneOperator op(OpKind::mean, ReduceOptions{true});
        op.input<std::int8_t>({1, 4, 4, 2}, at(test, "si", "zi")).constant<std::int32_t>({2}, {1, 2});
        op.output<std::int8_t>({1, 1, 1, 2}, at(test, "so", "zo"));
        QCOMPARE(op.run<std::int8_t>(1, 0, int8s(test["x"])), int8s(test["y"]));
    }
}

void TestKernelGoldens::softmax()
{
    const auto cases = casesOf("SOFTMAX int8");
    QVERIFY(cases.size() >= 3);
    for (const Json &test : cases) {
        const auto shape = test["in_shape"].get<Shape>();
        OneOperator op(OpKind::softmax, SoftmaxOptions{1});
        op.input<std::int8_t>(shape, quantization(test["input_scale"].get<double>(), 0));
        op.output<std::int8_t>(shape, quantization(1.0 / 256, -128));
        QCOMPARE(op.run<std::int8_t>(1, 0, int8s(test["x"])), int8s(test["y"]));
    }
}

void TestKernelGoldens::logistic()
{
    const auto cases = casesOf("LOGISTIC int8");
    QVERIFY(cases.size() >= 2);
    for (const Json &test : cases) {
        OneOperator op(OpKind::logistic);
        op.input<std::int8_t>({256}, at(test, "input_scale", "input_zp"));
        op.output<std::int8_t>({256}, quantization(1.0 / 256, -128));
        QCOMPARE(op.run<std::int8_t>(1, 0, allInt8()), int8s(test["y"]));
    }
}

void TestKernelGoldens::tanh()
{
    const auto cases = casesOf("TANH int8");
    QVERIFY(cases.size() >= 2);
    for (const Json &test : cases) {
        OneOperator op(OpKind::tanh);
        op.input<std::int8_t>({256}, at(test, "input_scale", "input_zp"));
        op.output<std::int8_t>({256}, quantization(1.0 / 128, 0));
        QCOMPARE(op.run<std::int8_t>(1, 0, allInt8()), int8s(test["y"]));
    }
}

void TestKernelGoldens::leakyRelu()
{
    const auto cases = casesOf("LEAKY_RELU int8");
    QVERIFY(!cases.empty());
    for (const Json &test : cases) {
        OneOperator op(OpKind::leakyRelu, LeakyReluOptions{0.1f});
        op.input<std::int8_t>({256}, at(test, "si", "zi")).output<std::int8_t>({256}, at(test, "so", "zo"));
        QCOMPARE(op.run<std::int8_t>(1, 0, allInt8()), int8s(test["y"]));
    }
}

void TestKernelGoldens::requantize()
{
    const auto cases = casesOf("QUANTIZE int8->int8");
    QVERIFY(!cases.empty());
    for (const Json &test : cases) {
        OneOperator op(OpKind::quantize);
        op.input<std::int8_t>({256}, at(test, "si", "zi")).output<std::int8_t>({256}, at(test, "so", "zo"));
        QCOMPARE(op.run<std::int8_t>(1, 0, allInt8()), int8s(test["y"]));
    }
}

void TestKernelGoldens::quantize()
{
    const auto cases = casesOf("QUANTIZE float->int8");
    QVERIFY(!cases.empty());
    for (const Json &test : cases) {
        const auto x = test["x"].get<std::vector<float>>();
        const auto n = std::int32_t(x.size());
        OneOperator op(OpKind::quantize);
        op.input<float>({n}).output<std::int8_t>({n}, at(test, "scale", "zp"));
        QCOMPARE(op.run<std::int8_t>(1, 0, x), int8s(test["y"]));
    }
}

QTEST_APPLESS_MAIN(TestKernelGoldens)
#include "tst_kernelgoldens.moc"
