// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/quantizedmultiplier.h"
#include "support/shareddata.h"

#include <espalier/elementwise.h>
#include <espalier/fixedpoint.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <random>

using namespace espalier;

namespace {

nlohmann::json goldenCases()
{
    std::ifstream file(sharedFolder() / "golden/tflm_int8_kernels.json");
    return nlohmann::json::parse(file)["cases"];
}

double realOf(const nlohmann::json &number)
{
    return number.is_string() ? std::numeric_limits<double>::infinity() : number.get<double>();
}

} // namespace

class TestFixedPoint : public QObject
{
    Q_OBJECT

private slots:
    void multipliersEqualTheReference();
    void productsEqualTheReference();
    void doublingHighMulTruncatesAfterANudge();
    void roundingGoesAwayFromZero();
    void hugeFactorsAreRefused();
    void exponentialIsClose();
    void logisticAndTanhAreClose();
    void reciprocalIsClose();
    void hardSwishIsClose();
};

void TestFixedPoint::multipliersEqualTheReference()
{
    ESPALIER_NEEDS_SHARED("golden/tflm_int8_kernels.json");
    int checked = 0;
    for (const auto &test : goldenCases()) {
        if (test["op"] != "QuantizeMultiplier")
            continue;
        for (std::size_t i = 0; i < test["real"].size(); ++i, ++checked) {
            const auto ours = quantizeMultiplier(realOf(test["real"][i]));
            QCOMPARE(ours.multiplier, test["multiplier"][i].get<int>());
            QCOMPARE(ours.shift, test["shift"][i].get<int>());
        }
    }
    QVERIFY(checked > 10);
}

void TestFixedPoint::productsEqualTheReference()
{
    ESPALIER_NEEDS_SHARED("golden/tflm_int8_kernels.json");
    int checked = 0;
    for (const auto &test : goldenCases()) {
        if (test["op"] != "MultiplyByQuantizedMultiplier")
            continue;
        for (std::size_t i = 0; i < test["x"].size(); ++i, ++checked)
            QCOMPARE(rt::multiplyByQuantizedMultiplier(test["x"][i].get<int>(), test["multiplier"][i].get<int>(),
                                                       test["shift"][i].get<int>()),
                     test["y"][i].get<int>());
    }
    QVERIFY(checked > 300);
}

void TestFixedPoint::doublingHighMulTruncatesAfterANudge()
{
    // The published definition: a nudge of the product's sign, then a division that truncates.
    const auto published = [](std::int64_t product, int bits) {
        const std::int64_t half = std::int64_t(1) << (bits - 1);
        return (product + (product >= 0 ? half : 1 - half)) / (half * 2);
    };
    std::mt19937 random(3);
    for (int i = 0; i < 200000; ++i) {
        const auto a = std::int32_t(random()), b = std::int32_t(random()) >> (i % 31);
        QCOMPARE(std::int64_t(rt::saturatingRoundingDoublingHighMul(a, b)), published(std::int64_t(a) * b, 31));
        // Exact ties of either sign.
        const auto odd = std::int32_t((random() >> 2) * 2 + 1) * (i % 2 == 0 ? 1 : -1);
        QCOMPARE(std::int64_t(rt::saturatingRoundingDoublingHighMul(odd, 1 << 30)),
                 published(std::int64_t(odd) * (1 << 30), 31));
        const auto c = std::int16_t(random()), d = std::int16_t(i % 5 == 0 ? 1 << 14 : random());
        if (c != INT16_MIN || d != INT16_MIN)
            QCOMPARE(std::int64_t(rt::saturatingRoundingDoublingHighMul(c, d)), published(std::int64_t(c) * d, 15));
    }
}

void TestFixedPoint::roundingGoesAwayFromZero()
{
    for (int exponent = 0; exponent <= 31; ++exponent)
        for (const std::int64_t x : {0LL, 1LL, -1LL, 2LL, -2LL, 3LL, -3LL, 5LL, -5LL, 1LL << 30, -(1LL << 30),
                                     (1LL << 31) - 1, -(1LL << 31), 6LL, -6LL, 1000001LL, -1000001LL}) {
            const double expected = std::round(std::ldexp(double(x), -exponent));
            QCOMPARE(double(rt::roundingDivideByPowerOfTwo(std::int32_t(x), exponent)), expected);
        }
    QCOMPARE(rt::saturatingRoundingDoublingHighMul(INT32_MIN, INT32_MIN), INT32_MAX);
    QCOMPARE(rt::saturatingRoundingDoublingHighMul(std::int16_t(INT16_MIN), std::int16_t(INT16_MIN)), INT16_MAX);
    QCOMPARE(rt::countLeadingZeros(0), 32);
    QCOMPARE(rt::countLeadingZeros(1), 31);
    QCOMPARE(rt::roundedMean(-7, 2), -4);
    QCOMPARE(rt::roundedMean(7, 2), 4);
    QCOMPARE(rt::roundedMean(0, 9), 0);
    QCOMPARE(rt::saturatingMultiplyByPowerOfTwo(INT32_MAX / 2, 2), INT32_MAX);
    QCOMPARE(rt::saturatingMultiplyByPowerOfTwo(INT32_MIN / 2, 2), INT32_MIN);
    QCOMPARE(rt::saturatingMultiplyByPowerOfTwo(-3, 4), -48);
}

void TestFixedPoint::hugeFactorsAreRefused()
{
    QVERIFY(checkedMultiplier(1e9).has_value());
    QVERIFY(checkedMultiplier(0).has_value());
    QVERIFY(!checkedMultiplier(3e9));
    QVERIFY(!checkedMultiplier(-0.5));
    QVERIFY(!checkedMultiplier(std::numeric_limits<double>::infinity()));
    QVERIFY(!checkedMultiplier(std::numeric_limits<double>::quiet_NaN()));
    QVERIFY(checkedMultiplier(2147483646.9)->shift <= 31);
}

void TestFixedPoint::exponentialIsClose()
{
    double worst = 0;
    for (std::int64_t raw = -(1LL << 31); raw <= 0; raw += 99991) {
        const double exact = std::exp(std::ldexp(double(raw), -26));
        const double ours = std::ldexp(double(rt::expOnNegativeValues<5>(std::int32_t(raw))), -31);
        worst = std::max(worst, std::abs(ours - exact));
    }
    QVERIFY2(worst < 5e-7, qPrintable(QString::number(worst)));
    QCOMPARE(rt::expOnNegativeValues<5>(0), INT32_MAX);
}

void TestFixedPoint::logisticAndTanhAreClose()
{
    double worstLogistic = 0, worstTanh = 0;
    for (std::int64_t raw = -(1LL << 31); raw < (1LL << 31); raw += 99991) {
        const double x = std::ldexp(double(raw), -27);
        worstLogistic = std::max(worstLogistic, std::abs(std::ldexp(double(rt::logistic<4>(std::int32_t(raw))), -31) -
                                                         1 / (1 + std::exp(-x))));
        worstTanh =
            std::max(worstTanh, std::abs(std::ldexp(double(rt::tanh<4>(std::int32_t(raw))), -31) - std::tanh(x)));
    }
    QVERIFY2(worstLogistic < 5e-7, qPrintable(QString::number(worstLogistic)));
    QVERIFY2(worstTanh < 1e-6, qPrintable(QString::number(worstTanh)));
}

void TestFixedPoint::reciprocalIsClose()
{
    for (std::int64_t raw = 1; raw < (1LL << 31); raw += raw / 50 + 1) {
        int bitsOverUnit = 0;
        const double ours = std::ldexp(double(rt::reciprocal(std::int32_t(raw), 12, bitsOverUnit)), -31);
        const double exact = 1 / std::ldexp(double(raw), -19);
        QVERIFY(std::abs(std::ldexp(ours, -bitsOverUnit) / exact - 1) < 1e-8);
    }
}

void TestFixedPoint::hardSwishIsClose()
{
    // Scale 1/16 in and out: the parameters by hand, from the definition.
    const auto output = quantizeMultiplier(1.0 / 128);
    const auto gate = quantizeMultiplier((1.0 / 128 / 16) / (3.0 / 32768));
    const auto reduced = [](std::int32_t multiplier) { return std::int16_t((std::int64_t(multiplier) + 32768) >> 16); };
    rt::HardSwishParameters p{0,    0,  reduced(output.multiplier), output.shift, reduced(gate.multiplier), gate.shift,
                              -128, 127};
    for (int x = -128; x < 128; ++x) {
        const double real = x / 16.0;
        const double exact = real * std::min(6.0, std::max(0.0, real + 3)) / 6 * 16;
        QVERIFY(std::abs(rt::hardSwish(x, p) - exact) <= 1);
    }
}

QTEST_APPLESS_MAIN(TestFixedPoint)
#include "tst_fixedpoint.moc"
