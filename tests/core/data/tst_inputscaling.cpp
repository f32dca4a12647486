// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/inputscaling.h"
#include "core/data/labelkind.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace espalier;

namespace {

Tensor inputOf(DType type, Shape shape, float scale = 0, std::int64_t zeroPoint = 0)
{
    Tensor tensor;
    tensor.name = "input";
    tensor.type = type;
    tensor.shape = std::move(shape);
    if (scale > 0) {
        tensor.quantization.scale = {scale};
        tensor.quantization.zeroPoint = {zeroPoint};
    }
    return tensor;
}

template <class T>
Samples samplesOf(DType type, Shape shape, const std::vector<T> &values)
{
    Samples samples{type, std::move(shape), 0, sharedBytes(values), {}, {}};
    samples.count = samples.values->size() / samples.sampleBytes();
    return samples;
}

/// All values that a uint8 can have, as one sample.
Samples everyByte()
{
    std::vector<std::uint8_t> values(256);
    for (std::size_t i = 0; i < 256; ++i)
        values[i] = std::uint8_t(i);
    return samplesOf(DType::uint8, {256}, values);
}

template <class T>
std::vector<T> filled(const Tensor &input, const Samples &samples, const InputScaling &scaling, std::size_t first,
                      std::size_t count)
{
    std::vector<T> out(count * elementCount(samples.shape));
    fillInput(input, samples, scaling, first, count, std::as_writable_bytes(std::span(out)));
    return out;
}

InputScaling parsed(const std::string &text)
{
    const Result<InputScaling> scaling = InputScaling::parse(text);
    return scaling ? *scaling : InputScaling{InputScaling::Kind::affine, -999, -999};
}

Graph graphOf(const Tensor &input, const Shape &outputShape)
{
    Graph graph;
    graph.inputs = {graph.addTensor(input)};
    graph.outputs = {graph.addTensor(inputOf(DType::float32, outputShape))};
    return graph;
}

} // namespace

class TestInputScaling : public QObject
{
    Q_OBJECT

private slots:
    void textRoundTrips_data();
    void textRoundTrips();
    void refusesOtherTexts_data();
    void refusesOtherTexts();
    void pixelsBecomeFractionsExactly();
    void everyTypeReachesEveryInput();
    void quantizesAsTfliteDoes();
    void keywordsSurviveTheDetour();
    void takesTheSamplesAskedFor();
    void impliesFromTypes_data();
    void impliesFromTypes();
    void saysWhatDoesNotFit();
    void knowsAnomalyFlags();
};

void TestInputScaling::textRoundTrips_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("factor");
    QTest::addColumn<double>("offset");
    QTest::addColumn<QString>("printed");
    QTest::newRow("none") << "none" << 1.0 << 0.0 << "none";
    QTest::newRow("0..1") << "0..1" << 1.0 / 255 << 0.0 << "0..1";
    QTest::newRow("-1..1") << "-1..1" << 2.0 / 255 << -1.0 << "-1..1";
    QTest::newRow("raw/255") << "raw/255" << 1.0 / 255 << 0.0 << "0..1";
    QTest::newRow("0..255") << "0..255" << 1.0 << 0.0 << "none";
    QTest::newRow("other range") << "-0.5 .. 0.5" << 1.0 / 255 << -0.5 << QString(); // a long number, read back below
    QTest::newRow("formula") << "raw*0.5+1" << 0.5 << 1.0 << "raw*0.5+1";
    QTest::newRow("blanks") << " raw * 0.5 - 1 " << 0.5 << -1.0 << "raw*0.5-1";
    QTest::newRow("offset") << "raw-128" << 1.0 << -128.0 << "raw-128";
    QTest::newRow("exponents") << "raw*1e-3-2e+2" << 1e-3 << -200.0 << "raw*0.001-200";
    QTest::newRow("negative factor") << "raw*-2" << -2.0 << 0.0 << "raw*-2";
    QTest::newRow("raw") << "raw" << 1.0 << 0.0 << "none";
}

void TestInputScaling::textRoundTrips()
{
    QFETCH(QString, text);
    QFETCH(double, factor);
    QFETCH(double, offset);
    QFETCH(QString, printed);
    const Result<InputScaling> scaling = InputScaling::parse(text.toStdString());
    QVERIFY2(scaling, scaling ? "" : scaling.error().message.c_str());
    QCOMPARE(scaling->kind, InputScaling::Kind::affine);
    QCOMPARE(scaling->factor, factor);
    QCOMPARE(scaling->offset, offset);
    if (!printed.isEmpty())
        QCOMPARE(scaling->text(), printed.toStdString());
    QVERIFY(parsed(scaling->text()) == *scaling);
    const InputScaling through{InputScaling::Kind::passThrough, 1, 0};
    QVERIFY(parsed(through.text()) == through);
}

void TestInputScaling::refusesOtherTexts_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"", "0..", "..1", "1..1", "raw*", "raw/0", "raw+", "raw*2*3", "rawx", "half", "raw*nan",
                             "0..inf", "raw*1e999"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TestInputScaling::refusesOtherTexts()
{
    QFETCH(QString, text);
    const Result<InputScaling> scaling = InputScaling::parse(text.toStdString());
    QVERIFY(!scaling);
    QCOMPARE(scaling.error().code, ErrorCode::invalidArgument);
}

void TestInputScaling::pixelsBecomeFractionsExactly()
{
    const std::vector<float> values =
        filled<float>(inputOf(DType::float32, {1, 256}), everyByte(), parsed("0..1"), 0, 1);
    for (std::size_t i = 0; i < 256; ++i)
        QVERIFY(values[i] == float(i) / 255.f); // the division that training scripts make
    const std::vector<float> both =
        filled<float>(inputOf(DType::float32, {1, 256}), everyByte(), parsed("-1..1"), 0, 1);
    QCOMPARE(both[0], -1.f);
    QCOMPARE(both[255], 1.f);
}

void TestInputScaling::everyTypeReachesEveryInput()
{
    // Real numbers 3 and -2, and 3 and 2 for unsigned bytes, through a scale of 0.5.
    const Samples floats = samplesOf<float>(DType::float32, {2}, {3, -2});
    const Samples bytes = samplesOf<std::uint8_t>(DType::uint8, {2}, {3, 2});
    const Samples signedBytes = samplesOf<std::int8_t>(DType::int8, {2}, {3, -2});
    const InputScaling none;
    const Tensor toInt8 = inputOf(DType::int8, {1, 2}, 0.5f, -10), toUint8 = inputOf(DType::uint8, {1, 2}, 0.5f, 100);
    const Tensor toInt16 = inputOf(DType::int16, {1, 2}, 0.5f, 0), toInt32 = inputOf(DType::int32, {1, 2});
    const Tensor toFloat = inputOf(DType::float32, {1, 2});
    QCOMPARE(filled<std::int8_t>(toInt8, floats, none, 0, 1), (std::vector<std::int8_t>{-4, -14}));
    QCOMPARE(filled<std::int8_t>(toInt8, bytes, none, 0, 1), (std::vector<std::int8_t>{-4, -6}));
    QCOMPARE(filled<std::int8_t>(toInt8, signedBytes, none, 0, 1), (std::vector<std::int8_t>{-4, -14}));
    QCOMPARE(filled<std::uint8_t>(toUint8, floats, none, 0, 1), (std::vector<std::uint8_t>{106, 96}));
    QCOMPARE(filled<std::int16_t>(toInt16, floats, none, 0, 1), (std::vector<std::int16_t>{6, -4}));
    QCOMPARE(filled<std::int32_t>(toInt32, signedBytes, none, 0, 1), (std::vector<std::int32_t>{3, -2}));
    QCOMPARE(filled<float>(toFloat, floats, none, 0, 1), (std::vector<float>{3, -2}));
    QCOMPARE(filled<float>(toFloat, floats, parsed("raw*2+1"), 0, 1), (std::vector<float>{7, -3}));
    QCOMPARE(filled<float>(toFloat, signedBytes, none, 0, 1), (std::vector<float>{3, -2}));
    const InputScaling through{InputScaling::Kind::passThrough, 1, 0};
    QCOMPARE(filled<std::int8_t>(toInt8, signedBytes, through, 0, 1), (std::vector<std::int8_t>{3, -2}));
    QCOMPARE(filled<std::uint8_t>(toUint8, bytes, through, 0, 1), (std::vector<std::uint8_t>{3, 2}));
    QCOMPARE(filled<float>(toFloat, signedBytes, through, 0, 1), (std::vector<float>{3, -2}));
}

void TestInputScaling::quantizesAsTfliteDoes()
{
    const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
    const Samples halves =
        samplesOf<float>(DType::float32, {10}, {0.5f, -0.5f, 1.5f, -1.5f, 2.5f, 1e30f, -1e30f, nan, inf, -inf});
    const Tensor input = inputOf(DType::int8, {1, 10}, 1.f, 3);
    QCOMPARE(filled<std::int8_t>(input, halves, {}, 0, 1),
             (std::vector<std::int8_t>{4, 2, 5, 1, 6, 127, -128, 3, 127, -128}));
    // The division is one of float32: in double the quotient would lie below the half.
    const float scale = 0.1f, real = 0.25f;
    QCOMPARE(filled<std::int8_t>(inputOf(DType::int8, {1, 1}, scale, 0), samplesOf<float>(DType::float32, {1}, {real}),
                                 {}, 0, 1)[0],
             std::int8_t(std::round(real / scale)));
}

void TestInputScaling::keywordsSurviveTheDetour()
{
    // What was quantized and made real again comes back as the same bytes.
    const float scale = 0.584702909f;
    std::vector<float> reals;
    for (int q = -128; q < 128; ++q)
        reals.push_back(float(q - 83) * scale);
    const std::vector<std::int8_t> back = filled<std::int8_t>(inputOf(DType::int8, {1, 256}, scale, 83),
                                                              samplesOf(DType::float32, {256}, reals), {}, 0, 1);
    for (int q = -128; q < 128; ++q)
        QCOMPARE(int(back[std::size_t(q + 128)]), q);
}

void TestInputScaling::takesTheSamplesAskedFor()
{
    const Samples samples = samplesOf<std::uint8_t>(DType::uint8, {2}, {0, 1, 2, 3, 4, 5, 6, 7});
    QCOMPARE(samples.count, 4u);
    QCOMPARE(filled<float>(inputOf(DType::float32, {1, 2}), samples, {}, 1, 2), (std::vector<float>{2, 3, 4, 5}));
    const InputScaling through{InputScaling::Kind::passThrough, 1, 0};
    QCOMPARE(filled<std::uint8_t>(inputOf(DType::uint8, {1, 2}), samples, through, 3, 1),
             (std::vector<std::uint8_t>{6, 7}));
}

void TestInputScaling::impliesFromTypes_data()
{
    QTest::addColumn<int>("sampleType");
    QTest::addColumn<int>("inputType");
    QTest::addColumn<float>("scale");
    QTest::addColumn<int>("zeroPoint");
    QTest::addColumn<QString>("implied");
    const auto row = [](const char *title, DType from, DType to, float scale, int zeroPoint, const char *implied) {
        QTest::newRow(title) << int(from) << int(to) << scale << zeroPoint << QString::fromLatin1(implied);
    };
    row("pixels, float model", DType::uint8, DType::float32, 0, 0, "0..1");
    row("int8, float model", DType::int8, DType::float32, 0, 0, "none");
    row("floats, float model", DType::float32, DType::float32, 0, 0, "none");
    row("pixels, person detection", DType::uint8, DType::int8, 0.00392156886f, -128, "0..1");
    row("pixels, ResNet", DType::uint8, DType::int8, 1, -128, "none");
    row("pixels, MobileNet int8", DType::uint8, DType::int8, 0.0078125f, 0, "-1..1");
    row("pixels, MobileNet uint8", DType::uint8, DType::uint8, 0.0078125f, 128, "pass-through");
    row("keywords", DType::int8, DType::int8, 0.584702909f, 83, "pass-through");
    row("floats, int8 model", DType::float32, DType::int8, 0.584702909f, 83, "none");
    row("int8, uint8 model", DType::int8, DType::uint8, 0.5f, 128, "none");
    row("pixels, calibrated on 0.9", DType::uint8, DType::int8, 0.9f / 255, -128, "0..1");
}

void TestInputScaling::impliesFromTypes()
{
    QFETCH(int, sampleType);
    QFETCH(int, inputType);
    QFETCH(float, scale);
    QFETCH(int, zeroPoint);
    QFETCH(QString, implied);
    Samples samples;
    samples.type = DType(sampleType);
    const ImpliedScaling found = impliedScaling(inputOf(DType(inputType), {1, 4}, scale, zeroPoint), samples);
    QCOMPARE(found.scaling.text(), implied.toStdString());
    QVERIFY(found.why.starts_with(std::string(name(DType(sampleType))) + " samples"));
}

void TestInputScaling::saysWhatDoesNotFit()
{
    Samples samples = samplesOf(DType::uint8, {28, 28}, std::vector<std::uint8_t>(2 * 784));
    samples.labels = {0, 9};
    const auto fits = [&](const Shape &input, const Shape &output) {
        return checkFit(graphOf(inputOf(DType::float32, input), output), samples);
    };
    QVERIFY(fits({1, 28, 28, 1}, {1, 10}));
    QVERIFY(fits({1, 784}, {1, 10}));
    QVERIFY(fits({28, 28}, {1, 10}));
    const auto says = [&](const Result<void> &result, const char *part) {
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::unusableInput);
        QVERIFY2(result.error().message.find(part) != std::string::npos, result.error().message.c_str());
    };
    says(fits({1, 32, 32, 3}, {1, 10}), "a sample is 28×28, the model's input 'input' is 1×32×32×3");
    says(fits({1, 14, 56}, {1, 10}), "another order");
    says(fits({1, 28, 28, 1}, {1, 9}), "the label of sample 1 is 9");
    says(checkFit(graphOf(inputOf(DType::string, {1, 784}), {1, 10}), samples), "is string");
    Graph two = graphOf(inputOf(DType::float32, {1, 784}), {1, 10});
    two.inputs.push_back(two.inputs[0]);
    says(checkFit(two, samples), "2 inputs");
    two.inputs.clear();
    says(checkFit(two, samples), "0 inputs");
    samples.labels = {0, 1};
    QVERIFY(fits({1, 784}, {1, 1})); // one output tells two classes apart
    samples.labels.clear();
    QVERIFY(fits({1, 784}, {1, 1}));
}

void TestInputScaling::knowsAnomalyFlags()
{
    Dataset dataset;
    dataset.test = samplesOf(DType::float32, {4}, std::vector<float>(8));
    dataset.test.labels = {0, 1};
    const Graph autoencoder = graphOf(inputOf(DType::float32, {1, 4}), {1, 4});
    const Graph classifier = graphOf(inputOf(DType::float32, {1, 4}), {1, 2});
    const Graph tiny = graphOf(inputOf(DType::float32, {1, 2}), {1, 2});
    QCOMPARE(labelKindFor(autoencoder, dataset), LabelKind::anomaly);
    QCOMPARE(labelKindFor(classifier, dataset), LabelKind::classes);
    QCOMPARE(labelKindFor(tiny, dataset), LabelKind::classes);
    dataset.test.labels = {0, 3}; // a classifier of as many classes as it has inputs
    QCOMPARE(labelKindFor(autoencoder, dataset), LabelKind::classes);
    dataset.test.labels = {0, 2};
    QCOMPARE(labelKindFor(autoencoder, dataset), LabelKind::unrelated);
    dataset.classes = 4; // one of which no sample has
    QCOMPARE(labelKindFor(autoencoder, dataset), LabelKind::classes);
    dataset.classes = 0;
    dataset.train.labels = {0, 1};
    dataset.test.labels.clear();
    QCOMPARE(labelKindFor(autoencoder, dataset), LabelKind::anomaly);
    dataset.train.labels = {3, 1};
    QCOMPARE(labelKindFor(autoencoder, dataset), LabelKind::classes);
    Graph softmax = autoencoder;
    softmax.operators.emplace_back();
    softmax.operators.back().kind = OpKind::softmax;
    softmax.operators.back().outputs = softmax.outputs;
    dataset.train.labels = {0, 1};
    QCOMPARE(labelKindFor(softmax, dataset), LabelKind::classes);
}

QTEST_APPLESS_MAIN(TestInputScaling)
#include "tst_inputscaling.moc"
