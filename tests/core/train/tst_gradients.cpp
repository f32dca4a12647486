// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/alignedbuffer.h"
#include "core/base/random.h"
#include "core/kernels/gradient.h"
#include "core/kernels/kernel.h"
#include "core/kernels/simd/isa.h"
#include "support/graphbuilder.h"

#include <QtTest>

#include <cmath>
#include <cstring>

using namespace espalier;

namespace {

constexpr int batch = 2;

std::vector<float> randomFloats(std::size_t count, Random &random, float reach = 1)
{
    std::vector<float> values(count);
    for (float &v : values)
        v = float(random.uniform() * 2 - 1) * reach;
    return values;
}

/// The last operator of a model with values for its inputs: forward through its kernel, backward through its gradient.
struct Case
{
    Graph graph;
    std::vector<std::vector<float>> inputs;
    std::vector<float> weights; ///< the loss is the sum of these times the output

    const Operator &op() const { return graph.operators.back(); }
    std::size_t elementsOf(TensorId id) const
    {
        return graph[id].elements() * (graph[id].isConstant() ? 1 : std::size_t(batch));
    }

    /// An input that the operator reads twice stands once, with its first place; the second has no values of its own.
    explicit Case(const ModelPtr &model, float reach = 1) : graph(model->main())
    {
        Random random(5);
        for (std::size_t i = 0; i < op().inputs.size(); ++i) {
            const TensorId id = op().inputs[i];
            const bool isSetting = op().kind == OpKind::padV2 && i == 2; // a constant that is never learned
            const bool isFloat = id.valid() && graph[id].type == DType::float32 && placeOf(i) == i && !isSetting;
            inputs.push_back(isFloat ? randomFloats(elementsOf(id), random, reach) : std::vector<float>());
        }
        weights = randomFloats(elementsOf(op().outputs[0]), random);
    }

    std::size_t placeOf(std::size_t i) const
    {
        return std::size_t(std::ranges::find(op().inputs, op().inputs[i]) - op().inputs.begin());
    }
    const float *dataOf(std::size_t i) const
    {
        const TensorId id = op().inputs[i];
        if (!id.valid())
            return nullptr;
        const std::vector<float> &own = inputs[placeOf(i)];
        return own.empty() ? reinterpret_cast<const float *>(graph[id].data->data()) : own.data();
    }

    std::vector<float> forward(bool live = false)
    {
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (op().inputs[i].valid() && graph[op().inputs[i]].isConstant() && !inputs[i].empty())
                graph[op().inputs[i]].data = sharedBytes(inputs[i]);
        const Result<std::unique_ptr<const Kernel>> kernel =
            (live ? gradientKind(op().kind)->makeForward : kernelKind(op().kind)->make)(graph, op());
        if (!kernel)
            qFatal("%s", kernel.error().message.c_str());
        std::vector<const std::byte *> in;
        for (std::size_t i = 0; i < inputs.size(); ++i)
            in.push_back(reinterpret_cast<const std::byte *>(dataOf(i)));
        std::vector<float> output(weights.size());
        std::vector<std::byte> scratch((*kernel)->scratchBytes(batch) + 64);
        void *aligned = scratch.data();
        std::size_t space = scratch.size();
        std::align(64, (*kernel)->scratchBytes(batch), aligned, space);
        auto *const out = reinterpret_cast<std::byte *>(output.data());
        (*kernel)->run({in, {&out, 1}, static_cast<std::byte *>(aligned), batch});
        return output;
    }

    double loss()
    {
        const std::vector<float> output = forward();
        double sum = 0;
        for (std::size_t i = 0; i < output.size(); ++i)
            sum += double(output[i]) * double(weights[i]);
        return sum;
    }

    /// Adds to zeros, or leaves what can be written whole unset.
    std::vector<std::vector<float>> backward(bool unset = false)
    {
        const std::vector<float> output = forward();
        const Result<std::unique_ptr<const Gradient>> gradient = gradientKind(op().kind)->make(graph, op());
        if (!gradient)
            qFatal("%s", gradient.error().message.c_str());
        std::vector<std::vector<float>> results;
        std::vector<const float *> in;
        std::vector<float *> inGradients;
        std::uint32_t isUnset = 0;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const bool isWritten =
                unset && (*gradient)->writesWhole(i) && std::ranges::count(op().inputs, op().inputs[i]) == 1;
            isUnset |= (isWritten ? 1u : 0u) << i;
            results.emplace_back(inputs[i].size(), isWritten ? NAN : 0.0f);
            in.push_back(dataOf(i));
        }
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            std::vector<float> &result = results[placeOf(i)];
            inGradients.push_back(result.empty() ? nullptr : result.data());
        }
        std::vector<float> outGradient = weights;
        const AlignedBuffer scratch((*gradient)->scratchFloats() * sizeof(float));
        const float *const out = output.data();
        float *const outGradients = outGradient.data();
        (*gradient)->run({in,
                          {&out, 1},
                          {&outGradients, 1},
                          inGradients,
                          reinterpret_cast<float *>(scratch.data()),
                          batch,
                          isUnset});
        return results;
    }
};

} // namespace

Q_DECLARE_METATYPE(espalier::ModelPtr)

class GradientsTest : public QObject
{
    Q_OBJECT

    /// Derivatives against differences, of up to about a hundred elements of each input.
    static void compare(Case &c)
    {
        const std::vector<std::vector<float>> gradients = c.backward();
        const float step = 1.0f / 256;
        int compared = 0, skipped = 0;
        for (std::size_t i = 0; i < c.inputs.size(); ++i)
            for (std::size_t e = 0; e < c.inputs[i].size(); e += 1 + c.inputs[i].size() / 97) {
                const float value = c.inputs[i][e];
                // The functions are linear between kinks: over half the step the slope is the same unless a kink is
                // near.
                const auto slope = [&](float h) {
                    c.inputs[i][e] = value + h;
                    const double above = c.loss();
                    c.inputs[i][e] = value - h;
                    const double below = c.loss();
                    c.inputs[i][e] = value;
                    return (above - below) / (2 * double(h));
                };
                const double wide = slope(step), narrow = slope(step / 4);
                if (std::abs(wide - narrow) > 1e-3) {
                    ++skipped;
                    continue;
                }
                ++compared;
                QVERIFY2(std::abs(wide - double(gradients[i][e])) < 2e-3,
                         qPrintable(QStringLiteral("input %1, element %2: %3 rather than %4")
                                        .arg(i)
                                        .arg(e)
                                        .arg(double(gradients[i][e]))
                                        .arg(wide)));
            }
        QVERIFY(compared > 0);
        QVERIFY2(skipped * 10 <= compared,
                 qPrintable(QStringLiteral("%1 elements near a kink, %2 compared").arg(skipped).arg(compared)));
    }

private slots:
    void agreesWithDifferences_data()
    {
        QTest::addColumn<ModelPtr>("model");
        const auto zeros = [](const Shape &shape) { return std::vector<float>(elementCount(shape)); };
        const auto conv = [&](const char *name, Shape in, Shape filter, Conv2DOptions options, bool bias = true) {
            GraphBuilder b;
            const TensorId x = b.input(in), w = b.constant(filter, zeros(filter));
            const TensorId c = bias ? b.constant({filter[0]}, zeros({filter[0]})) : TensorId::none;
            QTest::newRow(name) << ModelPtr(b.model({b.conv2D(x, w, c, options)}));
        };
        conv("conv same", {1, 5, 6, 3}, {4, 3, 3, 3}, {});
        conv("conv valid, stride", {1, 7, 6, 2}, {5, 3, 2, 2}, {.padding = Padding::valid, .strideH = 2, .strideW = 2});
        conv("conv dilated, relu", {1, 7, 7, 2}, {3, 3, 3, 2},
             {.dilationH = 2, .dilationW = 2, .activation = Activation::relu});
        conv("conv with few channels, stride", {1, 9, 8, 1}, {16, 5, 3, 1}, {.strideH = 2, .strideW = 1});
        conv("conv with many channels", {1, 6, 5, 16}, {18, 3, 3, 16}, {});
        conv("conv 1x1, stride", {1, 5, 6, 3}, {4, 1, 1, 3}, {.strideH = 2, .strideW = 2});
        conv("conv of more than the image", {1, 3, 2, 2}, {3, 5, 7, 2}, {});
        conv("conv dilated beyond the image", {1, 3, 3, 2}, {3, 3, 3, 2}, {.dilationH = 4, .dilationW = 4});
        conv("conv 1x1, relu6, no bias", {1, 4, 4, 6}, {17, 1, 1, 6}, {.activation = Activation::relu6}, false);

        const auto depthwise = [&](const char *name, Shape in, Shape filter, DepthwiseConv2DOptions options) {
            GraphBuilder b;
            const TensorId x = b.input(in), w = b.constant(filter, zeros(filter));
            const TensorId c = b.constant({filter[3]}, zeros({filter[3]}));
            QTest::newRow(name) << ModelPtr(b.model({b.depthwiseConv2D(x, w, c, options)}));
        };
        depthwise("depthwise same", {1, 5, 5, 4}, {1, 3, 3, 4}, {});
        depthwise("depthwise stride", {1, 7, 6, 19}, {1, 3, 5, 19}, {.strideH = 2, .strideW = 2});
        depthwise("depthwise dilated beyond the image", {1, 3, 3, 2}, {1, 3, 3, 2}, {.dilationH = 4, .dilationW = 4});
        depthwise("depthwise multiplier, stride, relu", {1, 6, 6, 3}, {1, 3, 3, 6},
                  {.padding = Padding::valid,
                   .strideH = 2,
                   .strideW = 2,
                   .depthMultiplier = 2,
                   .activation = Activation::relu});

        {
            GraphBuilder b;
            const TensorId x = b.input({1, 7});
            const TensorId y = b.fullyConnected(x, b.constant({5, 7}, zeros({5, 7})), b.constant({5}, zeros({5})),
                                                {.activation = Activation::relu});
            QTest::newRow("dense relu") << ModelPtr(b.model({y}));
        }
        {
            GraphBuilder b;
            const TensorId x = b.input({3, 20});
            QTest::newRow("dense without bias, rows")
                << ModelPtr(b.model({b.fullyConnected(x, b.constant({33, 20}, zeros({33, 20})), TensorId::none, {})}));
        }
        for (const bool isMax : {true, false})
            for (const Padding padding : {Padding::same, Padding::valid}) {
                GraphBuilder b;
                const TensorId x = b.input({1, 5, 7, 3});
                const Pool2DOptions options{.padding = padding, .strideH = 2, .strideW = 2, .filterH = 3, .filterW = 2};
                const TensorId y = b.add(isMax ? OpKind::maxPool2D : OpKind::averagePool2D, {x},
                                         padding == Padding::same ? Shape{1, 3, 4, 3} : Shape{1, 2, 3, 3}, options);
                QTest::addRow("%s pool %s", isMax ? "max" : "average", padding == Padding::same ? "same" : "valid")
                    << ModelPtr(b.model({y}));
            }
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 3, 5});
            const TensorId y = b.add(OpKind::mean, {x, b.constant({2}, std::vector<std::int32_t>{1, 2})}, {1, 5},
                                     ReduceOptions{false});
            QTest::newRow("mean") << ModelPtr(b.model({y}));
        }
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 3}), z = b.input({1, 4, 3});
            QTest::newRow("add") << ModelPtr(b.model({b.add(OpKind::add, {x, z}, {1, 4, 3}, ArithmeticOptions{})}));
        }
        for (const OpKind kind : {OpKind::add, OpKind::sub, OpKind::mul}) {
            const auto both = [&](const char *name, const Shape &left, const Shape &right, const Shape &out,
                                  bool constant, ArithmeticOptions options = {}) {
                GraphBuilder b;
                const TensorId x = b.input(left), z = constant ? b.constant(right, zeros(right)) : b.input(right);
                QTest::addRow("%s %s", typeName(kind).data(), name)
                    << ModelPtr(b.model({b.add(kind, {x, z}, out, options)}));
            };
            both("by channel", {1, 4, 3, 5}, {5}, {1, 4, 3, 5}, true);
            both("gate", {1, 4, 3, 5}, {1, 1, 1, 5}, {1, 4, 3, 5}, false);
            both("spread the other way", {1, 1, 5}, {1, 6, 1}, {1, 6, 5}, false);
            both("relu", {1, 7}, {1, 7}, {1, 7}, false, {.activation = Activation::relu});
        }
        for (const int axis : {1, -1}) {
            GraphBuilder b;
            const TensorId x = b.input({1, 3, 4}), z = b.input({1, axis == 1 ? 2 : 3, axis == 1 ? 4 : 2});
            const Shape out = axis == 1 ? Shape{1, 5, 4} : Shape{1, 3, 6};
            ConcatenationOptions options;
            options.axis = axis;
            QTest::addRow("concatenation along %d", axis)
                << ModelPtr(b.model({b.add(OpKind::concatenation, {x, z}, out, options)}));
        }
        for (const OpKind kind : {OpKind::relu, OpKind::relu6, OpKind::hardSwish, OpKind::logistic, OpKind::tanh}) {
            GraphBuilder b;
            const TensorId x = b.input({1, 12});
            QTest::addRow("%s", typeName(kind).data()) << ModelPtr(b.model({b.add(kind, {x}, {1, 12})}));
        }
        {
            GraphBuilder b;
            QTest::newRow("leaky relu") << ModelPtr(
                b.model({b.add(OpKind::leakyRelu, {b.input({1, 12})}, {1, 12}, LeakyReluOptions{0.3f})}));
        }
        for (const Shape &slopes : {Shape{3}, Shape{1, 1, 3}, Shape{4, 2, 3}}) {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 2, 3});
            QTest::addRow("prelu %s", shapeText(slopes).c_str())
                << ModelPtr(b.model({b.add(OpKind::prelu, {x, b.constant(slopes, zeros(slopes))}, {1, 4, 2, 3})}));
        }
        for (const float beta : {1.0f, 0.5f}) {
            GraphBuilder b;
            QTest::addRow("softmax %g", double(beta)) << ModelPtr(b.model({b.softmax(b.input({1, 3, 5}), beta)}));
        }
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 3, 2, 2});
            const std::vector<std::int32_t> padding = {0, 0, 1, 0, 2, 1, 0, 3};
            QTest::newRow("pad") << ModelPtr(
                b.model({b.add(OpKind::pad, {x, b.constant({4, 2}, padding)}, {1, 4, 5, 5})}));
        }
        for (const Padding padding : {Padding::same, Padding::valid}) {
            GraphBuilder b;
            const TensorId x = b.input({1, 3, 4, 5});
            const TensorId w = b.constant({2, 3, 2, 5}, zeros({2, 3, 2, 5})), c = b.constant({2}, zeros({2}));
            const Shape out = padding == Padding::same ? Shape{1, 6, 8, 2} : Shape{1, 7, 8, 2};
            const TensorId shape = b.constant({4}, std::vector<std::int32_t>(out));
            QTest::addRow("transposed conv %s", padding == Padding::same ? "same" : "valid") << ModelPtr(
                b.model({b.add(OpKind::transposeConv, {shape, w, x, c}, out,
                               TransposeConvOptions{.padding = padding, .strideH = 2, .strideW = 2}, DType::float32)}));
        }
        for (const Activation activation : {Activation::relu, Activation::relu6, Activation::reluN1To1}) {
            const int number = int(activation);
            for (const OpKind kind : {OpKind::maxPool2D, OpKind::averagePool2D}) {
                GraphBuilder b;
                const TensorId x = b.input({1, 5, 7, 3});
                const Pool2DOptions options{
                    .strideH = 2, .strideW = 2, .filterH = 3, .filterW = 2, .activation = activation};
                QTest::addRow("%s, activation %d", typeName(kind).data(), number)
                    << ModelPtr(b.model({b.add(kind, {x}, {1, 3, 4, 3}, options)}));
            }
            {
                GraphBuilder b;
                const TensorId x = b.input({1, 3, 4, 5});
                const TensorId w = b.constant({2, 3, 2, 5}, zeros({2, 3, 2, 5})), c = b.constant({2}, zeros({2}));
                const TensorId shape = b.constant({4}, std::vector<std::int32_t>{1, 6, 8, 2});
                const TransposeConvOptions options{.strideH = 2, .strideW = 2, .activation = activation};
                QTest::addRow("transposed conv, activation %d", number) << ModelPtr(
                    b.model({b.add(OpKind::transposeConv, {shape, w, x, c}, {1, 6, 8, 2}, options, DType::float32)}));
            }
            for (const OpKind kind : {OpKind::add, OpKind::sub, OpKind::mul}) {
                GraphBuilder b;
                const TensorId x = b.input({1, 4, 3}), z = b.input({1, 4, 3});
                QTest::addRow("%s, activation %d", typeName(kind).data(), number)
                    << ModelPtr(b.model({b.add(kind, {x, z}, {1, 4, 3}, ArithmeticOptions{activation})}));
            }
        }
        for (const OpKind kind : {OpKind::add, OpKind::sub, OpKind::mul}) {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 3});
            QTest::addRow("%s of one value twice", typeName(kind).data())
                << ModelPtr(b.model({b.add(kind, {x, x}, {1, 4, 3}, ArithmeticOptions{})}));
        }
        const auto whole = [](GraphBuilder &b, const std::vector<std::int32_t> &numbers) {
            return b.constant({std::int32_t(numbers.size())}, numbers);
        };
        const auto mean = [&](const char *name, std::vector<std::int32_t> axes, Shape out, bool keepDims) {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 3, 5});
            QTest::newRow(name) << ModelPtr(
                b.model({b.add(OpKind::mean, {x, whole(b, axes)}, out, ReduceOptions{keepDims})}));
        };
        mean("mean of rows", {1}, {1, 3, 5}, false);
        mean("mean of columns, kept", {2}, {1, 4, 1, 5}, true);
        mean("mean of channels", {-1}, {1, 4, 3}, false);
        mean("mean of two axes apart, kept", {1, 3}, {1, 1, 3, 1}, true);
        {
            GraphBuilder b;
            SqueezeOptions options;
            options.axes = {2};
            QTest::newRow("squeeze") << ModelPtr(
                b.model({b.add(OpKind::squeeze, {b.input({1, 4, 1, 3})}, {1, 4, 3}, options)}));
        }
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 3});
            QTest::newRow("expand dims") << ModelPtr(
                b.model({b.add(OpKind::expandDims, {x, whole(b, {2})}, {1, 4, 1, 3})}));
        }
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 3, 2, 2});
            const TensorId padding = b.constant({4, 2}, std::vector<std::int32_t>{0, 0, 1, 0, 2, 1, 0, 3});
            QTest::newRow("pad with a value") << ModelPtr(
                b.model({b.add(OpKind::padV2, {x, padding, b.constant({1}, std::vector<float>{0.5f})}, {1, 4, 5, 5})}));
        }
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 3, 2});
            QTest::newRow("transpose") << ModelPtr(
                b.model({b.add(OpKind::transpose, {x, whole(b, {0, 3, 1, 2})}, {1, 2, 4, 3})}));
        }
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 3, 2});
            QTest::newRow("slice") << ModelPtr(
                b.model({b.add(OpKind::slice, {x, whole(b, {0, 1, 0, 1}), whole(b, {1, 2, -1, 1})}, {1, 2, 3, 1})}));
        }
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 7, 6, 2});
            StridedSliceOptions options;
            options.endMask = 4;
            options.shrinkAxisMask = 8;
            const TensorId begin = whole(b, {0, 5, 1, 1}), end = whole(b, {1, 0, 0, 2}), step = whole(b, {1, -2, 2, 1});
            QTest::newRow("strided slice")
                << ModelPtr(b.model({b.add(OpKind::stridedSlice, {x, begin, end, step}, {1, 3, 3}, options)}));
        }
        for (const OpKind kind : {OpKind::maximum, OpKind::minimum})
            for (const bool constant : {false, true}) {
                GraphBuilder b;
                const TensorId x = b.input({1, 4, 3, 5});
                const TensorId z = constant ? b.constant({5}, zeros({5})) : b.input({1, 1, 3, 5});
                QTest::addRow("%s %s", typeName(kind).data(), constant ? "constant" : "spread")
                    << ModelPtr(b.model({b.add(kind, {x, z}, {1, 4, 3, 5})}));
            }
        for (const OpKind kind : {OpKind::resizeBilinear, OpKind::resizeNearestNeighbor})
            for (const bool align : {false, true})
                for (const bool centres : {false, true}) {
                    if (align && centres)
                        continue;
                    for (const Shape &out : {Shape{1, 7, 8, 3}, Shape{1, 2, 3, 3}}) {
                        GraphBuilder b;
                        const TensorId x = b.input({1, 4, 5, 3});
                        QTest::addRow("%s to %d rows%s%s", typeName(kind).data(), out[1], align ? ", aligned" : "",
                                      centres ? ", centred" : "")
                            << ModelPtr(b.model(
                                   {b.add(kind, {x, whole(b, {out[1], out[2]})}, out, ResizeOptions{align, centres})}));
                    }
                }
        conv("conv of one row", {1, 1, 9, 3}, {4, 1, 3, 3}, {.padding = Padding::valid});
        {
            GraphBuilder b;
            const TensorId x = b.input({1, 4, 3});
            const TensorId y = b.add(OpKind::reshape, {x, b.constant({2}, std::vector<std::int32_t>{1, 12})}, {1, 12},
                                     ReshapeOptions{{1, 12}});
            QTest::newRow("reshape") << ModelPtr(b.model({y}));
        }
    }

    void agreesWithDifferences()
    {
        QFETCH(ModelPtr, model);
        Case c(model);
        compare(c);
    }

    /// The same of what has limits, far enough out to reach them.
    void agreesWithDifferencesAtLimits_data()
    {
        QTest::addColumn<ModelPtr>("model");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        const auto unary = [](OpKind kind, double low, double high) {
            GraphBuilder b;
            QTest::addRow("%s", typeName(kind).data())
                << ModelPtr(b.model({b.unary(kind, b.input({1, 60}))})) << low << high;
        };
        unary(OpKind::relu6, 0, 6);
        unary(OpKind::hardSwish, 0, 9); // 0 below -3; above 3 it gives its input
        {
            GraphBuilder dense;
            const TensorId w = dense.constant({20, 3}, std::vector<float>(60));
            QTest::newRow("dense, RELU6")
                << ModelPtr(dense.model({dense.fullyConnected(dense.input({1, 3}), w, TensorId::none,
                                                              {.activation = Activation::relu6})}))
                << 0.0 << 6.0;
        }
        for (const Activation activation : {Activation::relu6, Activation::reluN1To1}) {
            const double low = activation == Activation::relu6 ? 0 : -1, high = activation == Activation::relu6 ? 6 : 1;
            GraphBuilder sum, pool;
            const TensorId x = sum.input({1, 30}), z = sum.input({1, 30});
            QTest::addRow("sum, activation %d", int(activation))
                << ModelPtr(sum.model({sum.add(OpKind::add, {x, z}, {1, 30}, ArithmeticOptions{activation})})) << low
                << high;
            const Pool2DOptions options{
                .strideH = 2, .strideW = 2, .filterH = 2, .filterW = 2, .activation = activation};
            QTest::addRow("pool, activation %d", int(activation))
                << ModelPtr(
                       pool.model({pool.add(OpKind::maxPool2D, {pool.input({1, 8, 8, 2})}, {1, 4, 4, 2}, options)}))
                << low << high;
        }
    }

    void agreesWithDifferencesAtLimits()
    {
        QFETCH(ModelPtr, model);
        QFETCH(double, low);
        QFETCH(double, high);
        Case c(model, 9);
        const std::vector<float> output = c.forward();
        QVERIFY(std::ranges::count(output, float(low)) > 1);
        QVERIFY(std::ranges::count_if(output, [&](float y) { return double(y) >= std::min(high, 4.0); }) > 1);
        QVERIFY(std::ranges::count_if(output, [&](float y) { return double(y) > low && double(y) < high; }) > 1);
        compare(c);
    }

    void sameBitsOnEveryInstructionSet_data() { agreesWithDifferences_data(); }

    void sameBitsOnEveryInstructionSet()
    {
        QFETCH(ModelPtr, model);
        const Isa best = currentIsa();
        Case c(model);
        const std::vector<std::vector<float>> expected = c.backward();
        for (const Isa isa : availableIsas()) {
            setCurrentIsa(isa);
            const std::vector<std::vector<float>> found = c.backward();
            setCurrentIsa(best);
            for (std::size_t i = 0; i < expected.size(); ++i)
                if (!expected[i].empty())
                    QCOMPARE(std::memcmp(expected[i].data(), found[i].data(), expected[i].size() * sizeof(float)), 0);
        }
    }

    void writesWhatItAddsToZeros_data() { agreesWithDifferences_data(); }

    void writesWhatItAddsToZeros()
    {
        QFETCH(ModelPtr, model);
        Case c(model);
        QCOMPARE(c.backward(true), c.backward());
    }

    void liveKernelsGiveTheSameBits_data() { agreesWithDifferences_data(); }

    void liveKernelsGiveTheSameBits()
    {
        QFETCH(ModelPtr, model);
        Case c(model);
        if (gradientKind(c.op().kind)->makeForward)
            QCOMPARE(c.forward(true), c.forward());
    }

    void flatActivationsStopTheDerivative()
    {
        const float output[] = {0, 0.5f, 6, -1, 1};
        const auto after = [&](Activation activation) {
            std::vector<float> gradient(5, 1.0f);
            undoActivation(activation, output, gradient.data(), 5);
            return gradient;
        };
        QCOMPARE(after(Activation::none), std::vector<float>({1, 1, 1, 1, 1}));
        QCOMPARE(after(Activation::relu), std::vector<float>({0, 1, 1, 0, 1}));
        QCOMPARE(after(Activation::relu6), std::vector<float>({0, 1, 0, 0, 1}));
        QCOMPARE(after(Activation::reluN1To1), std::vector<float>({1, 1, 0, 0, 0}));
        QVERIFY(!checkTrainable(Activation::tanh));
    }
};

QTEST_GUILESS_MAIN(GradientsTest)
#include "tst_gradients.moc"
