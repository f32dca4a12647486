// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oneoperator.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace espalier;

namespace {

struct Case
{
    int height, width, channels, filterH, filterW, strideH, strideW;
    Padding padding;
};

constexpr Case cases[] = {
    {5, 7, 3, 2, 2, 2, 2, Padding::valid}, {5, 7, 3, 3, 3, 2, 2, Padding::same},  {9, 4, 20, 3, 2, 1, 3, Padding::same},
    {6, 6, 1, 6, 6, 1, 1, Padding::valid}, {4, 4, 33, 2, 3, 1, 1, Padding::same}, {3, 3, 2, 5, 5, 1, 1, Padding::same},
    {7, 3, 5, 1, 1, 3, 2, Padding::valid},
};

int outExtent(int in, int filter, int stride, Padding padding)
{
    return padding == Padding::same ? (in + stride - 1) / stride : (in - filter) / stride + 1;
}

int padBefore(int in, int filter, int stride, Padding padding)
{
    const int out = outExtent(in, filter, stride, padding);
    return padding == Padding::same ? std::max((out - 1) * stride + filter - in, 0) / 2 : 0;
}

/// Calls back with the values that each output cell sees.
template <class T, class Function>
void forEachWindow(const Case &c, const std::vector<T> &x, int batch, Function function)
{
    const int outH = outExtent(c.height, c.filterH, c.strideH, c.padding);
    const int outW = outExtent(c.width, c.filterW, c.strideW, c.padding);
    for (int image = 0; image < batch; ++image)
        for (int y = 0; y < outH; ++y)
            for (int column = 0; column < outW; ++column)
                for (int channel = 0; channel < c.channels; ++channel) {
                    std::vector<T> seen;
                    for (int dy = 0; dy < c.filterH; ++dy)
                        for (int dx = 0; dx < c.filterW; ++dx) {
                            const int row = y * c.strideH + dy - padBefore(c.height, c.filterH, c.strideH, c.padding);
                            const int at =
                                column * c.strideW + dx - padBefore(c.width, c.filterW, c.strideW, c.padding);
                            if (row >= 0 && row < c.height && at >= 0 && at < c.width)
                                seen.push_back(
                                    x[std::size_t(((image * c.height + row) * c.width + at) * c.channels + channel)]);
                        }
                    function(seen);
                }
}

template <class T>
std::vector<T> randoms(std::size_t count)
{
    std::mt19937 random(42);
    std::vector<T> values(count);
    for (T &value : values) {
        if constexpr (std::is_same_v<T, float>)
            value = float(random()) / 1e9f - 2;
        else
            value = T(random());
    }
    return values;
}

template <class T>
OneOperator poolOf(OpKind kind, const Case &c, Activation activation = Activation::none)
{
    const Quantization q = std::is_same_v<T, float> ? Quantization() : quantization(0.1, sizeof(T) == 1 ? 20 : 0);
    OneOperator op(kind, Pool2DOptions{c.padding, c.strideH, c.strideW, c.filterH, c.filterW, activation});
    op.input<T>({1, c.height, c.width, c.channels}, q);
    op.output<T>({1, outExtent(c.height, c.filterH, c.strideH, c.padding),
                  outExtent(c.width, c.filterW, c.strideW, c.padding), c.channels},
                 q);
    return op;
}

template <class T>
void poolsEqualBruteForce()
{
    constexpr int batch = 2;
    for (const Case &c : cases) {
        const auto x = randoms<T>(std::size_t(batch * c.height * c.width * c.channels));
        const auto largest = poolOf<T>(OpKind::maxPool2D, c).template run<T>(batch, 0, x);
        const auto mean = poolOf<T>(OpKind::averagePool2D, c).template run<T>(batch, 0, x);
        std::size_t i = 0;
        forEachWindow(c, x, batch, [&](const std::vector<T> &seen) {
            QCOMPARE(largest[i], *std::ranges::max_element(seen));
            if constexpr (std::is_same_v<T, float>) {
                float sum = 0;
                for (const T value : seen)
                    sum += value;
                QCOMPARE(mean[i], sum / float(seen.size()));
            } else {
                double sum = 0;
                for (const T value : seen)
                    sum += value;
                QCOMPARE(double(mean[i]), std::round(sum / double(seen.size())));
            }
            ++i;
        });
        QCOMPARE(i, mean.size());
    }
}

} // namespace

class TestReductions : public QObject
{
    Q_OBJECT

private slots:
    void poolsOfFloats() { poolsEqualBruteForce<float>(); }
    void poolsOfInt8() { poolsEqualBruteForce<std::int8_t>(); }
    void poolsOfUint8() { poolsEqualBruteForce<std::uint8_t>(); }
    void poolsOfInt16() { poolsEqualBruteForce<std::int16_t>(); }
    void averagesRoundEveryQuotientRight();
    void poolsClamp();
    void meansOverAnyAxes();
    void quantizedMeansFollowRealNumbers();
};

void TestReductions::averagesRoundEveryQuotientRight()
{
    // Windows large enough that the quotient by way of float could be off: all sums of n values of the range's ends.
    for (const int n : {3, 7, 49, 255, 1000, 4097}) {
        const Case c{n, 1, 1, n, 1, 1, 1, Padding::valid};
        const OneOperator op = poolOf<std::int8_t>(OpKind::averagePool2D, c);
        for (int high = 0; high <= n; high += n / 40 + 1) {
            std::vector<std::int8_t> x(std::size_t(n), -128);
            std::fill_n(x.begin(), high, std::int8_t(127));
            const double exact = (127.0 * high - 128.0 * (n - high)) / n;
            QCOMPARE(double(op.run<std::int8_t>(1, 0, x)[0]), std::round(exact));
        }
    }
}

void TestReductions::poolsClamp()
{
    const Case c{2, 2, 1, 1, 1, 1, 1, Padding::valid};
    QCOMPARE(poolOf<float>(OpKind::maxPool2D, c, Activation::relu6).run<float>(1, 0, std::vector<float>{-1, 3, 7, 6}),
             (std::vector<float>{0, 3, 6, 6}));
    const std::vector<std::int8_t> x = {-100, 19, 50, 127};
    for (const OpKind kind : {OpKind::maxPool2D, OpKind::averagePool2D})
        QCOMPARE(poolOf<std::int8_t>(kind, c, Activation::relu6).run<std::int8_t>(1, 0, x),
                 (std::vector<std::int8_t>{20, 20, 50, 80}));
}

void TestReductions::meansOverAnyAxes()
{
    const Shape shape = {2, 3, 4, 5};
    constexpr int batch = 2;
    const auto x = randoms<float>(batch * 120);
    for (unsigned mask = 0; mask < 16; ++mask) {
        std::vector<std::int32_t> axes;
        Shape kept, keptDims;
        std::size_t count = 1;
        for (int i = 0; i < 4; ++i) {
            const bool reduced = (mask >> i & 1) != 0;
            if (reduced) {
                axes.push_back(i % 2 == 0 ? i : i - 4);
                count *= std::size_t(shape[std::size_t(i)]);
            } else {
                kept.push_back(shape[std::size_t(i)]);
            }
            keptDims.push_back(reduced ? 1 : shape[std::size_t(i)]);
        }
        std::vector<float> sums(batch * 120 / count);
        for (std::size_t flat = 0; flat < batch * 120; ++flat) {
            const std::size_t index[] = {flat / 60 % 2, flat / 20 % 3, flat / 5 % 4, flat % 5};
            std::size_t place = flat / 120;
            for (std::size_t i = 0; i < 4; ++i)
                place = place * std::size_t(keptDims[i]) + (keptDims[i] == 1 ? 0 : index[i]);
            sums[place] += x[flat];
        }
        for (float &sum : sums)
            sum /= float(count);
        for (const bool keepDims : {false, true}) {
            OneOperator op(OpKind::mean, ReduceOptions{keepDims});
            op.input<float>(shape).constant<std::int32_t>({std::int32_t(axes.size())}, axes);
            op.output<float>(keepDims ? keptDims : kept);
            QCOMPARE(op.run<float>(batch, 0, x), sums);
        }
    }
}

void TestReductions::quantizedMeansFollowRealNumbers()
{
    const auto x = randoms<std::int8_t>(6 * 49 * 8);
    OneOperator op(OpKind::mean, ReduceOptions{false});
    op.input<std::int8_t>({6, 7, 7, 8}, quantization(0.05, -3)).constant<std::int32_t>({2}, {1, 2});
    op.output<std::int8_t>({6, 8}, quantization(0.02, 11));
    const auto y = op.run<std::int8_t>(1, 0, x);
    for (std::size_t image = 0; image < 6; ++image)
        for (std::size_t channel = 0; channel < 8; ++channel) {
            double sum = 0;
            for (std::size_t i = 0; i < 49; ++i)
                sum += 0.05 * (x[(image * 49 + i) * 8 + channel] + 3);
            const double exact = std::clamp(sum / 49 / 0.02 + 11, -128.0, 127.0);
            QVERIFY(std::abs(y[image * 8 + channel] - exact) <= 0.76);
        }
}

QTEST_APPLESS_MAIN(TestReductions)
#include "tst_reductions.moc"
