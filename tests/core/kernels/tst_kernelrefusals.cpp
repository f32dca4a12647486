// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oneoperator.h"

#include <QtTest>

#include <cstdint>
#include <functional>
#include <limits>

using namespace espalier;

namespace {

using Int32s = std::vector<std::int32_t>;
constexpr std::int32_t huge = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();

OneOperator pool(Pool2DOptions options, Shape out, Shape in = {1, 4, 4, 2})
{
    OneOperator op(OpKind::averagePool2D, options);
    op.input<float>(in).output<float>(out);
    return op;
}

OneOperator slice(Int32s begin, Int32s size, Shape out)
{
    OneOperator op(OpKind::slice);
    op.input<float>({4, 4}).constant<std::int32_t>({2}, begin).constant<std::int32_t>({2}, size).output<float>(out);
    return op;
}

OneOperator pad(Int32s padding, Shape out)
{
    OneOperator op(OpKind::pad);
    op.input<float>({2, 2}).constant<std::int32_t>({2, 2}, padding).output<float>(out);
    return op;
}

OneOperator strided(std::int32_t begin, std::int32_t end, std::int32_t step, std::int32_t out, int shrink = 0)
{
    StridedSliceOptions options;
    options.shrinkAxisMask = shrink;
    OneOperator op(OpKind::stridedSlice, options);
    op.input<float>({4}).constant<std::int32_t>({1}, {begin}).constant<std::int32_t>({1}, {end});
    op.constant<std::int32_t>({1}, {step}).output<float>(shrink ? Shape{} : Shape{out});
    return op;
}

OneOperator transpose(Int32s order, Shape out)
{
    OneOperator op(OpKind::transpose);
    op.input<float>({2, 3}).constant<std::int32_t>({std::int32_t(order.size())}, order).output<float>(out);
    return op;
}

OneOperator concatenation(std::int32_t axis, Shape second, Shape out)
{
    OneOperator op(OpKind::concatenation, ConcatenationOptions{axis, Activation::none});
    op.input<float>({2, 3}).input<float>(second).output<float>(out);
    return op;
}

OneOperator mean(Int32s axes, Shape out)
{
    OneOperator op(OpKind::mean, ReduceOptions{false});
    op.input<float>({2, 3}).constant<std::int32_t>({std::int32_t(axes.size())}, axes).output<float>(out);
    return op;
}

OneOperator resize(Int32s size, Shape out, ResizeOptions options = {})
{
    OneOperator op(OpKind::resizeBilinear, options);
    op.input<float>({1, 2, 2, 1}).constant<std::int32_t>({2}, size).output<float>(out);
    return op;
}

OneOperator sum(Quantization a, Quantization b, Quantization out, Activation activation = Activation::none)
{
    OneOperator op(OpKind::add, ArithmeticOptions{activation, true});
    op.input<std::int8_t>({4}, a).input<std::int8_t>({4}, b).output<std::int8_t>({4}, out);
    return op;
}

OneOperator softmax(Quantization in, Quantization out, Shape shape = {1, 4}, float beta = 1)
{
    OneOperator op(OpKind::softmax, SoftmaxOptions{beta});
    op.input<std::int8_t>(shape, in).output<std::int8_t>(shape, out);
    return op;
}

template <class In, class Out>
OneOperator unary(OpKind kind, Quantization in = {}, Quantization out = {}, Shape outShape = {4},
                  OpOptions options = {})
{
    OneOperator op(kind, options);
    op.input<In>({4}, in).template output<Out>(outShape, out);
    return op;
}

} // namespace

Q_DECLARE_METATYPE(OneOperator)

/// What a hostile or exotic file may ask for is refused when the kernel is made, with a reason.
class TestKernelRefusals : public QObject
{
    Q_OBJECT

private slots:
    void refused_data();
    void refused();
    void neighboursAreAccepted();
    void missingPartsAreRefused();
};

void TestKernelRefusals::refused_data()
{
    QTest::addColumn<OneOperator>("op");
    const auto row = [](const char *name, const OneOperator &op) { QTest::newRow(name) << op; };
    const Quantization fine = quantization(0.1, 0), nothing;

    row("zero stride", pool({Padding::valid, 0, 1, 1, 1, {}}, {1, 4, 4, 2}));
    row("negative stride", pool({Padding::same, -1, 1, 1, 1, {}}, {1, 4, 4, 2}));
    row("zero window", pool({Padding::same, 1, 1, 0, 1, {}}, {1, 4, 4, 2}));
    row("huge window", pool({Padding::same, 1, 1, huge, huge, {}}, {1, 4, 4, 2}));
    row("window larger than the input", pool({Padding::valid, 1, 1, 5, 1, {}}, {1, 1, 4, 2}));
    row("pool output too large", pool({Padding::valid, 1, 1, 2, 2, {}}, {1, 4, 4, 2}));
    row("pool changes channels", pool({Padding::valid, 1, 1, 2, 2, {}}, {1, 3, 3, 3}));
    row("pool of rank 3", pool({Padding::valid, 1, 1, 1, 1, {}}, {4, 4, 2}, {4, 4, 2}));
    row("pool with TANH", pool({Padding::valid, 1, 1, 1, 1, Activation::tanh}, {1, 4, 4, 2}));

    row("slice begins outside", slice({5, 0}, {0, 4}, {0, 4}));
    row("slice begins before", slice({-1, 0}, {1, 4}, {1, 4}));
    row("slice reaches outside", slice({3, 0}, {2, 4}, {2, 4}));
    row("slice of huge size", slice({1, 0}, {huge, 4}, {huge, 4}));
    row("slice of negative size", slice({1, 0}, {-2, 4}, {2, 4}));
    row("slice output differs", slice({1, 0}, {2, 4}, {3, 4}));

    row("negative padding", pad({-1, 0, 0, 0}, {1, 2}));
    row("padding past the output", pad({1, 0, 0, 0}, {2, 2}));
    row("huge padding", pad({huge, huge, 0, 0}, {0, 2}));
    row("padding of another rank", [] {
        OneOperator op(OpKind::pad);
        op.input<float>({2, 2}).constant<std::int32_t>({1, 2}, {1, 1}).output<float>({4, 2});
        return op;
    }());
    row("padV2 without a value", [] {
        OneOperator op(OpKind::padV2);
        op.input<float>({2}).constant<std::int32_t>({1, 2}, {1, 1}).output<float>({4});
        return op;
    }());

    row("strided slice without a stride", strided(0, 4, 0, 4));
    row("strided slice output differs", strided(0, 4, 2, 4));
    row("lowest stride", strided(3, -5, lowest, 4));
    row("shrunk axis outside", strided(4, 5, 1, 1, 1));
    row("shrunk axis before", strided(lowest, 5, 1, 1, 1));

    row("transpose twice the same axis", transpose({0, 0}, {2, 2}));
    row("transpose out of range", transpose({0, 2}, {2, 3}));
    row("transpose of another rank", transpose({0}, {2}));
    row("transpose output differs", transpose({1, 0}, {2, 3}));

    row("concatenation axis out of range", concatenation(2, {2, 3}, {4, 3}));
    row("concatenation too small", concatenation(0, {2, 3}, {5, 3}));
    row("concatenation too large", concatenation(0, {2, 3}, {3, 3}));
    row("concatenation of other extents", concatenation(0, {2, 4}, {4, 3}));
    row("concatenation of other rank", concatenation(0, {2}, {4, 3}));

    row("mean axis out of range", mean({2}, {2}));
    row("mean axis far out of range", mean({lowest}, {2}));
    row("mean output differs", mean({1}, {3}));
    row("mean of nothing", [] {
        OneOperator op(OpKind::mean, ReduceOptions{false});
        op.input<float>({2, 0}).constant<std::int32_t>({1}, {1}).output<float>({2});
        return op;
    }());

    row("resize output differs", resize({4, 4}, {1, 4, 5, 1}));
    row("resize to a negative size", resize({-4, 4}, {1, -4, 4, 1}));
    row("resize to a huge size", resize({1 << 20, 1}, {1, 1 << 20, 1, 1}));
    row("resize both ways", resize({4, 4}, {1, 4, 4, 1}, {true, true}));

    row("sum not quantized", sum(nothing, fine, fine));
    row("sum with scale 0", sum(quantization(0, 0), fine, fine));
    row("sum with negative scale", sum(quantization(-1, 0), fine, fine));
    row("sum with scale no number", sum(quantization(std::numeric_limits<double>::quiet_NaN(), 0), fine, fine));
    row("sum with infinite scale", sum(fine, fine, quantization(std::numeric_limits<double>::infinity(), 0)));
    row("sum with zero point outside", sum(fine, quantization(0.1, 128), fine));
    row("sum with zero point far outside", sum(fine, fine, quantization(0.1, INT64_MIN)));
    row("sum with far finer output", sum(fine, fine, quantization(1e-30, 0)));
    row("sum per channel", sum({{0.1f, 0.2f}, {0, 0}, 0, {}, {}}, fine, fine));
    row("sum with SIGN_BIT", sum(fine, fine, fine, Activation::signBit));
    row("shapes that do not broadcast", [] {
        OneOperator op(OpKind::add, ArithmeticOptions());
        op.input<float>({4}).input<float>({3}).output<float>({4});
        return op;
    }());
    row("output smaller than the broadcast", [] {
        OneOperator op(OpKind::mul, ArithmeticOptions());
        op.input<float>({4, 2}).input<float>({1, 2}).output<float>({1, 2});
        return op;
    }());
    row("mixed types", [] {
        OneOperator op(OpKind::maximum);
        op.input<float>({4}).input<std::int32_t>({4}).output<float>({4});
        return op;
    }());
    row("maximum of other scales", [&] {
        OneOperator op(OpKind::maximum);
        op.input<std::int8_t>({4}, fine).input<std::int8_t>({4}, quantization(0.2, 0)).output<std::int8_t>({4}, fine);
        return op;
    }());

    row("softmax to another scale", softmax(fine, quantization(1 / 128.0, -128)));
    row("softmax to another zero point", softmax(fine, quantization(1 / 256.0, 0)));
    row("softmax of a scalar", softmax(fine, quantization(1 / 256.0, -128), {}));
    row("softmax of empty rows", softmax(fine, quantization(1 / 256.0, -128), {2, 0}));
    row("softmax with tiny scale", softmax(quantization(1e-12, 0), quantization(1 / 256.0, -128)));
    row("softmax with negative beta", softmax(fine, quantization(1 / 256.0, -128), {1, 4}, -1));
    row("softmax of rows too long", softmax(fine, quantization(1 / 256.0, -128), {1, 5000}));

    row("logistic to another scale", unary<std::int8_t, std::int8_t>(OpKind::logistic, fine, fine));
    row("logistic with tiny scale",
        unary<std::int8_t, std::int8_t>(OpKind::logistic, quantization(1e-9, 0), quantization(1 / 256.0, -128)));
    row("tanh of words to another scale", unary<std::int16_t, std::int16_t>(OpKind::tanh, fine, fine));
    row("logistic of words with large scale",
        unary<std::int16_t, std::int16_t>(OpKind::logistic, quantization(3, 0), quantization(1 / 32768.0, 0)));
    row("relu of other shape", unary<float, float>(OpKind::relu, {}, {}, {5}));
    row("relu of integers", unary<std::int32_t, std::int32_t>(OpKind::relu));
    row("leaky relu without alpha", unary<float, float>(OpKind::leakyRelu));
    row("leaky relu with alpha no number",
        unary<std::int8_t, std::int8_t>(OpKind::leakyRelu, fine, fine, {4},
                                        LeakyReluOptions{std::numeric_limits<float>::quiet_NaN()}));
    row("hard swish with finer output",
        unary<std::int8_t, std::int8_t>(OpKind::hardSwish, quantization(1000, 0), quantization(1e-3, 0)));
    row("quantize to no scale", unary<float, std::int8_t>(OpKind::quantize));
    row("quantize to float", unary<float, float>(OpKind::quantize));
    row("dequantize without scale", unary<std::int8_t, float>(OpKind::dequantize));
    row("dequantize to integers", unary<std::int8_t, std::int32_t>(OpKind::dequantize, fine));
    row("dequantize with scales of another extent",
        unary<std::int8_t, float>(OpKind::dequantize, {{0.1f, 0.2f}, {0, 0}, 0, {}, {}}));
    row("dequantize with its axis outside",
        unary<std::int8_t, float>(OpKind::dequantize, {{0.1f, 0.2f}, {0, 0}, 7, {}, {}}));
    row("reshape to more", unary<float, float>(OpKind::reshape, {}, {}, {5}));
    row("reshape to overflow", unary<float, float>(OpKind::reshape, {}, {}, {huge, huge, huge}));
    row("reshape to negative", unary<float, float>(OpKind::reshape, {}, {}, {-2, -2}));

    row("split into unequal parts", [] {
        OneOperator op(OpKind::split, SplitOptions{2});
        op.constant<std::int32_t>({}, {0}).input<float>({3}).output<float>({1}).output<float>({2});
        return op;
    }());
    row("split axis out of range", [] {
        OneOperator op(OpKind::split, SplitOptions{2});
        op.constant<std::int32_t>({}, {1}).input<float>({4}).output<float>({2}).output<float>({2});
        return op;
    }());
    row("unpack too few", [] {
        OneOperator op(OpKind::unpack, UnpackOptions{2, 0});
        op.input<float>({3, 2}).output<float>({2}).output<float>({2});
        return op;
    }());
    row("pack too few", [] {
        OneOperator op(OpKind::pack, PackOptions{2, 0});
        op.input<float>({2}).output<float>({2, 2});
        return op;
    }());
    row("run-time permutation", [] {
        OneOperator op(OpKind::transpose);
        op.input<float>({2, 3}).input<std::int32_t>({2}).output<float>({3, 2});
        return op;
    }());
    row("float permutation", [] {
        OneOperator op(OpKind::transpose);
        op.input<float>({2, 3}).constant<float>({2}, {1, 0}).output<float>({3, 2});
        return op;
    }());
    row("prelu slope of another extent", [] {
        OneOperator op(OpKind::prelu);
        op.input<float>({2, 4}).constant<float>({3}, {1, 2, 3}).output<float>({2, 4});
        return op;
    }());
    row("constant shorter than its shape", [] {
        OneOperator op(OpKind::add, ArithmeticOptions());
        op.input<float>({4}).constant<float>({4}, {1, 2, 3}).output<float>({4});
        return op;
    }());
}

void TestKernelRefusals::refused()
{
    QFETCH(OneOperator, op);
    const std::string why = op.whyNot();
    QVERIFY(!why.empty());
    QVERIFY2(why.back() != '.' && why.size() < 160, why.c_str()); // a clause, to be put into a sentence
}

void TestKernelRefusals::neighboursAreAccepted()
{
    // The refusals above are one change away from these.
    const Quantization fine = quantization(0.1, 0);
    QCOMPARE(pool({Padding::valid, 1, 1, 2, 2, {}}, {1, 3, 3, 2}).whyNot(), std::string());
    QCOMPARE(slice({1, 0}, {2, 4}, {2, 4}).whyNot(), std::string());
    QCOMPARE(slice({4, 0}, {0, 4}, {0, 4}).whyNot(), std::string());
    QCOMPARE(pad({1, 0, 0, 0}, {3, 2}).whyNot(), std::string());
    QCOMPARE(strided(0, 4, 2, 2).whyNot(), std::string());
    QCOMPARE(strided(-1, 0, 1, 1, 1).whyNot(), std::string());
    QCOMPARE(transpose({1, 0}, {3, 2}).whyNot(), std::string());
    QCOMPARE(concatenation(0, {2, 3}, {4, 3}).whyNot(), std::string());
    QCOMPARE(mean({1}, {2}).whyNot(), std::string());
    QCOMPARE(resize({4, 4}, {1, 4, 4, 1}).whyNot(), std::string());
    QCOMPARE(sum(fine, fine, fine).whyNot(), std::string());
    QCOMPARE(softmax(fine, quantization(1 / 256.0, -128)).whyNot(), std::string());
}

void TestKernelRefusals::missingPartsAreRefused()
{
    // Every kind, without tensors and with settings of another kind.
    for (int kind = 0; kind < int(OpKind::other); ++kind) {
        const KernelKind *kernel = kernelKind(OpKind(kind));
        QVERIFY2(kernel, typeName(OpKind(kind)).data());
        QVERIFY(!OneOperator(OpKind(kind)).whyNot().empty());
        Graph graph;
        graph.addTensor({});
        Operator op;
        op.kind = OpKind(kind);
        op.options = std::monostate();
        op.inputs = {TensorId{7}, TensorId{-5}, TensorId{0}};
        op.outputs = {TensorId{99}};
        QVERIFY(!kernel->make(graph, op));
    }
}

QTEST_APPLESS_MAIN(TestKernelRefusals)
#include "tst_kernelrefusals.moc"
