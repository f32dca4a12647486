// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/quantizedparameters.h"
#include "oneoperator.h"

#include <espalier/elementwise.h>

#include <QtTest>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

using namespace espalier;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

template <class T>
std::vector<T> allBytes()
{
    std::vector<T> values(256);
    std::iota(values.begin(), values.end(), std::numeric_limits<T>::min());
    return values;
}

Tensor int8Tensor(const Quantization &q)
{
    Tensor tensor;
    tensor.type = DType::int8;
    tensor.quantization = q;
    return tensor;
}

/// The shared scalar formula, to the bit.
void sumsEqualTheFormula(OpKind kind, const std::vector<std::int8_t> &a, const std::vector<std::int8_t> &b,
                         const std::vector<std::int8_t> &y, const Quantization &qa, const Quantization &qb,
                         const Quantization &qo)
{
    const bool isAdd = kind == OpKind::add;
    const auto p = isAdd ? addParameters(int8Tensor(qa), int8Tensor(qb), int8Tensor(qo), Activation::none)
                         : subtractParameters(int8Tensor(qa), int8Tensor(qb), int8Tensor(qo), Activation::none);
    for (std::size_t i = 0; i < a.size(); ++i)
        QCOMPARE(int(y[i]), isAdd ? rt::add(a[i], b[i], *p) : rt::subtract(a[i], b[i], *p));
}

/// Every byte through a quantized operator, against the real function: at most `steps` off after clamping. Rounding
/// twice, as the reference does, costs up to three quarters of a step.
template <class T>
void compareWithReal(const OneOperator &op, Quantization in, Quantization out, double steps,
                     const std::function<double(double)> &function)
{
    const std::vector<T> x = allBytes<T>();
    const std::vector<T> y = op.run<T>(1, 0, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double real = function(double(in.scale[0]) * double(x[i] - in.zeroPoint[0]));
        const double exact = std::clamp(real / double(out.scale[0]) + double(out.zeroPoint[0]),
                                        double(std::numeric_limits<T>::min()), double(std::numeric_limits<T>::max()));
        QVERIFY2(std::abs(y[i] - exact) <= steps,
                 qPrintable(QStringLiteral("%1 gives %2, exactly %3").arg(int(x[i])).arg(int(y[i])).arg(exact)));
    }
}

template <class In, class Out>
void requantizes()
{
    const int zeroIn = sizeof(In) == 1 ? 7 : 0, zeroOut = sizeof(Out) == 1 ? 5 : 0;
    OneOperator op(OpKind::quantize);
    op.input<In>({300}, quantization(0.04, zeroIn)).template output<Out>({300}, quantization(0.03, zeroOut));
    std::vector<In> x(300);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = In(int(i) - 150);
    const auto y = op.run<Out>(1, 0, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = (double(x[i]) - zeroIn) * double(0.04f) / double(0.03f) + zeroOut;
        const double bounded =
            std::clamp(exact, double(std::numeric_limits<Out>::min()), double(std::numeric_limits<Out>::max()));
        QVERIFY(std::abs(double(y[i]) - bounded) <= 0.76);
    }
}

std::vector<float> randomFloats(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<float> values(count);
    for (float &value : values)
        value = float(random()) / float(1u << 29) - 4.0f;
    return values;
}

} // namespace

class TestElementwise : public QObject
{
    Q_OBJECT

private slots:
    void unaryBytesFollowTheRealFunction_data();
    void unaryBytesFollowTheRealFunction();
    void relu6KeepsRawValues();
    void unaryFloats();
    void quantizeSaturates();
    void requantizeBetweenAllTypes();
    void dequantize();
    void everyHalfIsExact();
    void broadcastingEqualsBruteForce_data();
    void broadcastingEqualsBruteForce();
    void fusedActivations();
    void quantizedSumsFollowRealNumbers();
    void sumsOfUnequalScalesEqualTheFormula();
    void preluFollowsRealNumbers();
    void constantOperandsServeEveryImage();
    void softmaxRows();
    void integersWrap();
};

void TestElementwise::unaryBytesFollowTheRealFunction_data()
{
    QTest::addColumn<double>("scale");
    QTest::addColumn<int>("zero");
    for (const auto &[scale, zero] : {std::pair{0.05, 4}, {0.25, 0}, {0.011, -100}, {0.09, 127}})
        QTest::addRow("scale %g zero %d", scale, zero) << scale << zero;
}

void TestElementwise::unaryBytesFollowTheRealFunction()
{
    QFETCH(double, scale);
    QFETCH(int, zero);
    const auto both = [&](OpKind kind, OpOptions options, double outScale, int outZero, double steps,
                          const std::function<double(double)> &function) {
        const Quantization in = quantization(scale, zero), out = quantization(outScale, outZero);
        OneOperator asInt8(kind, options), asUint8(kind, options);
        asInt8.input<std::int8_t>({256}, in).output<std::int8_t>({256}, out);
        compareWithReal<std::int8_t>(asInt8, in, out, steps, function);
        const Quantization in8 = quantization(scale, zero + 128), out8 = quantization(outScale, outZero + 128);
        asUint8.input<std::uint8_t>({256}, in8).output<std::uint8_t>({256}, out8);
        compareWithReal<std::uint8_t>(asUint8, in8, out8, steps, function);
    };
    both(OpKind::logistic, {}, 1.0 / 256, -128, 0.6, [](double x) { return 1 / (1 + std::exp(-x)); });
    both(OpKind::tanh, {}, 1.0 / 128, 0, 0.6, [](double x) { return std::tanh(x); });
    both(OpKind::hardSwish, {}, scale * 0.8, -90, 1.1,
         [](double x) { return x * std::min(6.0, std::max(0.0, x + 3)) / 6; });
    both(OpKind::relu, {}, scale * 0.7, -128, 0.76, [](double x) { return std::max(0.0, x); });
    const auto clamped = [](double x) { return std::clamp(x, 0.0, 6.0); };
    both(OpKind::relu6, {}, scale, zero, 0.51, clamped);
    const Quantization in8 = quantization(scale, zero + 128), out8 = quantization(6.0 / 255, 0);
    OneOperator rescaling(OpKind::relu6, {});
    rescaling.input<std::uint8_t>({256}, in8).output<std::uint8_t>({256}, out8);
    compareWithReal<std::uint8_t>(rescaling, in8, out8, 0.76, clamped);
    both(OpKind::leakyRelu, LeakyReluOptions{0.2f}, scale * 1.3, 10, 0.76,
         [](double x) { return x > 0 ? x : 0.2 * x; });
    both(OpKind::leakyRelu, LeakyReluOptions{-0.3f}, scale * 1.3, 10, 0.76,
         [](double x) { return x > 0 ? x : -0.3 * x; });
    both(OpKind::quantize, {}, scale * 0.31, -7, 0.76, [](double x) { return x; });
}

void TestElementwise::relu6KeepsRawValues()
{
    // As TFLite Micro's int8 kernel: whatever the output's scale, values are clamped between the input's 0 and 6.
    OneOperator op(OpKind::relu6, {});
    op.input<std::int8_t>({5}, quantization(0.1, -20)).output<std::int8_t>({5}, quantization(6.0 / 255, -128));
    QCOMPARE(op.run<std::int8_t>(1, 0, std::vector<std::int8_t>{-128, -20, 7, 40, 127}),
             (std::vector<std::int8_t>{-20, -20, 7, 40, 40}));
}

void TestElementwise::unaryFloats()
{
    std::vector<float> x = randomFloats(777, 1);
    x.insert(x.end(), {0.0f, -0.0f, infinity, -infinity, 100.0f, -100.0f});
    const auto n = std::int32_t(x.size());
    const auto compare = [&](OpKind kind, OpOptions options, const std::function<float(float)> &function,
                             double error) {
        OneOperator op(kind, options);
        op.input<float>({n}).output<float>({n});
        const auto y = op.run<float>(1, 0, x);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const float expected = function(x[i]);
            QVERIFY2(y[i] == expected || std::abs(y[i] - expected) <= error * std::abs(expected),
                     qPrintable(QStringLiteral("%1: %2, not %3").arg(x[i]).arg(y[i]).arg(expected)));
        }
    };
    compare(
        OpKind::relu, {}, [](float v) { return std::max(0.0f, v); }, 0);
    compare(
        OpKind::relu6, {}, [](float v) { return std::clamp(v, 0.0f, 6.0f); }, 0);
    compare(
        OpKind::leakyRelu, LeakyReluOptions{0.1f}, [](float v) { return v > 0 ? v : 0.1f * v; }, 0);
    compare(
        OpKind::logistic, {}, [](float v) { return float(1 / (1 + std::exp(-double(v)))); }, 3e-7);
    compare(
        OpKind::tanh, {}, [](float v) { return float(std::tanh(double(v))); }, 3e-7);
    x.erase(x.end() - 4); // infinity times zero is no number on either side
    x.erase(x.end() - 3);
    OneOperator op(OpKind::hardSwish);
    op.input<float>({n - 2}).output<float>({n - 2});
    const auto y = op.run<float>(1, 0, x);
    for (std::size_t i = 0; i < x.size(); ++i)
        QVERIFY(std::abs(y[i] - x[i] * std::clamp(x[i] + 3, 0.0f, 6.0f) / 6) <= 1e-6f * std::abs(y[i]));
}

void TestElementwise::quantizeSaturates()
{
    const std::vector<float> x = {0, 1e30f, -1e30f, infinity, -infinity, notANumber, 0.5f, -0.5f, 126.5f};
    const auto n = std::int32_t(x.size());
    OneOperator bytes(OpKind::quantize), words(OpKind::quantize);
    bytes.input<float>({n}).output<std::int8_t>({n}, quantization(1, 1));
    QCOMPARE(bytes.run<std::int8_t>(1, 0, x), (std::vector<std::int8_t>{1, 127, -128, 127, -128, 1, 2, 0, 127}));
    words.input<float>({n}).output<std::int16_t>({n}, quantization(1, 0));
    QCOMPARE(words.run<std::int16_t>(1, 0, x),
             (std::vector<std::int16_t>{0, 32767, -32768, 32767, -32768, 0, 1, -1, 127}));
}

void TestElementwise::requantizeBetweenAllTypes()
{
    const auto from = []<class In>(In) {
        requantizes<In, std::int8_t>();
        requantizes<In, std::uint8_t>();
        requantizes<In, std::int16_t>();
        requantizes<In, std::int32_t>();
    };
    from(std::int8_t());
    from(std::uint8_t());
    from(std::int16_t());
    from(std::int32_t());
}

void TestElementwise::dequantize()
{
    OneOperator op(OpKind::dequantize);
    op.input<std::uint8_t>({256}, quantization(0.1, 128)).output<float>({256});
    const auto y = op.run<float>(1, 0, allBytes<std::uint8_t>());
    for (int i = 0; i < 256; ++i)
        QCOMPARE(y[std::size_t(i)], float(double(0.1f) * (i - 128)));

    const Quantization perChannel{{0.5f, 0.25f}, {1, -1}, 1, {}, {}};
    OneOperator weights(OpKind::dequantize);
    weights.constant<std::int8_t>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}, perChannel).output<float>({2, 2, 2});
    QCOMPARE(weights.run<float>(1, 0), (std::vector<float>{0, 0.5f, 1, 1.25f, 2, 2.5f, 2, 2.25f}));
}

void TestElementwise::everyHalfIsExact()
{
    std::vector<std::uint16_t> x(65536);
    std::iota(x.begin(), x.end(), std::uint16_t(0));
    OneOperator op(OpKind::dequantize);
    op.input<std::uint16_t>({65536}).output<float>({65536});
    const auto y = op.run<float>(1, 0, x);
    for (int bits = 0; bits < 65536; ++bits) {
        const int exponent = bits >> 10 & 31, fraction = bits & 1023;
        const double sign = bits & 0x8000 ? -1 : 1;
        const float value = y[std::size_t(bits)];
        if (exponent == 31 && fraction != 0)
            QVERIFY(std::isnan(value));
        else if (exponent == 31)
            QCOMPARE(value, float(sign) * infinity);
        else
            QCOMPARE(double(value),
                     sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25)));
    }
}

void TestElementwise::broadcastingEqualsBruteForce_data()
{
    QTest::addColumn<QList<int>>("a");
    QTest::addColumn<QList<int>>("b");
    QTest::newRow("equal") << QList<int>{2, 3, 4} << QList<int>{2, 3, 4};
    QTest::newRow("channel") << QList<int>{2, 3, 40} << QList<int>{40};
    QTest::newRow("scalar") << QList<int>{2, 3, 40} << QList<int>{};
    QTest::newRow("one") << QList<int>{1} << QList<int>{5, 7};
    QTest::newRow("both ways") << QList<int>{3, 1, 5} << QList<int>{1, 4, 1};
    QTest::newRow("middle") << QList<int>{2, 1, 3, 4} << QList<int>{2, 5, 3, 1};
    QTest::newRow("spatial") << QList<int>{1, 4, 4, 8} << QList<int>{1, 1, 1, 8};
    QTest::newRow("gate") << QList<int>{1, 4, 4, 8} << QList<int>{1, 4, 4, 1};
    QTest::newRow("rank 6") << QList<int>{2, 1, 2, 1, 2, 3} << QList<int>{2, 3, 1, 2, 2, 1};
}

void TestElementwise::broadcastingEqualsBruteForce()
{
    QFETCH(QList<int>, a);
    QFETCH(QList<int>, b);
    const Shape shapeA(a.begin(), a.end()), shapeB(b.begin(), b.end());
    Shape shape(std::max(shapeA.size(), shapeB.size()));
    const auto extent = [&](const Shape &s, std::size_t i) {
        const std::size_t missing = shape.size() - s.size();
        return i < missing ? 1 : s[i - missing];
    };
    for (std::size_t i = 0; i < shape.size(); ++i)
        shape[i] = std::max(extent(shapeA, i), extent(shapeB, i));

    constexpr int batch = 3;
    const std::size_t countA = elementCount(shapeA), countB = elementCount(shapeB), count = elementCount(shape);
    const auto x = randomFloats(countA * batch, 2), y = randomFloats(countB * batch, 3);
    const auto placeOf = [&](const Shape &s, std::size_t flat) {
        std::size_t place = 0, stride = 1;
        for (std::size_t i = shape.size(); i-- > 0;) {
            const std::size_t index = flat % std::size_t(shape[i]);
            flat /= std::size_t(shape[i]);
            place += extent(s, i) == 1 ? 0 : index * stride;
            stride *= std::size_t(extent(s, i));
        }
        return place;
    };
    const std::pair<OpKind, std::function<float(float, float)>> operators[] = {
        {OpKind::add, [](float p, float q) { return p + q; }},
        {OpKind::sub, [](float p, float q) { return p - q; }},
        {OpKind::mul, [](float p, float q) { return p * q; }},
        {OpKind::maximum, [](float p, float q) { return std::max(p, q); }},
        {OpKind::minimum, [](float p, float q) { return std::min(p, q); }},
    };
    for (const auto &[kind, function] : operators) {
        OneOperator op(kind, kind == OpKind::maximum || kind == OpKind::minimum ? OpOptions() : ArithmeticOptions());
        op.input<float>(shapeA).input<float>(shapeB).output<float>(shape);
        const auto result = op.run<float>(batch, 0, x, y);
        for (std::size_t image = 0; image < batch; ++image)
            for (std::size_t i = 0; i < count; ++i)
                QCOMPARE(result[image * count + i],
                         function(x[image * countA + placeOf(shapeA, i)], y[image * countB + placeOf(shapeB, i)]));
    }
}

void TestElementwise::fusedActivations()
{
    const std::vector<float> x = {-9, -0.5f, 0.5f, 9};
    const auto with = [&](Activation activation) {
        OneOperator op(OpKind::add, ArithmeticOptions{activation, true});
        op.input<float>({4}).constant<float>({1}, {0}).output<float>({4});
        return op.run<float>(1, 0, x);
    };
    QCOMPARE(with(Activation::none), x);
    QCOMPARE(with(Activation::relu), (std::vector<float>{0, 0, 0.5f, 9}));
    QCOMPARE(with(Activation::relu6), (std::vector<float>{0, 0, 0.5f, 6}));
    QCOMPARE(with(Activation::reluN1To1), (std::vector<float>{-1, -0.5f, 0.5f, 1}));

    OneOperator op(OpKind::mul, ArithmeticOptions{Activation::relu6, true});
    op.input<std::int8_t>({4}, quantization(0.1, 0)).constant<std::int8_t>({1}, {100}, quantization(0.01, 0));
    op.output<std::int8_t>({4}, quantization(0.1, -20));
    QCOMPARE(op.run<std::int8_t>(1, 0, std::vector<std::int8_t>{-100, -1, 10, 100}),
             (std::vector<std::int8_t>{-20, -20, -10, 40}));
}

void TestElementwise::quantizedSumsFollowRealNumbers()
{
    // Every pair of bytes: the scalar formula to the bit (so the vector code changes nothing), real numbers to a step.
    std::vector<std::int8_t> a, b;
    for (int i = 0; i < 65536; ++i) {
        a.push_back(std::int8_t(i >> 8));
        b.push_back(std::int8_t(i));
    }
    const Quantization qa = quantization(0.05, 3), qb = quantization(0.11, -20), qo = quantization(0.09, -5);
    const std::pair<OpKind, std::function<double(double, double)>> operators[] = {
        {OpKind::add, [](double p, double q) { return p + q; }},
        {OpKind::sub, [](double p, double q) { return p - q; }},
        {OpKind::mul, [](double p, double q) { return p * q; }},
    };
    for (const auto &[kind, function] : operators) {
        OneOperator op(kind, ArithmeticOptions());
        op.input<std::int8_t>({65536}, qa).input<std::int8_t>({65536}, qb).output<std::int8_t>({65536}, qo);
        const auto y = op.run<std::int8_t>(1, 0, a, b);
        if (kind != OpKind::mul)
            sumsEqualTheFormula(kind, a, b, y, qa, qb, qo);
        OneOperator words(kind, ArithmeticOptions());
        words.input<std::int16_t>({65536}, quantization(0.05, 0)).input<std::int16_t>({65536}, quantization(0.11, 0));
        words.output<std::int16_t>({65536}, quantization(0.09, 0));
        const auto y16 = words.run<std::int16_t>(1, 0, std::vector<std::int16_t>(a.begin(), a.end()),
                                                 std::vector<std::int16_t>(b.begin(), b.end()));
        for (std::size_t i = 0; i < a.size(); ++i) {
            const double exact = function(0.05 * (a[i] - 3), 0.11 * (b[i] + 20)) / 0.09 - 5;
            QVERIFY(std::abs(y[i] - std::clamp(exact, -128.0, 127.0)) <= 0.76);
            const double exact16 = function(0.05 * a[i], 0.11 * b[i]) / 0.09;
            QVERIFY(std::abs(y16[i] - exact16) <= 0.76);
        }
    }
}

void TestElementwise::sumsOfUnequalScalesEqualTheFormula()
{
    std::vector<std::int8_t> a, b;
    for (int i = 0; i < 65536; ++i) {
        a.push_back(std::int8_t(i >> 8));
        b.push_back(std::int8_t(i));
    }
    const double scales[][3] = {{1, 1, 1},     {0.5, 1, 4},        {1e-3, 1, 0.5},
                                {1e-9, 1, 1},  {1, 3e-6, 2},       {0.0213, 0.0217, 0.0431},
                                {100, 1, 1e4}, {0.1, 0.1, 0.0001}, {7e-5, 3e-5, 1e-3}};
    for (const auto &[scaleA, scaleB, scaleOut] : scales)
        for (const OpKind kind : {OpKind::add, OpKind::sub}) {
            const Quantization qa = quantization(scaleA, -128), qb = quantization(scaleB, 127),
                               qo = quantization(scaleOut, 0);
            OneOperator op(kind, ArithmeticOptions());
            op.input<std::int8_t>({65536}, qa).input<std::int8_t>({65536}, qb).output<std::int8_t>({65536}, qo);
            sumsEqualTheFormula(kind, a, b, op.run<std::int8_t>(1, 0, a, b), qa, qb, qo);
        }
}

void TestElementwise::preluFollowsRealNumbers()
{
    std::vector<std::int8_t> x, slopes;
    for (int i = 0; i < 65536; ++i)
        x.push_back(std::int8_t(i >> 8));
    for (int i = 0; i < 256; ++i)
        slopes.push_back(std::int8_t(i));
    OneOperator op(OpKind::prelu);
    op.input<std::int8_t>({256, 256}, quantization(0.05, 3))
        .constant<std::int8_t>({256}, slopes, quantization(0.01, 9));
    op.output<std::int8_t>({256, 256}, quantization(0.07, -5));
    const auto y = op.run<std::int8_t>(1, 0, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double real = 0.05 * (x[i] - 3), slope = 0.01 * (slopes[i % 256] - 9);
        const double exact = (real >= 0 ? real : real * slope) / 0.07 - 5;
        QVERIFY(std::abs(y[i] - std::clamp(exact, -128.0, 127.0)) <= 0.76);
    }
    OneOperator floats(OpKind::prelu);
    floats.input<float>({2, 2}).constant<float>({2}, {0.5f, -1}).output<float>({2, 2});
    QCOMPARE(floats.run<float>(1, 0, std::vector<float>{-2, -2, 3, 3}), (std::vector<float>{-1, 2, 3, 3}));
}

void TestElementwise::constantOperandsServeEveryImage()
{
    OneOperator op(OpKind::sub, ArithmeticOptions());
    op.constant<float>({2, 2}, {10, 20, 30, 40}).input<float>({2, 2}).output<float>({2, 2});
    QCOMPARE(op.run<float>(2, 0, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}),
             (std::vector<float>{9, 18, 27, 36, 5, 14, 23, 32}));
    QVERIFY(!(*op.make())->canRunInPlace());

    OneOperator half(OpKind::dequantize);
    half.constant<std::uint16_t>({2}, {0x3c00, 0xc000}).output<float>({2});
    QCOMPARE(half.run<float>(3, 0), (std::vector<float>{1, -2, 1, -2, 1, -2}));
}

void TestElementwise::softmaxRows()
{
    const auto x = randomFloats(7 * 33, 5);
    OneOperator op(OpKind::softmax, SoftmaxOptions{0.7f});
    op.input<float>({7, 33}).output<float>({7, 33});
    const auto y = op.run<float>(1, 0, x);
    for (std::size_t row = 0; row < 7; ++row) {
        double sum = 0;
        for (std::size_t i = 0; i < 33; ++i)
            sum += std::exp(double(0.7f) * double(x[row * 33 + i]));
        for (std::size_t i = 0; i < 33; ++i) {
            const double exact = std::exp(double(0.7f) * double(x[row * 33 + i])) / sum;
            QVERIFY(std::abs(double(y[row * 33 + i]) - exact) < 2e-6 * exact);
        }
    }
    // Rows that do not depend on each other, uint8 as int8 shifted, int16 results finer.
    std::vector<std::int8_t> bytes;
    std::vector<std::uint8_t> shifted;
    for (int i = 0; i < 256; ++i) {
        bytes.push_back(std::int8_t(i * 37));
        shifted.push_back(std::uint8_t(bytes.back() + 128));
    }
    OneOperator signedOp(OpKind::softmax, SoftmaxOptions{1}), unsignedOp(OpKind::softmax, SoftmaxOptions{1}),
        wideOp(OpKind::softmax, SoftmaxOptions{1});
    signedOp.input<std::int8_t>({4, 64}, quantization(0.05, 1))
        .output<std::int8_t>({4, 64}, quantization(1 / 256.0, -128));
    unsignedOp.input<std::uint8_t>({4, 64}, quantization(0.05, 1))
        .output<std::uint8_t>({4, 64}, quantization(1 / 256.0, 0));
    wideOp.input<std::int8_t>({4, 64}, quantization(0.05, 1))
        .output<std::int16_t>({4, 64}, quantization(1 / 65536.0, -32768));
    const auto narrow = signedOp.run<std::int8_t>(1, 0, bytes);
    const auto fromUnsigned = unsignedOp.run<std::uint8_t>(1, 0, shifted);
    const auto wide = wideOp.run<std::int16_t>(1, 0, bytes);
    for (std::size_t i = 0; i < 256; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < 64; ++k)
            sum += std::exp(double(0.05f) * bytes[i / 64 * 64 + k]);
        const double exact = std::exp(double(0.05f) * bytes[i]) / sum;
        QVERIFY(std::abs(narrow[i] + 128 - 256 * exact) < 0.6);
        QVERIFY(std::abs(wide[i] + 32768 - 65536 * exact) < 2);
        QCOMPARE(int(fromUnsigned[i]), narrow[i] + 128);
    }
}

void TestElementwise::integersWrap()
{
    OneOperator op(OpKind::add, ArithmeticOptions());
    op.input<std::int32_t>({2}).constant<std::int32_t>({1}, {2}).output<std::int32_t>({2});
    QCOMPARE(op.run<std::int32_t>(1, 0, std::vector<std::int32_t>{INT32_MAX, -5}),
             (std::vector<std::int32_t>{INT32_MIN + 1, -3}));
    OneOperator product(OpKind::mul, ArithmeticOptions());
    product.input<std::int64_t>({1}).input<std::int64_t>({1}).output<std::int64_t>({1});
    QCOMPARE(product.run<std::int64_t>(1, 0, std::vector<std::int64_t>{-3}, std::vector<std::int64_t>{1LL << 40}),
             (std::vector<std::int64_t>{-3LL * (1LL << 40)}));
}

QTEST_APPLESS_MAIN(TestElementwise)
#include "tst_elementwise.moc"
