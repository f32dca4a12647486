// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "wiremodel.h"

#include <QtTest>

#include <cstring>

using namespace espalier;
using namespace espalier::test;

namespace {

std::uint32_t number(const Bytes &bytes, std::size_t place)
{
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + place, 4);
    return value;
}

/// A zip archive with one stored file; the places it names count from `base` bytes before its start.
Bytes zip(std::uint32_t base)
{
    const Bytes name = {'a'}, content = {'h', 'i'};
    const auto put = [](Bytes &to, std::uint32_t value, int size) {
        for (int i = 0; i < size; ++i)
            to.push_back(std::uint8_t(value >> (8 * i)));
    };
    const auto common = [&](Bytes &to) {
        for (const std::uint32_t field : {20u, 0u, 0u, 0u, 0u})
            put(to, field, 2);
        put(to, 0xd8932aac, 4); // checksum of "hi"
        put(to, 2, 4);
        put(to, 2, 4);
        put(to, 1, 2);
        put(to, 0, 2);
    };
    Bytes bytes;
    put(bytes, 0x04034b50, 4);
    common(bytes);
    append(bytes, name);
    append(bytes, content);
    const auto start = std::uint32_t(bytes.size());
    put(bytes, 0x02014b50, 4);
    put(bytes, 20, 2);
    common(bytes);
    put(bytes, 0, 2);
    put(bytes, 0, 2);
    put(bytes, 0, 2);
    put(bytes, 0, 4);
    put(bytes, base, 4);
    append(bytes, name);
    const auto size = std::uint32_t(bytes.size()) - start;
    put(bytes, 0x06054b50, 4);
    put(bytes, 0, 4);
    put(bytes, 1, 2);
    put(bytes, 1, 2);
    put(bytes, size, 4);
    put(bytes, base + start, 4);
    put(bytes, 0, 2);
    return bytes;
}

} // namespace

class TestTfliteWire : public QObject
{
    Q_OBJECT

private slots:
    void readsThePlainModel();
    void readsConstantsOutsideOfTheFlatbuffer();
    void readsCustomOptionsOutsideOfTheFlatbuffer();
    void keepsSettingsOfUnknownOperators();
    void keepsBlockwiseQuantizationAndVariants();
    void keepsMetadataWithoutBuffers();
    void movesOperatorsBehindWhatTheyRead();
    void refusesOperatorsInACircle();
    void carriesTheArchiveBehindTheModel();
    void writesBothOperatorNumbers();
    void refusesToLoseNewerParts();
    void tellsScalarsFromUnknownRanks();
    void sharesBuffersThatTheFileShares();
    void refuses_data();
    void refuses();
};

void TestTfliteWire::readsThePlainModel()
{
    const Result<ModelPtr> model = tflite().read(packed(addition()));
    QVERIFY2(model, qPrintable(problem(model)));
    const Graph &graph = (*model)->main();
    QCOMPARE(graph.operators.size(), std::size_t(1));
    QCOMPARE(graph.operators[0].kind, OpKind::add);
    QVERIFY(graph.tensors[1].isConstant());
    QCOMPARE(values<float>(graph.tensors[1])[3], 4.0f);
    QVERIFY(!graph.tensors[0].isConstant() && !graph.tensors[2].isConstant());
    QVERIFY(again(**model));
}

void TestTfliteWire::readsConstantsOutsideOfTheFlatbuffer()
{
    wire::ModelT parts = addition();
    parts.buffers[1]->data.clear();
    parts.buffers[1]->offset = 4096;
    parts.buffers[1]->size = 16;
    Bytes bytes = packed(parts);
    bytes.resize(4096);
    append(bytes, std::vector<float>{5, 6, 7, 8});
    const Result<ModelPtr> model = tflite().read(bytes);
    QVERIFY2(model, qPrintable(problem(model)));
    QCOMPARE(values<float>((*model)->main().tensors[1])[0], 5.0f);
    QVERIFY(!(*model)->trailer);
    QVERIFY(again(**model));
    bytes.pop_back();
    QVERIFY(problem(tflite().read(bytes)).contains(QStringLiteral("past the end of the file")));
    for (const std::uint64_t offset : {UINT64_MAX, UINT64_MAX - 8, std::uint64_t(1) << 40}) {
        parts.buffers[1]->offset = offset;
        QVERIFY(problem(tflite().read(packed(parts))).contains(QStringLiteral("past the end of the file")));
    }
}

void TestTfliteWire::readsCustomOptionsOutsideOfTheFlatbuffer()
{
    wire::ModelT parts = addition();
    parts.operator_codes[0]->builtin_code = wire::BuiltinOperator::CUSTOM;
    parts.operator_codes[0]->deprecated_builtin_code = 32;
    parts.operator_codes[0]->custom_code = "MyOwn";
    wire::OperatorT &op = *parts.subgraphs[0]->operators[0];
    op.builtin_options.Reset();
    op.large_custom_options_offset = 4096;
    op.large_custom_options_size = 3;
    Bytes bytes = packed(parts);
    bytes.resize(4096);
    bytes.insert(bytes.end(), {1, 2, 3});
    const Result<ModelPtr> model = tflite().read(bytes);
    QVERIFY2(model, qPrintable(problem(model)));
    QCOMPARE((*model)->main().operators[0].typeName, std::string("MyOwn"));
    QVERIFY((*model)->main().operators[0].isCustom());
    const Bytes written = *tflite().write(**model);
    const wire::Operator *back = wire::GetModel(written.data())->subgraphs()->Get(0)->operators()->Get(0);
    QCOMPARE(back->custom_options()->size(), 3u);
    QCOMPARE(int(back->custom_options()->Get(2)), 3);
    QCOMPARE(back->large_custom_options_offset(), std::uint64_t(0));
}

void TestTfliteWire::keepsSettingsOfUnknownOperators()
{
    wire::ModelT parts = addition();
    parts.operator_codes[0]->builtin_code = wire::BuiltinOperator::STABLEHLO_SCATTER;
    parts.operator_codes[0]->deprecated_builtin_code = 127;
    parts.operator_codes[0]->version = 7;
    wire::OperatorT &op = *parts.subgraphs[0]->operators[0];
    op.builtin_options.Reset();
    wire::StablehloScatterOptionsT scatter;
    scatter.update_window_dims = {1, 2};
    scatter.index_vector_dim = -5;
    op.builtin_options_2.Set(scatter);
    op.mutating_variable_inputs = {true, false};
    op.debug_metadata_index = 3;
    const Result<ModelPtr> model = tflite().read(packed(parts));
    QVERIFY2(model, qPrintable(problem(model)));
    QCOMPARE((*model)->main().operators[0].kind, OpKind::other);
    QCOMPARE((*model)->main().operators[0].typeName, std::string("STABLEHLO_SCATTER"));
    QVERIFY(again(**model));
    const Bytes written = *tflite().write(**model);
    wire::OperatorT back;
    wire::GetModel(written.data())->subgraphs()->Get(0)->operators()->Get(0)->UnPackTo(&back);
    QVERIFY(back.builtin_options_2.AsStablehloScatterOptions());
    QCOMPARE(back.builtin_options_2.AsStablehloScatterOptions()->update_window_dims, scatter.update_window_dims);
    QCOMPARE(back.builtin_options_2.AsStablehloScatterOptions()->index_vector_dim, scatter.index_vector_dim);
    QCOMPARE(back.mutating_variable_inputs, op.mutating_variable_inputs);
    QCOMPARE(back.debug_metadata_index, 3);
}

/// A file without any buffer may have metadata in its first one, which is always empty.
void TestTfliteWire::keepsMetadataWithoutBuffers()
{
    wire::ModelT parts = addition();
    parts.buffers.clear();
    parts.subgraphs[0]->tensors[1]->buffer = 0;
    parts.subgraphs[0]->operators[0]->inputs = {0, 0};
    parts.metadata.push_back(std::make_unique<wire::MetadataT>());
    parts.metadata[0]->name = "m";
    const Result<ModelPtr> model = tflite().read(packed(parts));
    QVERIFY2(model, qPrintable(problem(model)));
    QCOMPARE((*model)->metadata.size(), std::size_t(1));
    const ModelPtr read = again(**model);
    QVERIFY(read);
    QCOMPARE(firstDifference(**model, *read), std::string());
}

void TestTfliteWire::keepsBlockwiseQuantizationAndVariants()
{
    wire::ModelT parts = addition();
    wire::TensorT &tensor = *parts.subgraphs[0]->tensors[1];
    tensor.quantization = std::make_unique<wire::QuantizationParametersT>();
    wire::BlockwiseQuantizationT blockwise;
    blockwise.scales = 2;
    blockwise.block_size = 32;
    tensor.quantization->details.Set(blockwise);
    tensor.variant_tensors.push_back(std::make_unique<wire::VariantSubTypeT>());
    tensor.variant_tensors[0]->shape = {9};
    const Result<ModelPtr> model = tflite().read(packed(parts));
    QVERIFY2(model, qPrintable(problem(model)));
    QVERIFY(again(**model));
    const Bytes written = *tflite().write(**model);
    wire::TensorT back;
    wire::GetModel(written.data())->subgraphs()->Get(0)->tensors()->Get(1)->UnPackTo(&back);
    QVERIFY(back.quantization && back.quantization->details.AsBlockwiseQuantization());
    QCOMPARE(back.quantization->details.AsBlockwiseQuantization()->block_size, 32);
    QCOMPARE(back.variant_tensors.size(), std::size_t(1));
    QCOMPARE(back.variant_tensors[0]->shape, std::vector<int>{9});
}

void TestTfliteWire::movesOperatorsBehindWhatTheyRead()
{
    wire::ModelT parts = addition();
    wire::SubGraphT &graph = *parts.subgraphs[0];
    auto tensor = std::make_unique<wire::TensorT>();
    tensor->shape = {1, 4};
    graph.tensors.push_back(std::move(tensor));
    auto second = std::make_unique<wire::OperatorT>(); // reads what the other one writes, but stands first
    second->inputs = {2, 1};
    second->outputs = {3};
    second->builtin_options.Set(wire::AddOptionsT());
    graph.operators.insert(graph.operators.begin(), std::move(second));
    graph.outputs = {3};
    const Result<ModelPtr> model = tflite().read(packed(parts));
    QVERIFY2(model, qPrintable(problem(model)));
    QCOMPARE((*model)->main().operators[0].outputs[0].index, 2);
    QCOMPARE((*model)->main().operators[1].outputs[0].index, 3);
}

void TestTfliteWire::refusesOperatorsInACircle()
{
    wire::ModelT parts = addition();
    parts.subgraphs[0]->operators[0]->inputs = {0, 2};
    QVERIFY(problem(tflite().read(packed(parts))).contains(QStringLiteral("in a circle")));
}

void TestTfliteWire::carriesTheArchiveBehindTheModel()
{
    for (const bool fromFileStart : {true, false}) {
        Bytes bytes = packed(addition());
        const Bytes archive = zip(fromFileStart ? std::uint32_t(bytes.size()) : 0);
        bytes.insert(bytes.end(), archive.begin(), archive.end());
        const Result<ModelPtr> model = tflite().read(bytes);
        QVERIFY2(model, qPrintable(problem(model)));
        QVERIFY((*model)->trailer);
        QCOMPARE(*(*model)->trailer, zip(0)); // an archive of its own
        Model longer = **model;
        longer.description.assign(1000, 'x');
        QVERIFY(again(longer));
        const Bytes written = *tflite().write(longer);
        const std::uint32_t directory = number(written, written.size() - 6);
        QCOMPARE(number(written, directory), 0x02014b50u);
        QCOMPARE(number(written, number(written, directory + 42)), 0x04034b50u);
    }
}

void TestTfliteWire::writesBothOperatorNumbers()
{
    const Result<ModelPtr> model = tflite().read(packed(addition()));
    QVERIFY2(model, qPrintable(problem(model)));
    Model copy = **model;
    for (const auto &[code, old] : {std::pair(0, 0), {41, 41}, {126, 126}, {130, 127}}) {
        Operator &op = copy.main().operators[0];
        op.builtinCode = code;
        op.kind = kindOfBuiltin(code);
        op.version = 4;
        if (op.kind == OpKind::other)
            op.options = {};
        const Bytes written = *tflite().write(copy);
        const wire::OperatorCode *back = wire::GetModel(written.data())->operator_codes()->Get(0);
        QCOMPARE(int(back->builtin_code()), code);
        QCOMPARE(int(back->deprecated_builtin_code()), old);
        QCOMPARE(back->version(), 4);
    }
}

void TestTfliteWire::refusesToLoseNewerParts()
{
    // A field behind those that the model's table has today, as a later version of the format would add it.
    flatbuffers::FlatBufferBuilder builder;
    const wire::ModelT parts = addition();
    const auto codes =
        builder.CreateVector(std::vector{wire::OperatorCode::Pack(builder, parts.operator_codes[0].get())});
    const auto graphs = builder.CreateVector(std::vector{wire::SubGraph::Pack(builder, parts.subgraphs[0].get())});
    const auto buffers = builder.CreateVector(std::vector{wire::Buffer::Pack(builder, parts.buffers[0].get()),
                                                          wire::Buffer::Pack(builder, parts.buffers[1].get())});
    const auto start = builder.StartTable();
    builder.AddElement<std::uint32_t>(wire::Model::VT_VERSION, 3, 0);
    builder.AddOffset(wire::Model::VT_OPERATOR_CODES, codes);
    builder.AddOffset(wire::Model::VT_SUBGRAPHS, graphs);
    builder.AddOffset(wire::Model::VT_BUFFERS, buffers);
    builder.AddElement<std::uint32_t>(flatbuffers::FieldIndexToOffset(40), 77, 0);
    wire::FinishModelBuffer(builder, flatbuffers::Offset<wire::Model>(builder.EndTable(start)));
    const Bytes bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
    const Result<ModelPtr> model = tflite().read(bytes);
    QVERIFY2(model, qPrintable(problem(model)));
    const Result<Bytes> written = tflite().write(**model);
    QVERIFY(!written);
    QVERIFY(QString::fromStdString(written.error().message).contains(QStringLiteral("newer than this program")));
}

void TestTfliteWire::tellsScalarsFromUnknownRanks()
{
    wire::ModelT parts = addition();
    for (auto &tensor : parts.subgraphs[0]->tensors)
        tensor->shape.clear();
    parts.buffers[1]->data.resize(4);
    parts.subgraphs[0]->tensors[0]->has_rank = false;
    const Result<ModelPtr> model = tflite().read(packed(parts));
    QVERIFY2(model, qPrintable(problem(model)));
    QVERIFY(!(*model)->main().tensors[0].hasRank);
    QVERIFY((*model)->main().tensors[2].hasRank);
    QVERIFY(again(**model));
    // Files from before the mark existed have it nowhere; there a shapeless tensor is a scalar.
    for (auto &tensor : parts.subgraphs[0]->tensors)
        tensor->has_rank = false;
    const Result<ModelPtr> old = tflite().read(packed(parts));
    QVERIFY2(old, qPrintable(problem(old)));
    QVERIFY((*old)->main().tensors[0].hasRank);
}

void TestTfliteWire::sharesBuffersThatTheFileShares()
{
    wire::ModelT parts = addition();
    wire::SubGraphT &graph = *parts.subgraphs[0];
    auto tensor = std::make_unique<wire::TensorT>(*graph.tensors[1]);
    graph.tensors.push_back(std::move(tensor));
    graph.operators[0]->inputs = {1, 3};
    const Result<ModelPtr> model = tflite().read(packed(parts));
    QVERIFY2(model, qPrintable(problem(model)));
    QVERIFY((*model)->main().tensors[1].data == (*model)->main().tensors[3].data);
    const ModelPtr back = again(**model);
    QVERIFY(back && back->main().tensors[1].data == back->main().tensors[3].data);
    const Result<Bytes> written = tflite().write(**model);
    QVERIFY(written);
    for (const wire::Buffer *buffer : *wire::GetModel(written->data())->buffers())
        if (buffer->data())
            QCOMPARE(reinterpret_cast<std::uintptr_t>(buffer->data()->data()) % 4, std::uintptr_t(0));
}

void TestTfliteWire::refuses_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("words");
    QTest::newRow("buffer out of range") << 0 << QStringLiteral("refers to buffer 7 of 2");
    QTest::newRow("negative extent") << 1 << QStringLiteral("negative extent -1");
    QTest::newRow("extents overflow") << 2 << QStringLiteral("larger than 2 GB");
    QTest::newRow("constant too short") << 3 << QStringLiteral("has 16 bytes, but 1×5 of float32 needs 20");
    QTest::newRow("input out of range") << 4 << QStringLiteral("refers to tensor 99 of 3");
    QTest::newRow("operator code out of range") << 5 << QStringLiteral("has operator code 3 of 1");
    QTest::newRow("two writers") << 6 << QStringLiteral("a second time");
    QTest::newRow("writes a constant") << 7 << QStringLiteral("writes the constant");
    QTest::newRow("no graph") << 8 << QStringLiteral("holds no graph");
    QTest::newRow("version") << 9 << QStringLiteral("schema version is 4");
    QTest::newRow("zero points") << 10 << QStringLiteral("2 scales but 1 zero points");
    QTest::newRow("scales") << 11 << QStringLiteral("3 scales along axis 1");
    QTest::newRow("not a number") << 12 << QStringLiteral("negative or not a number");
    QTest::newRow("unknown activation") << 13 << QStringLiteral("unknown activation 99");
    QTest::newRow("another's settings") << 14 << QStringLiteral("settings of another operator");
    QTest::newRow("signature") << 15 << QStringLiteral("signature 'serve' calls graph 5 of 1");
    QTest::newRow("metadata") << 16 << QStringLiteral("metadata 'm' refers to buffer 9 of 2");
    QTest::newRow("dimensions") << 17 << QStringLiteral("40 dimensions");
    QTest::newRow("read, never made") << 18 << QStringLiteral("before it has a value");
    QTest::newRow("type") << 19 << QStringLiteral("unknown type -3");
    QTest::newRow("output out of range") << 20 << QStringLiteral("the list of outputs refers to tensor -1");
    QTest::newRow("stride") << 21 << QStringLiteral("not positive");
}

void TestTfliteWire::refuses()
{
    QFETCH(int, kind);
    QFETCH(QString, words);
    wire::ModelT parts = addition();
    wire::SubGraphT &graph = *parts.subgraphs[0];
    wire::TensorT &constant = *graph.tensors[1];
    const auto quantize = [&](std::vector<float> scale, std::vector<std::int64_t> zero) {
        constant.quantization = std::make_unique<wire::QuantizationParametersT>();
        constant.quantization->scale = std::move(scale);
        constant.quantization->zero_point = std::move(zero);
        constant.quantization->quantized_dimension = 1;
    };
    switch (kind) {
    case 0:
        constant.buffer = 7;
        break;
    case 1:
        graph.tensors[0]->shape = {1, -1};
        break;
    case 2:
        graph.tensors[0]->shape = {1 << 30, 1 << 30, 1 << 30, 16};
        break;
    case 3:
        constant.shape = {1, 5};
        break;
    case 4:
        graph.operators[0]->inputs = {99, 1};
        break;
    case 5:
        graph.operators[0]->opcode_index = 3;
        break;
    case 6:
        graph.operators.push_back(std::make_unique<wire::OperatorT>(*graph.operators[0]));
        break;
    case 7:
        graph.operators[0]->inputs = {0, 0};
        graph.operators[0]->outputs = {1};
        break;
    case 8:
        parts.subgraphs.clear();
        break;
    case 9:
        parts.version = 4;
        break;
    case 10:
        quantize({1, 2}, {0});
        break;
    case 11:
        quantize({1, 2, 3}, {0, 0, 0});
        break;
    case 12:
        quantize({std::nanf("")}, {0});
        break;
    case 13:
        graph.operators[0]->builtin_options.AsAddOptions()->fused_activation_function =
            wire::ActivationFunctionType(99);
        break;
    case 14:
        graph.operators[0]->builtin_options.Set(wire::SoftmaxOptionsT());
        break;
    case 15:
        parts.signature_defs.push_back(std::make_unique<wire::SignatureDefT>());
        parts.signature_defs[0]->signature_key = "serve";
        parts.signature_defs[0]->subgraph_index = 5;
        break;
    case 16:
        parts.metadata.push_back(std::make_unique<wire::MetadataT>());
        parts.metadata[0]->name = "m";
        parts.metadata[0]->buffer = 9;
        break;
    case 17:
        graph.tensors[0]->shape.assign(40, 1);
        break;
    case 18:
        graph.inputs.clear();
        break;
    case 19:
        graph.tensors[0]->type = wire::TensorType(-3);
        break;
    case 20:
        graph.outputs = {-1};
        break;
    case 21:
        parts.operator_codes[0]->builtin_code = wire::BuiltinOperator::AVERAGE_POOL_2D;
        graph.operators[0]->builtin_options.Set(wire::Pool2DOptionsT());
        break;
    }
    const Result<ModelPtr> model = tflite().read(packed(parts));
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::unusableInput);
    QVERIFY2(problem(model).contains(words), qPrintable(problem(model)));
}

QTEST_APPLESS_MAIN(TestTfliteWire)
#include "tst_tflitewire.moc"
