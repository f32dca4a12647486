// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/kernels/simd/isa.h"
#include "plainlayers.h"

#include <QtTest>

#include <random>

using namespace espalier;

namespace {

/// Numbers from a seed, the same everywhere.
class Random
{
public:
    explicit Random(unsigned seed) : m_engine(seed) {}
    int below(int count) { return int(m_engine() % unsigned(count)); }
    int between(int first, int last) { return first + below(last - first + 1); }
    bool coin() { return below(2) == 1; }
    float real(float low, float high) { return low + (high - low) * float(m_engine() >> 8) / float(1 << 24); }
    template <class T>
    std::vector<T> many(std::size_t count, int first, int last)
    {
        std::vector<T> values(count);
        for (T &value : values)
            value = T(between(first, last));
        return values;
    }
    std::vector<float> reals(std::size_t count, float low, float high)
    {
        std::vector<float> values(count);
        for (float &value : values)
            value = real(low, high);
        return values;
    }

private:
    std::mt19937 m_engine;
};

enum class Type { floats, int8, uint8, hybrid, int16 };

/// One random layer, its graph, and how to compute it plainly.
struct Case
{
    plain::Geometry g{};
    OpKind kind{};
    Type type{};
    Activation activation{};
    bool asymmetric = true; // hybrid
    bool hasBias = true, perChannel = true, floatProduct = false;
    Model model;
    Quantization inQ, filterQ, outQ;
    Bytes filter, bias;
    std::size_t rows = 1; // of a dense layer

    DType ioType() const
    {
        return type == Type::int8    ? DType::int8
               : type == Type::uint8 ? DType::uint8
               : type == Type::int16 ? DType::int16
                                     : DType::float32;
    }
    std::size_t element() const { return byteCount(ioType(), 1); }
};

template <class T>
Bytes bytesOf(const std::vector<T> &values)
{
    return *sharedBytes(values);
}

int outputOf(int in, int filter, int stride, int dilation, Padding padding)
{
    const int reach = (filter - 1) * dilation + 1;
    return padding == Padding::same ? (in + stride - 1) / stride : (in - reach) / stride + 1;
}

int padBefore(int in, int out, int filter, int stride, int dilation)
{
    return std::max(0, (out - 1) * stride + (filter - 1) * dilation + 1 - in) / 2;
}

void chooseGeometry(Case &c, Random &random, Padding &padding)
{
    plain::Geometry &g = c.g;
    g.images = random.between(1, 2);
    g.inH = random.between(1, 11);
    g.inW = random.between(1, 11);
    const int channels[] = {1, 2, 3, 4, 7, 8, 16, 17, 31, 33, 64};
    g.inC = channels[random.below(11)];
    const int outChannels[] = {1, 3, 8, 10, 16, 17, 24, 33, 40, 64, 65, 80};
    g.outC = outChannels[random.below(12)];
    g.kH = random.between(1, std::min(5, g.inH));
    g.kW = random.between(1, std::min(6, g.inW));
    g.strideH = random.between(1, 3);
    g.strideW = random.between(1, 3);
    g.dilationH = g.dilationW = 1;
    padding = random.coin() ? Padding::same : Padding::valid;
    if (c.kind == OpKind::fullyConnected) {
        c.rows = std::size_t(random.between(1, 19));
        g = {1, 1, 1, random.between(1, 200), 1, 1, g.outC, 1, 1, 1, 1, 1, 1, 0, 0};
        return;
    }
    if (c.kind == OpKind::transposeConv) {
        g.transposed = true;
        g.outH = padding == Padding::same ? g.inH * g.strideH - random.below(g.strideH)
                                          : (g.inH - 1) * g.strideH + g.kH + random.below(g.strideH);
        g.outW = padding == Padding::same ? g.inW * g.strideW - random.below(g.strideW)
                                          : (g.inW - 1) * g.strideW + g.kW + random.below(g.strideW);
        const bool isSame = padding == Padding::same;
        g.padTop = isSame ? padBefore(g.outH, g.inH, g.kH, g.strideH, 1) : 0;
        g.padLeft = isSame ? padBefore(g.outW, g.inW, g.kW, g.strideW, 1) : 0;
        return;
    }
    if (c.kind == OpKind::depthwiseConv2D) {
        g.depthwise = true;
        g.outC = g.inC * random.between(1, 3);
    }
    g.dilationH = random.between(1, padding == Padding::same ? 3
                                    : g.kH > 1               ? std::max(1, (g.inH - 1) / (g.kH - 1))
                                                             : 3);
    g.dilationW = random.between(1, padding == Padding::same ? 3
                                    : g.kW > 1               ? std::max(1, (g.inW - 1) / (g.kW - 1))
                                                             : 3);
    g.outH = outputOf(g.inH, g.kH, g.strideH, g.dilationH, padding);
    g.outW = outputOf(g.inW, g.kW, g.strideW, g.dilationW, padding);
    const bool isSame = padding == Padding::same;
    g.padTop = isSame ? padBefore(g.inH, g.outH, g.kH, g.strideH, g.dilationH) : 0;
    g.padLeft = isSame ? padBefore(g.inW, g.outW, g.kW, g.strideW, g.dilationW) : 0;
}

Case makeCase(OpKind kind, Type type, unsigned seed)
{
    Random random(seed);
    Case c;
    c.kind = kind;
    c.type = type;
    Padding padding{};
    chooseGeometry(c, random, padding);
    const plain::Geometry &g = c.g;
    c.activation = Activation(random.below(4));
    c.hasBias = random.below(4) != 0;
    c.perChannel = random.coin() && type != Type::uint8;
    const bool isInteger = type == Type::int8 || type == Type::uint8 || type == Type::int16;
    c.floatProduct = kind == OpKind::fullyConnected || type == Type::uint8;

    const auto outC = std::size_t(g.outC);
    const std::size_t taps = std::size_t(g.kH * g.kW) * (g.depthwise ? 1 : std::size_t(g.inC));
    const std::size_t filterSize = taps * outC;
    if (type == Type::floats)
        c.filter = bytesOf(random.reals(filterSize, -1, 1));
    else if (type == Type::uint8)
        c.filter = bytesOf(random.many<std::uint8_t>(filterSize, 0, 255));
    else if (type == Type::int16) // within 32-bit sums
        c.filter = bytesOf(random.many<std::int8_t>(filterSize, -40, 40));
    else
        c.filter = bytesOf(random.many<std::int8_t>(filterSize, -128, 127));
    if (type != Type::floats) {
        c.filterQ.scale = random.reals(c.perChannel ? outC : 1, 0.001f, 0.02f);
        c.filterQ.zeroPoint.assign(c.filterQ.scale.size(), type == Type::uint8 ? random.below(256) : 0);
        c.filterQ.axis = g.depthwise ? 3 : 0;
    }
    if (isInteger) {
        const int first = type == Type::int8 ? -128 : 0;
        c.inQ = {{random.real(0.001f, 0.1f)}, {first + random.below(256)}, 0, {}, {}};
        // Now and then far finer than the sums, so that shifts to the left and saturation are seen too.
        const float spread = random.below(8) == 0 ? 0.0001f : 0.3f * std::sqrt(float(taps));
        c.outQ = {{c.inQ.scale[0] * c.filterQ.scale[0] * 128 * spread + 1e-7f}, {first + random.below(256)}, 0, {}, {}};
        c.bias = bytesOf(random.many<std::int32_t>(outC, -20000, 20000));
        if (type == Type::int16) {
            c.hasBias = true;
            c.inQ.zeroPoint = c.outQ.zeroPoint = {0};
            c.outQ.scale[0] = c.inQ.scale[0] * c.filterQ.scale[0] * 64 * std::sqrt(float(taps));
            c.bias = bytesOf(random.many<std::int64_t>(outC, -2000000, 2000000));
        }
    } else {
        c.bias = bytesOf(random.reals(outC, -1, 1));
    }

    Graph graph;
    const auto add = [&](const char *name, DType t, Shape shape, Quantization q, const Bytes *data) {
        Tensor tensor;
        tensor.name = name;
        tensor.type = t;
        tensor.shape = std::move(shape);
        tensor.quantization = std::move(q);
        tensor.data = data ? std::make_shared<const Bytes>(*data) : nullptr;
        return graph.addTensor(std::move(tensor));
    };
    const bool isDense = kind == OpKind::fullyConnected;
    const auto rows = std::int32_t(c.rows);
    const TensorId in =
        add("in", c.ioType(), isDense ? Shape{rows, g.inC} : Shape{g.images, g.inH, g.inW, g.inC}, c.inQ, nullptr);
    const DType filterType = type == Type::hybrid || type == Type::int16 ? DType::int8 : c.ioType();
    const TensorId filter = add("filter", filterType,
                                isDense       ? Shape{g.outC, g.inC}
                                : g.depthwise ? Shape{1, g.kH, g.kW, g.outC}
                                              : Shape{g.outC, g.kH, g.kW, g.inC},
                                c.filterQ, &c.filter);
    const TensorId out = add("out", c.ioType(), isDense ? Shape{rows, g.outC} : Shape{g.images, g.outH, g.outW, g.outC},
                             c.outQ, nullptr);
    const TensorId bias = c.hasBias ? add("bias",
                                          type == Type::int16 ? DType::int64
                                          : isInteger         ? DType::int32
                                                              : DType::float32,
                                          {g.outC}, {}, &c.bias)
                                    : TensorId::none;
    Operator op;
    op.kind = kind;
    op.typeName = typeName(kind);
    op.builtinCode = builtinCode(kind);
    op.inputs = {in, filter, bias};
    op.outputs = {out};
    switch (kind) {
    case OpKind::conv2D:
        op.options = Conv2DOptions{padding, g.strideH, g.strideW, g.dilationH, g.dilationW, c.activation};
        c.asymmetric = c.perChannel && g.outC > 1;
        break;
    case OpKind::depthwiseConv2D:
        op.options = DepthwiseConv2DOptions{padding,     g.strideH,      g.strideW,   g.dilationH,
                                            g.dilationW, g.outC / g.inC, c.activation};
        break;
    case OpKind::fullyConnected:
        c.asymmetric = random.coin();
        op.options = FullyConnectedOptions{c.activation, 0, false, c.asymmetric};
        break;
    default: {
        op.options = TransposeConvOptions{padding, g.strideH, g.strideW, c.activation};
        const Bytes shape = bytesOf(std::vector<std::int32_t>{g.images, g.outH, g.outW, g.outC});
        op.inputs = {add("shape", DType::int32, {4}, {}, &shape), filter, in, bias};
    }
    }
    graph.inputs = {in};
    graph.outputs = {out};
    graph.operators.push_back(std::move(op));
    c.model.graphs.push_back(std::move(graph));
    return c;
}

template <class T>
const T *as(const Bytes &bytes)
{
    return reinterpret_cast<const T *>(bytes.data());
}

Bytes plainly(const Case &c, const Bytes &input, int batch)
{
    const std::size_t images = std::size_t(c.g.images) * c.rows * std::size_t(batch);
    Bytes output(images * c.g.outSize() * c.element());
    for (std::size_t i = 0; i < images; ++i) {
        const std::uint8_t *in = input.data() + i * c.g.inSize() * c.element();
        std::uint8_t *out = output.data() + i * c.g.outSize() * c.element();
        const auto *floatBias = c.hasBias ? as<float>(c.bias) : nullptr;
        const auto *bias = c.hasBias ? as<std::int32_t>(c.bias) : nullptr;
        const auto *floatIn = reinterpret_cast<const float *>(in);
        auto *floatOut = reinterpret_cast<float *>(out);
        switch (c.type) {
        case Type::floats:
            plain::floats(c.g, floatIn, as<float>(c.filter), floatBias, c.activation, floatOut);
            break;
        case Type::int8:
            plain::integers(c.g, reinterpret_cast<const std::int8_t *>(in), as<std::int8_t>(c.filter), bias,
                            c.activation, c.inQ, c.filterQ, c.outQ, c.floatProduct && !(c.filterQ.scale.size() > 1),
                            reinterpret_cast<std::int8_t *>(out));
            break;
        case Type::uint8:
            plain::integers(c.g, in, as<std::uint8_t>(c.filter), bias, c.activation, c.inQ, c.filterQ, c.outQ,
                            c.floatProduct, out);
            break;
        case Type::int16:
            plain::wide(c.g, reinterpret_cast<const std::int16_t *>(in), as<std::int8_t>(c.filter),
                        as<std::int64_t>(c.bias), c.activation, c.inQ, c.filterQ, c.outQ,
                        c.floatProduct && !(c.filterQ.scale.size() > 1), reinterpret_cast<std::int16_t *>(out));
            break;
        case Type::hybrid:
            plain::hybrid(c.g, floatIn, as<std::int8_t>(c.filter), floatBias, c.activation, c.filterQ.scale,
                          c.asymmetric, floatOut);
            break;
        }
    }
    return output;
}

Bytes randomInput(const Case &c, int batch, unsigned seed)
{
    Random random(seed);
    const std::size_t count = std::size_t(c.g.images) * c.rows * std::size_t(batch) * c.g.inSize();
    if (c.ioType() == DType::float32)
        return bytesOf(random.reals(count, -2, 3));
    if (c.ioType() == DType::int16)
        return bytesOf(random.many<std::int16_t>(count, -32768, 32767));
    return bytesOf(random.many<std::uint8_t>(count, 0, 255));
}

} // namespace

/// Every instruction set's path against plain loops over random layers, bit for bit.
class LinearLayersTest : public QObject
{
    Q_OBJECT

private slots:
    void cleanup() { setCurrentIsa(availableIsas().back()); }

    void equalsPlainLoops_data()
    {
        QTest::addColumn<OpKind>("kind");
        QTest::addColumn<int>("type");
        const std::pair<OpKind, const char *> kinds[] = {{OpKind::conv2D, "conv"},
                                                         {OpKind::depthwiseConv2D, "depthwise"},
                                                         {OpKind::fullyConnected, "dense"},
                                                         {OpKind::transposeConv, "transposed"}};
        const char *types[] = {"float", "int8", "uint8", "hybrid", "int16"};
        for (const auto &[kind, name] : kinds)
            for (int type = 0; type < 5; ++type)
                if (kind != OpKind::transposeConv || Type(type) != Type::hybrid)
                    QTest::addRow("%s %s", name, types[type]) << kind << type;
    }

    void equalsPlainLoops()
    {
        QFETCH(OpKind, kind);
        QFETCH(int, type);
        for (unsigned seed = 1; seed <= 60; ++seed) {
            const Case c = makeCase(kind, Type(type), seed * 977u + unsigned(type));
            const int batch = 1 + int(seed % 3);
            const Bytes input = randomInput(c, batch, seed);
            const Bytes expected = plainly(c, input, batch);
            for (const Isa isa : availableIsas()) {
                setCurrentIsa(isa);
                const Result<ProgramPtr> program = Program::compile(std::make_shared<const Model>(c.model));
                QVERIFY2(program, program ? "" : program.error().message.c_str());
                Session session(*program, 3);
                std::memcpy(session.input().data(), input.data(), input.size());
                session.run(batch);
                const std::span<const std::byte> output = session.output();
                QCOMPARE(output.size(), expected.size());
                if (std::memcmp(output.data(), expected.data(), expected.size()) != 0)
                    QFAIL(qPrintable(describe(c, isa, output, expected)));
            }
        }
    }

private:
    static QString describe(const Case &c, Isa isa, std::span<const std::byte> output, const Bytes &expected)
    {
        const plain::Geometry &g = c.g;
        std::size_t at = 0;
        while (output[at] == std::byte(expected[at]))
            ++at;
        at /= c.element();
        QString text =
            QStringLiteral("%1: in %2x%3x%4x%5 filter %6x%7 out %8x%9x%10").arg(QLatin1String(name(isa).data()));
        for (const int v : {g.images, g.inH, g.inW, g.inC, g.kH, g.kW, g.outH, g.outW, g.outC})
            text = text.arg(v);
        text += QStringLiteral(" stride %1 %2 dilation %3 %4 pad %5 %6 differs first at %7");
        for (const int v : {g.strideH, g.strideW, g.dilationH, g.dilationW, g.padTop, g.padLeft, int(at)})
            text = text.arg(v);
        if (c.ioType() == DType::float32)
            text += QStringLiteral(": %1 instead of %2")
                        .arg(double(reinterpret_cast<const float *>(output.data())[at]))
                        .arg(double(reinterpret_cast<const float *>(expected.data())[at]));
        else
            text += QStringLiteral(": %1 instead of %2").arg(int(output[at])).arg(int(expected[at]));
        return text;
    }
};

QTEST_GUILESS_MAIN(LinearLayersTest)
#include "tst_linearlayers.moc"
