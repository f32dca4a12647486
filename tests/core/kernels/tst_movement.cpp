// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oneoperator.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace espalier;

namespace {

template <class T>
std::vector<T> counting(std::size_t count)
{
    std::vector<T> values(count);
    std::iota(values.begin(), values.end(), T(1));
    return values;
}

using Int32s = std::vector<std::int32_t>;

/// A Python slice of a row of numbers 0 … extent - 1.
Int32s pythonSlice(int extent, int begin, int end, int step)
{
    const auto place = [&](int index) {
        const int lowest = step > 0 ? 0 : -1, highest = step > 0 ? extent : extent - 1;
        return std::clamp(index < 0 ? index + extent : index, lowest, highest);
    };
    Int32s found;
    for (int i = place(begin); step > 0 ? i < place(end) : i > place(end); i += step)
        found.push_back(i);
    return found;
}

} // namespace

class TestMovement : public QObject
{
    Q_OBJECT

private slots:
    void transposeMovesEveryElement();
    void transposeTakesEveryType();
    void reshapeKeepsElements();
    void slicingUndoesPadding();
    void padV2FillsWithItsValue();
    void concatenationUndoesSplit();
    void unpackUndoesPack();
    void concatenationRescalesUint8();
    void stridedSliceEqualsPython();
    void stridedSliceMasks();
    void nearestPicksTheSourcePixel();
    void bilinearInterpolates();
    void bilinearOfBytesFollowsReal();
};

void TestMovement::transposeMovesEveryElement()
{
    const Shape shape = {2, 3, 4, 5};
    const auto x = counting<float>(2 * elementCount(shape));
    std::vector<std::int32_t> order = {0, 1, 2, 3};
    do {
        Shape out;
        for (const int axis : order)
            out.push_back(shape[std::size_t(axis)]);
        OneOperator op(OpKind::transpose);
        op.input<float>(shape).constant<std::int32_t>({4}, order).output<float>(out);
        const auto y = op.run<float>(2, 0, x);
        std::size_t flat = 0;
        for (int image = 0; image < 2; ++image)
            for (int a = 0; a < out[0]; ++a)
                for (int b = 0; b < out[1]; ++b)
                    for (int c = 0; c < out[2]; ++c)
                        for (int d = 0; d < out[3]; ++d) {
                            int index[4];
                            const int at[] = {a, b, c, d};
                            for (std::size_t i = 0; i < 4; ++i)
                                index[order[i]] = at[i];
                            const int from = ((index[0] * 3 + index[1]) * 4 + index[2]) * 5 + index[3];
                            QCOMPARE(y[flat++], x[std::size_t(image * 120 + from)]);
                        }
    } while (std::ranges::next_permutation(order).found);
}

void TestMovement::transposeTakesEveryType()
{
    const auto check = []<class T>(T) {
        OneOperator op(OpKind::transpose);
        op.input<T>({2, 3}).template constant<std::int32_t>({2}, {1, -2}).template output<T>({3, 2});
        QCOMPARE(op.template run<T>(1, 0, std::vector<T>{1, 2, 3, 4, 5, 6}), (std::vector<T>{1, 4, 2, 5, 3, 6}));
    };
    check(std::int8_t());
    check(std::uint8_t());
    check(std::int16_t());
    check(std::int32_t());
    check(std::int64_t());
    check(float());
}

void TestMovement::reshapeKeepsElements()
{
    const auto x = counting<std::int16_t>(48);
    for (const OpKind kind : {OpKind::reshape, OpKind::squeeze, OpKind::expandDims}) {
        OneOperator op(kind);
        op.input<std::int16_t>({2, 1, 12}).output<std::int16_t>({4, 6});
        QCOMPARE(op.run<std::int16_t>(2, 0, x), x);
        QVERIFY((*op.make())->canRunInPlace());
    }
}

void TestMovement::slicingUndoesPadding()
{
    const Shape small = {1, 3, 4, 2}, large = {1, 6, 5, 4};
    const auto x = counting<std::int8_t>(48);
    OneOperator pad(OpKind::pad);
    pad.input<std::int8_t>(small, quantization(0.5, -7)).constant<std::int32_t>({4, 2}, {0, 0, 1, 2, 0, 1, 2, 0});
    pad.output<std::int8_t>(large, quantization(0.5, -7));
    const auto padded = pad.run<std::int8_t>(2, 0, x);
    QCOMPARE(padded.size(), std::size_t(240));
    QCOMPARE(std::ranges::count(padded, std::int8_t(-7)), 240 - 48);
    OneOperator slice(OpKind::slice);
    slice.input<std::int8_t>(large)
        .constant<std::int32_t>({4}, {0, 1, 0, 2})
        .constant<std::int32_t>({4}, {1, 3, 4, -1});
    slice.output<std::int8_t>(small);
    QCOMPARE(slice.run<std::int8_t>(2, 0, padded), x);
}

void TestMovement::padV2FillsWithItsValue()
{
    OneOperator op(OpKind::padV2);
    op.input<float>({2}).constant<std::int64_t>({1, 2}, {1, 2}).constant<float>({}, {0.5f}).output<float>({5});
    QCOMPARE(op.run<float>(2, 0, std::vector<float>{1, 2, 3, 4}),
             (std::vector<float>{0.5f, 1, 2, 0.5f, 0.5f, 0.5f, 3, 4, 0.5f, 0.5f}));
}

void TestMovement::concatenationUndoesSplit()
{
    const Shape whole = {2, 6, 4};
    const auto x = counting<float>(3 * elementCount(whole));
    for (int axis = 0; axis < 3; ++axis) {
        Shape part = whole;
        part[std::size_t(axis)] /= 2;
        OneOperator split(OpKind::split, SplitOptions{2});
        split.constant<std::int32_t>({}, {axis - (axis == 1 ? 3 : 0)}).input<float>(whole);
        split.output<float>(part).output<float>(part);
        const auto first = split.run<float>(3, 0, x), second = split.run<float>(3, 1, x);
        OneOperator join(OpKind::concatenation, ConcatenationOptions{axis, Activation::none});
        join.input<float>(part).input<float>(part).output<float>(whole);
        QCOMPARE(join.run<float>(3, 0, first, second), x);
    }
    // Unequal parts, one of them a constant.
    OneOperator join(OpKind::concatenation, ConcatenationOptions{-1, Activation::none});
    join.input<float>({2, 1}).constant<float>({2, 2}, {7, 8, 9, 10}).output<float>({2, 3});
    QCOMPARE(join.run<float>(2, 0, std::vector<float>{1, 2, 3, 4}),
             (std::vector<float>{1, 7, 8, 2, 9, 10, 3, 7, 8, 4, 9, 10}));
}

void TestMovement::unpackUndoesPack()
{
    const auto a = counting<std::int64_t>(2 * 6);
    auto b = a;
    for (auto &value : b)
        value = -value;
    for (int axis = 0; axis < 3; ++axis) {
        Shape whole = {2, 3};
        whole.insert(whole.begin() + axis, 2);
        OneOperator pack(OpKind::pack, PackOptions{2, axis}), unpack(OpKind::unpack, UnpackOptions{2, axis});
        pack.input<std::int64_t>({2, 3}).input<std::int64_t>({2, 3}).output<std::int64_t>(whole);
        unpack.input<std::int64_t>(whole).output<std::int64_t>({2, 3}).output<std::int64_t>({2, 3});
        const auto both = pack.run<std::int64_t>(2, 0, a, b);
        QCOMPARE(unpack.run<std::int64_t>(2, 0, both), a);
        QCOMPARE(unpack.run<std::int64_t>(2, 1, both), b);
    }
}

void TestMovement::concatenationRescalesUint8()
{
    OneOperator op(OpKind::concatenation, ConcatenationOptions{0, Activation::none});
    op.input<std::uint8_t>({2}, quantization(1, 0)).input<std::uint8_t>({2}, quantization(2, 10));
    op.output<std::uint8_t>({4}, quantization(2, 10));
    QCOMPARE(op.run<std::uint8_t>(1, 0, std::vector<std::uint8_t>{0, 100}, std::vector<std::uint8_t>{5, 6}),
             (std::vector<std::uint8_t>{10, 60, 5, 6}));
}

void TestMovement::stridedSliceEqualsPython()
{
    constexpr int extent = 7;
    Int32s x(extent);
    std::iota(x.begin(), x.end(), 0);
    for (int begin = -9; begin <= 9; ++begin)
        for (int end = -9; end <= 9; ++end)
            for (const int step : {-3, -2, -1, 1, 2, 3, 100}) {
                const Int32s expected = pythonSlice(extent, begin, end, step);
                OneOperator op(OpKind::stridedSlice, StridedSliceOptions());
                op.input<std::int32_t>({extent}).constant<std::int32_t>({1}, {begin});
                op.constant<std::int32_t>({1}, {end}).constant<std::int32_t>({1}, {step});
                op.output<std::int32_t>({std::int32_t(expected.size())});
                QCOMPARE(op.run<std::int32_t>(1, 0, x), expected);
            }
}

void TestMovement::stridedSliceMasks()
{
    const auto x = counting<std::int32_t>(24);
    const auto sliced = [&](StridedSliceOptions options, Int32s begin, Int32s end, Int32s step, Shape out) {
        const auto entries = std::int32_t(begin.size());
        OneOperator op(OpKind::stridedSlice, options);
        op.input<std::int32_t>({2, 3, 4}).constant<std::int32_t>({entries}, begin);
        op.constant<std::int32_t>({entries}, end).constant<std::int32_t>({entries}, step).output<std::int32_t>(out);
        return op.run<std::int32_t>(1, 0, x);
    };
    StridedSliceOptions shrink;
    shrink.shrinkAxisMask = 1;
    QCOMPARE(sliced(shrink, {-1, 0, 0}, {0, 1, 4}, {1, 1, 1}, {1, 4}), (Int32s{13, 14, 15, 16}));
    StridedSliceOptions open;
    open.beginMask = 7;
    open.endMask = 7;
    QCOMPARE(sliced(open, {5, 5, 5}, {1, 1, 1}, {1, -2, 3}, {2, 2, 2}), (Int32s{9, 12, 1, 4, 21, 24, 13, 16}));
    StridedSliceOptions ellipsis;
    ellipsis.ellipsisMask = 1;
    QCOMPARE(sliced(ellipsis, {0, 1}, {0, 2}, {1, 1}, {2, 3, 1}), (Int32s{2, 6, 10, 14, 18, 22}));
    StridedSliceOptions newAxis;
    newAxis.newAxisMask = 1;
    newAxis.shrinkAxisMask = 6;
    QCOMPARE(sliced(newAxis, {0, 1, 2}, {0, 0, 0}, {1, 1, 1}, {1, 4}), (Int32s{21, 22, 23, 24}));
    // A missing entry at the end stands for a whole axis.
    QCOMPARE(sliced({}, {1}, {2}, {1}, {1, 3, 4}), Int32s(x.begin() + 12, x.end()));
}

void TestMovement::nearestPicksTheSourcePixel()
{
    const auto resized = [](ResizeOptions options, int in, int out) {
        OneOperator op(OpKind::resizeNearestNeighbor, options);
        op.input<std::int32_t>({1, 1, in, 1})
            .constant<std::int32_t>({2}, {1, out})
            .output<std::int32_t>({1, 1, out, 1});
        Int32s x(std::size_t(in), 0);
        std::iota(x.begin(), x.end(), 0);
        return op.run<std::int32_t>(1, 0, x);
    };
    QCOMPARE(resized({false, false}, 3, 6), (Int32s{0, 0, 1, 1, 2, 2}));
    QCOMPARE(resized({true, false}, 3, 5), (Int32s{0, 1, 1, 2, 2}));
    QCOMPARE(resized({false, true}, 4, 2), (Int32s{1, 3}));
    QCOMPARE(resized({false, false}, 6, 3), (Int32s{0, 2, 4}));
}

void TestMovement::bilinearInterpolates()
{
    const auto resized = [](ResizeOptions options, int out) {
        OneOperator op(OpKind::resizeBilinear, options);
        op.input<float>({1, 2, 2, 1}).constant<std::int32_t>({2}, {out, out}).output<float>({1, out, out, 1});
        return op.run<float>(2, 0, std::vector<float>{0, 3, 6, 9, 0, 30, 60, 90});
    };
    QCOMPARE(resized({true, false}, 3),
             (std::vector<float>{0, 1.5f, 3, 3, 4.5f, 6, 6, 7.5f, 9, 0, 15, 30, 30, 45, 60, 60, 75, 90}));
    QCOMPARE(resized({false, false}, 4)[1], 1.5f);
    QCOMPARE(resized({false, false}, 4)[15], 9.0f);
    const auto centred = resized({false, true}, 4);
    QCOMPARE(centred[0], 0.0f);
    QCOMPARE(centred[1], 0.75f);
    QCOMPARE(centred[5], 2.25f);
    QCOMPARE(centred[15], 9.0f);
}

void TestMovement::bilinearOfBytesFollowsReal()
{
    std::vector<std::int8_t> x;
    std::vector<float> real;
    for (int i = 0; i < 5 * 7 * 3; ++i) {
        x.push_back(std::int8_t(i * 71));
        real.push_back(x.back());
    }
    for (const ResizeOptions options : {ResizeOptions{false, false}, {true, false}, {false, true}})
        for (const auto &[height, width] : {std::pair{10, 14}, {3, 4}, {5, 7}, {1, 1}, {13, 2}}) {
            OneOperator bytes(OpKind::resizeBilinear, options), floats(OpKind::resizeBilinear, options);
            bytes.input<std::int8_t>({1, 5, 7, 3}).constant<std::int32_t>({2}, {height, width});
            bytes.output<std::int8_t>({1, height, width, 3});
            floats.input<float>({1, 5, 7, 3}).constant<std::int32_t>({2}, {height, width});
            floats.output<float>({1, height, width, 3});
            const auto y = bytes.run<std::int8_t>(1, 0, x);
            const auto exact = floats.run<float>(1, 0, real);
            for (std::size_t i = 0; i < y.size(); ++i)
                QVERIFY(std::abs(float(y[i]) - exact[i]) < 2.5f); // places have ten fractional bits
        }
}

QTEST_APPLESS_MAIN(TestMovement)
#include "tst_movement.moc"
