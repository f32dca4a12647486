// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/compare.h"
#include "support/graphbuilder.h"

#include <QtTest>

#include <functional>
#include <limits>

using namespace espalier;

namespace {

/// x -> convolution -> reshape -> dense; tensors: 0 input, 1 filter, 2 bias, 3 the convolution's result, …
std::shared_ptr<Model> sample()
{
    GraphBuilder b;
    const auto x = b.input({1, 4, 4, 1});
    const auto filter = b.constant({2, 3, 3, 1}, std::vector<float>(18, 1));
    const auto y = b.conv2D(x, filter, b.constant({2}, std::vector<float>(2)));
    const auto z = b.reshape(y, {1, 32});
    return b.model({b.fullyConnected(z, b.constant({3, 32}, std::vector<float>(96)), TensorId::none)});
}

QString problem(const Model &model)
{
    const Result<void> sound = verify(model);
    return sound ? QString() : QString::fromStdString(sound.error().message);
}

struct Case
{
    const char *name;
    const char *words;
    std::function<void(Graph &)> spoil;
};

const std::vector<Case> &cases()
{
    static const std::vector<Case> all = {
        {"operator input", "operator 0 (CONV_2D) refers to tensor 99 of 8",
         [](Graph &g) { g.operators[0].inputs[0] = {99}; }},
        {"id below none", "refers to tensor -2", [](Graph &g) { g.operators[0].inputs[2] = {-2}; }},
        {"graph input", "the list of inputs refers to tensor 8", [](Graph &g) { g.inputs[0] = {8}; }},
        {"graph output", "the list of outputs refers to tensor -1", [](Graph &g) { g.outputs[0] = TensorId::none; }},
        {"constant", "has 72 bytes, but 2×3×3×2 of float32 needs 144", [](Graph &g) { g.tensors[1].shape[3] = 2; }},
        {"type", "tensor 1 'constant1' has 72 bytes", [](Graph &g) { g.tensors[1].type = DType::int8; }},
        {"negative", "negative extent -4", [](Graph &g) { g.tensors[3].shape[1] = -4; }},
        {"size", "larger than 2 GB",
         [](Graph &g) {
             g.tensors[3].shape = {1, 65536, 65536, 65536};
         }},
        {"dimensions", "33 dimensions", [](Graph &g) { g.tensors[3].shape.assign(33, 1); }},
        {"order", "before it has a value", [](Graph &g) { std::swap(g.operators[0], g.operators[1]); }},
        {"twice", "a second time", [](Graph &g) { g.operators[1].outputs = g.operators[0].outputs; }},
        {"writes a constant", "writes the constant", [](Graph &g) { g.operators[0].outputs = {{2}}; }},
        {"writes the input", "writes the input", [](Graph &g) { g.operators[0].outputs = {{0}}; }},
        {"output never made", "the output tensor 3 't3' never gets a value",
         [](Graph &g) { g.operators.clear(), g.outputs = {{3}}; }},
        {"missing input", "needs 2 inputs", [](Graph &g) { g.operators[0].inputs.resize(1); }},
        {"no output", "has no output", [](Graph &g) { g.operators[2].outputs.clear(); }},
        {"rank of weights", "rank 4 is needed", [](Graph &g) { g.tensors[1].shape = {18}; }},
        {"settings", "settings of another operator", [](Graph &g) { g.operators[0].options = SoftmaxOptions(); }},
        {"no settings", "settings of another operator", [](Graph &g) { g.operators[0].options = {}; }},
        {"stride", "not positive", [](Graph &g) { std::get<Conv2DOptions>(g.operators[0].options).strideW = 0; }},
        {"signature's rank", "another rank", [](Graph &g) { g.tensors[0].shapeSignature = {-1}; }},
        {"zero points", "1 scales but 0 zero points", [](Graph &g) { g.tensors[3].quantization.scale = {1}; }},
        {"scale", "negative or not a number",
         [](Graph &g) { g.tensors[3].quantization = GraphBuilder::perTensor(-1, 0); }},
        {"infinite scale", "negative or not a number",
         [](Graph &g) {
             g.tensors[3].quantization = GraphBuilder::perTensor(std::numeric_limits<float>::infinity(), 0);
         }},
        {"zero point", "beyond 32 bits",
         [](Graph &g) { g.tensors[3].quantization = GraphBuilder::perTensor(1, std::int64_t(1) << 40); }},
        {"axis", "3 scales along axis 0",
         [](Graph &g) {
             g.tensors[1].quantization = GraphBuilder::perChannel({1, 2, 3}, 0);
         }},
        {"axis out of range", "2 scales along axis 7",
         [](Graph &g) {
             g.tensors[1].quantization = GraphBuilder::perChannel({1, 2}, 7);
         }},
    };
    return all;
}

} // namespace

class TestVerify : public QObject
{
    Q_OBJECT

private slots:
    void acceptsWhatIsSound();
    void namesWhatIsNot_data();
    void namesWhatIsNot();
    void refusesSignaturesThatPointNowhere();
    void letsForeignOperatorsReadScratchMemory();
    void letsVariablesBeReadFirst();
    void namesTheGraphWhereThereAreSeveral();
    void measuresWithoutOverflow();
    void printsEveryTensorAndOperator();
    void findsDifferences_data();
    void findsDifferences();
};

void TestVerify::acceptsWhatIsSound()
{
    QCOMPARE(problem(*sample()), QString());
    Model empty;
    QVERIFY(problem(empty).contains(QStringLiteral("no graph")));
    empty.graphs.emplace_back(); // a model without operators is one
    QCOMPARE(problem(empty), QString());
}

void TestVerify::namesWhatIsNot_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < cases().size(); ++i)
        QTest::newRow(cases()[i].name) << int(i);
}

void TestVerify::namesWhatIsNot()
{
    QFETCH(int, index);
    const Case &spoiled = cases()[std::size_t(index)];
    const auto model = sample();
    spoiled.spoil(model->main());
    QVERIFY2(problem(*model).contains(QString::fromUtf8(spoiled.words)), qPrintable(problem(*model)));
}

void TestVerify::refusesSignaturesThatPointNowhere()
{
    const auto model = sample();
    model->signatures.push_back({"serve", 1, {}, {}});
    QVERIFY(problem(*model).contains(QStringLiteral("signature 'serve' calls graph 1 of 1")));
    model->signatures[0] = {"serve", 0, {{"x", {0}}}, {{"y", {55}}}};
    QVERIFY(problem(*model).contains(QStringLiteral("signature 'serve' refers to tensor 55")));
}

void TestVerify::letsForeignOperatorsReadScratchMemory()
{
    const auto model = sample();
    Operator foreign;
    foreign.typeName = "ethos-u";
    foreign.builtinCode = 32;
    Tensor scratch;
    scratch.shape = {16};
    foreign.inputs = {model->main().addTensor(scratch)};
    model->main().operators.push_back(foreign);
    QCOMPARE(problem(*model), QString());
}

void TestVerify::letsVariablesBeReadFirst()
{
    const auto model = sample();
    Tensor state = model->main().tensors[0];
    state.isVariable = true;
    model->main().operators[0].inputs[0] = model->main().addTensor(state);
    QCOMPARE(problem(*model), QString());
}

void TestVerify::namesTheGraphWhereThereAreSeveral()
{
    const auto model = sample();
    model->graphs.push_back(model->main());
    model->graphs[1].tensors[0].shape = {-1};
    QVERIFY(problem(*model).startsWith(QStringLiteral("graph 1, tensor 0 'input0'")));
}

void TestVerify::measuresWithoutOverflow()
{
    Tensor tensor;
    tensor.shape = {2, 3};
    QCOMPARE(checkedBytes(tensor), std::optional<std::uint64_t>(24));
    tensor.type = DType::int4;
    tensor.shape = {3};
    QCOMPARE(checkedBytes(tensor), std::optional<std::uint64_t>(2));
    tensor.shape = Shape(8, std::numeric_limits<std::int32_t>::max());
    QVERIFY(!checkedBytes(tensor));
    tensor.shape = {3, -1};
    QVERIFY(!checkedBytes(tensor));
}

void TestVerify::printsEveryTensorAndOperator()
{
    const auto model = sample();
    const QString text = QString::fromStdString(dump(model->main()));
    QCOMPARE(text.count(QLatin1Char('\n')), qsizetype(1 + model->main().tensors.size() + 3));
    QVERIFY(text.contains(QStringLiteral("%0 float32 1×4×4×1 'input0'")));
    QVERIFY(text.contains(QStringLiteral("0: %3 = CONV_2D v1 (%0 %1 %2)")));
    QVERIFY(text.contains(QStringLiteral("(%5 %6 none)")));
}

void TestVerify::findsDifferences_data()
{
    QTest::addColumn<QString>("words");
    for (const char *words : {"", "description", "trailer", "number of graphs", "metadata", "signatures", "name",
                              "tensor 1 'constant1': data", "tensor 3 't3': quantization", "sharing of data",
                              "operator 0 (CONV_2D): settings", "operator 0 (CONV_2D): version", "number of operators"})
        QTest::newRow(*words ? words : "none") << QString::fromUtf8(words);
}

void TestVerify::findsDifferences()
{
    QFETCH(QString, words);
    const auto a = sample(), b = sample();
    Graph &graph = b->main();
    const std::string what = words.toStdString();
    if (what == "description")
        b->description = "other";
    else if (what == "trailer")
        b->trailer = std::make_shared<const Bytes>(1);
    else if (what == "number of graphs")
        b->graphs.push_back(graph);
    else if (what == "metadata")
        b->metadata.push_back({"a", nullptr});
    else if (what == "signatures")
        b->signatures.push_back({"a", 0, {}, {}});
    else if (what == "name")
        graph.name = "other";
    else if (what.ends_with("data") && what != "sharing of data")
        graph.tensors[1].data = sharedBytes(std::vector<float>(18, 2));
    else if (what.ends_with("quantization"))
        graph.tensors[3].quantization = GraphBuilder::perTensor(1, 0);
    else if (what == "sharing of data") {
        for (Model *model : {a.get(), b.get()})
            model->main().tensors[6].data = std::make_shared<const Bytes>(384);
        a->main().tensors[4].data = std::make_shared<const Bytes>(8);
        Tensor twin = graph.tensors[6];
        graph.addTensor(twin);
        twin.data = std::make_shared<const Bytes>(384);
        a->main().addTensor(twin);
        graph.tensors[4].data = std::make_shared<const Bytes>(8);
    } else if (what.ends_with("settings"))
        std::get<Conv2DOptions>(graph.operators[0].options).strideH = 2;
    else if (what.ends_with("version"))
        graph.operators[0].version = 9;
    else if (what == "number of operators")
        graph.operators.pop_back();
    const QString found = QString::fromStdString(firstDifference(*a, *b));
    if (words.isEmpty())
        QCOMPARE(found, QString());
    else
        QVERIFY2(found.contains(words), qPrintable(found));
}

QTEST_APPLESS_MAIN(TestVerify)
#include "tst_verify.moc"
