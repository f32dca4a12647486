// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <espalier/floatmath.h>

#include <QtTest>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

using namespace espalier;

namespace {

/// The distance from the exact value in units in the last place of the float nearest to it.
double ulps(float ours, double exact)
{
    if (double(ours) == exact)
        return 0;
    const float nearest = float(exact);
    const double unit = std::ldexp(1.0, std::max(std::ilogb(nearest == 0 ? 1e-45f : nearest), -126) - 23);
    return std::abs(double(ours) - exact) / unit;
}

template <class Ours, class Exact>
double worst(Ours ours, Exact exact, float from, float to, float &where)
{
    double most = 0;
    const float step = (to - from) / 400000;
    for (int i = 0; i <= 400000; ++i) {
        const float x = from + float(i) * step;
        const double error = ulps(ours(x), exact(double(x)));
        if (error > most) {
            most = error;
            where = x;
        }
    }
    return most;
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

} // namespace

class TestFloatMath : public QObject
{
    Q_OBJECT

private slots:
    void expIsAccurate();
    void logisticIsAccurate();
    void tanhIsAccurate();
    void edgesAreRight();
    void roundToIntTiesAwayFromZero();
    void softFmaEqualsHardware();
};

void TestFloatMath::expIsAccurate()
{
    float where = 0;
    const auto exact = [](double x) { return std::exp(x); };
    for (const auto &[from, to] : {std::pair{-1.0f, 1.0f}, {-87.3f, 88.7f}, {-0.01f, 0.01f}}) {
        const double most = worst([](float x) { return rt::exp(x); }, exact, from, to, where);
        QVERIFY2(most < 1.1, qPrintable(QStringLiteral("%1 ulp at %2").arg(most).arg(where)));
    }
    const double denormal = worst([](float x) { return rt::exp(x); }, exact, -103.9f, -87.3f, where);
    QVERIFY2(denormal < 1.0, qPrintable(QStringLiteral("%1 ulp at %2").arg(denormal).arg(where)));
}

void TestFloatMath::logisticIsAccurate()
{
    float where = 0;
    const auto exact = [](double x) { return 1 / (1 + std::exp(-x)); };
    for (const auto &[from, to] : {std::pair{-1.0f, 1.0f}, {-20.0f, 20.0f}, {-87.0f, 89.0f}}) {
        const double most = worst([](float x) { return rt::logistic(x); }, exact, from, to, where);
        QVERIFY2(most < 2.5, qPrintable(QStringLiteral("%1 ulp at %2").arg(most).arg(where)));
    }
}

void TestFloatMath::tanhIsAccurate()
{
    float where = 0;
    const auto exact = [](double x) { return std::tanh(x); };
    for (const auto &[from, to] : {std::pair{-0.001f, 0.001f}, {-1.0f, 1.0f}, {-12.0f, 12.0f}}) {
        const double most = worst([](float x) { return rt::tanh(x); }, exact, from, to, where);
        QVERIFY2(most < 2.0, qPrintable(QStringLiteral("%1 ulp at %2").arg(most).arg(where)));
    }
}

void TestFloatMath::edgesAreRight()
{
    QCOMPARE(rt::exp(0.0f), 1.0f);
    QCOMPARE(rt::exp(-infinity), 0.0f);
    QCOMPARE(rt::exp(infinity), infinity);
    QCOMPARE(rt::exp(88.8f), infinity);
    QCOMPARE(rt::exp(-104.5f), 0.0f);
    QVERIFY(std::isnan(rt::exp(notANumber)));
    QCOMPARE(rt::logistic(0.0f), 0.5f);
    QCOMPARE(rt::logistic(infinity), 1.0f);
    QCOMPARE(rt::logistic(-infinity), 0.0f);
    QVERIFY(std::isnan(rt::logistic(notANumber)));
    QCOMPARE(rt::tanh(infinity), 1.0f);
    QCOMPARE(rt::tanh(-infinity), -1.0f);
    QVERIFY(std::isnan(rt::tanh(notANumber)));
    QVERIFY(std::signbit(rt::tanh(-0.0f)));
    QCOMPARE(rt::tanh(1e-30f), 1e-30f);
}

void TestFloatMath::roundToIntTiesAwayFromZero()
{
    std::mt19937 random(7);
    for (int i = 0; i < 200000; ++i) {
        const float x = std::bit_cast<float>(std::uint32_t(random()));
        if (std::abs(x) < 1073741824.0f)
            QCOMPARE(rt::roundToInt(x), int(std::round(x)));
    }
    for (int i = -20; i <= 20; ++i)
        QCOMPARE(rt::roundToInt(float(i) / 2), int(std::round(float(i) / 2)));
    QCOMPARE(rt::roundToInt(std::nextafter(0.5f, 0.0f)), 0);
    QCOMPARE(rt::roundToInt(notANumber), 0);
    QCOMPARE(rt::roundToInt(infinity), 1 << 30);
    QCOMPARE(rt::roundToInt(-infinity), -(1 << 30));
}

void TestFloatMath::softFmaEqualsHardware()
{
    std::mt19937 random(11);
    const auto compare = [](float a, float b, float c) {
        const float exact = std::fma(a, b, c), ours = rt::softFma(a, b, c);
        return std::isnan(exact) ? std::isnan(ours)
                                 : std::bit_cast<std::uint32_t>(exact) == std::bit_cast<std::uint32_t>(ours);
    };
    const auto text = [](float a, float b, float c) {
        return QStringLiteral("fma(%1, %2, %3)")
            .arg(double(a), 0, 'g', 9)
            .arg(double(b), 0, 'g', 9)
            .arg(double(c), 0, 'g', 9);
    };
    const auto bits = [](std::uint32_t value) { return std::bit_cast<float>(value); };
    for (int i = 0; i < 250000; ++i) {
        // Any bits; then exponents near each other, where cancellation and ties are; then denormal results.
        const float a = bits(random()), b = bits(random()), c = bits(random());
        QVERIFY2(compare(a, b, c), qPrintable(text(a, b, c)));
        const float x = bits((random() & 0x807fffff) | (120 + random() % 16) << 23);
        const float y = bits((random() & 0x807ff000) | (120 + random() % 16) << 23);
        const float z = i % 3 == 0 ? -x * y : bits((random() & 0x807fffff) | (104 + random() % 48) << 23);
        QVERIFY2(compare(x, y, z), qPrintable(text(x, y, z)));
        const float u = bits((random() & 0x807fffff) | (30 + random() % 8) << 23);
        const float v = bits((random() & 0x807fff00) | (66 + random() % 30) << 23);
        const float w = bits(random() & 0x80ffffff);
        QVERIFY2(compare(u, v, w), qPrintable(text(u, v, w)));
    }
    const float specials[] = {0.0f,  -0.0f,  1.0f,     -1.0f,     1e-45f,    -1e-45f,
                              3e38f, -3e38f, infinity, -infinity, notANumber};
    for (const float a : specials)
        for (const float b : specials)
            for (const float c : specials)
                QVERIFY2(compare(a, b, c), qPrintable(text(a, b, c)));
}

QTEST_APPLESS_MAIN(TestFloatMath)
#include "tst_floatmath.moc"
