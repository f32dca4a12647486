// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "wiremodel.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::test;

namespace {

std::unique_ptr<wire::DimensionMetadataT> denseLevel(int size)
{
    auto level = std::make_unique<wire::DimensionMetadataT>();
    level->dense_size = size;
    return level;
}

template <class Vector>
std::unique_ptr<wire::DimensionMetadataT> compressedLevel(decltype(Vector::values) segments,
                                                          decltype(Vector::values) columns)
{
    auto level = std::make_unique<wire::DimensionMetadataT>();
    level->format = wire::DimensionType::SPARSE_CSR;
    Vector vector;
    vector.values = std::move(segments);
    level->array_segments.Set(vector);
    vector.values = std::move(columns);
    level->array_indices.Set(vector);
    return level;
}

/// A constant of shape 2×4 with the rows 0 9 0 8 and 7 0 0 0, compressed by columns of each row.
wire::ModelT sparseAddition()
{
    wire::ModelT parts = addition();
    for (auto &tensor : parts.subgraphs[0]->tensors)
        tensor->shape = {2, 4};
    parts.buffers[1]->data.clear();
    append(parts.buffers[1]->data, std::vector<float>{9, 8, 7});
    auto sparsity = std::make_unique<wire::SparsityParametersT>();
    sparsity->traversal_order = {0, 1};
    sparsity->dim_metadata.push_back(denseLevel(2));
    sparsity->dim_metadata.push_back(compressedLevel<wire::Uint8VectorT>({0, 2, 3}, {1, 3, 0}));
    parts.subgraphs[0]->tensors[1]->sparsity = std::move(sparsity);
    return parts;
}

} // namespace

/// Constants that a file keeps without their zeros.
class TestTfliteSparse : public QObject
{
    Q_OBJECT

private slots:
    void expandsSparseConstants_data();
    void expandsSparseConstants();
    void writesChangedSparseConstantsDense();
    void refusesSparseConstantsThatDoNotFit_data();
    void refusesSparseConstantsThatDoNotFit();
};

void TestTfliteSparse::expandsSparseConstants_data()
{
    QTest::addColumn<QString>("kind");
    for (const char *kind : {"rows", "columns", "blocks"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

void TestTfliteSparse::expandsSparseConstants()
{
    QFETCH(QString, kind);
    wire::ModelT parts = sparseAddition();
    wire::SparsityParametersT &sparsity = *parts.subgraphs[0]->tensors[1]->sparsity;
    std::vector<float> expected = {0, 9, 0, 8, 7, 0, 0, 0};
    if (kind == QStringLiteral("columns")) { // columns outside: 7 | 9 | | 8
        sparsity.traversal_order = {1, 0};
        sparsity.dim_metadata.clear();
        sparsity.dim_metadata.push_back(denseLevel(4));
        sparsity.dim_metadata.push_back(compressedLevel<wire::Uint16VectorT>({0, 1, 2, 2, 3}, {1, 0, 0}));
        parts.buffers[1]->data.clear();
        append(parts.buffers[1]->data, std::vector<float>{7, 9, 8});
    } else if (kind == QStringLiteral("blocks")) { // 2×2 blocks; only the second is there
        sparsity.traversal_order = {0, 1, 2, 3};
        sparsity.block_map = {0, 1};
        sparsity.dim_metadata.clear();
        sparsity.dim_metadata.push_back(denseLevel(1));
        sparsity.dim_metadata.push_back(compressedLevel<wire::Int32VectorT>({0, 1}, {1}));
        sparsity.dim_metadata.push_back(denseLevel(2));
        sparsity.dim_metadata.push_back(denseLevel(2));
        parts.buffers[1]->data.clear();
        append(parts.buffers[1]->data, std::vector<float>{1, 2, 3, 4});
        expected = {0, 0, 1, 2, 0, 0, 3, 4};
    }
    const Result<ModelPtr> model = tflite().read(packed(parts));
    QVERIFY2(model, qPrintable(problem(model)));
    const auto actual = values<float>((*model)->main().tensors[1]);
    QCOMPARE(std::vector<float>(actual.begin(), actual.end()), expected);
    QVERIFY(again(**model));
    // Untouched, it is written as it was stored.
    const Bytes written = *tflite().write(**model);
    const wire::Tensor *back = wire::GetModel(written.data())->subgraphs()->Get(0)->tensors()->Get(1);
    QVERIFY(back->sparsity());
    const auto *stored = wire::GetModel(written.data())->buffers()->Get(back->buffer())->data();
    QCOMPARE(Bytes(stored->begin(), stored->end()), parts.buffers[1]->data);
}

void TestTfliteSparse::writesChangedSparseConstantsDense()
{
    const Result<ModelPtr> model = tflite().read(packed(sparseAddition()));
    QVERIFY2(model, qPrintable(problem(model)));
    Model copy = **model;
    copy.main().tensors[1].data = sharedBytes(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
    const Bytes written = *tflite().write(copy);
    QVERIFY(!wire::GetModel(written.data())->subgraphs()->Get(0)->tensors()->Get(1)->sparsity());
    const Result<ModelPtr> back = tflite().read(written);
    QVERIFY2(back, qPrintable(problem(back)));
    QCOMPARE(values<float>((*back)->main().tensors[1])[7], 8.0f);
}

void TestTfliteSparse::refusesSparseConstantsThatDoNotFit_data()
{
    QTest::addColumn<int>("kind");
    for (int kind = 0; kind < 8; ++kind)
        QTest::addRow("%d", kind) << kind;
}

void TestTfliteSparse::refusesSparseConstantsThatDoNotFit()
{
    QFETCH(int, kind);
    wire::ModelT parts = sparseAddition();
    wire::SparsityParametersT &sparsity = *parts.subgraphs[0]->tensors[1]->sparsity;
    auto &segments = sparsity.dim_metadata[1]->array_segments.AsUint8Vector()->values;
    auto &columns = sparsity.dim_metadata[1]->array_indices.AsUint8Vector()->values;
    switch (kind) {
    case 0:
        columns[0] = 4; // outside of the row
        break;
    case 1:
        segments[1] = 9; // beyond the columns
        break;
    case 2:
        segments.pop_back();
        break;
    case 3:
        sparsity.traversal_order = {0, 0};
        break;
    case 4:
        sparsity.dim_metadata[0]->dense_size = INT32_MAX;
        break;
    case 5:
        parts.buffers[1]->data.resize(8); // a value short
        break;
    case 6:
        sparsity.dim_metadata[1]->array_segments.Reset();
        break;
    case 7:
        for (auto &tensor : parts.subgraphs[0]->tensors)
            tensor->shape = {1 << 14, 1 << 14}; // a gigabyte out of nothing
        break;
    }
    QVERIFY(problem(tflite().read(packed(parts))).contains(QStringLiteral("sparsely")));
}

QTEST_APPLESS_MAIN(TestTfliteSparse)
#include "tst_tflitesparse.moc"
