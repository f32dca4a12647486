// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/pruningremark.h"

#include "core/exporters/texttable.h"

#include <QtTest>

using namespace espalier;

namespace {

Row row(const char *recipe, double zeros, std::int64_t size)
{
    Row row;
    row.set(Column::variant, std::string(*recipe ? "pruned" : "original"));
    row.set(Column::recipe, std::string(recipe));
    row.set(Column::sparsity, zeros);
    row.set(Column::sizeBytes, size);
    return row;
}

} // namespace

class PruningRemarkTest : public QObject
{
    Q_OBJECT

private slots:
    void zerosAreStored()
    {
        Row original = row("", 0, 1000), pruned = row("prune-global sparsity=0.9", 0.9, 1001);
        original.set(Column::instructions, std::int64_t(5000));
        pruned.set(Column::instructions, std::int64_t(5000));
        const auto remark = pruningRemark(pruned, original);
        QVERIFY(remark);
        QCOMPARE(remark->unchanged, std::vector<Column>({Column::sizeBytes, Column::instructions}));
        QCOMPARE(remark->recipe, std::string("prune-global sparsity=0.9 | remove-sparsity"));
        QVERIFY(remark->text().starts_with("90 % of the weights are zero"));
        // The table tells it once for a variant.
        const std::vector<Row> rows = {original, pruned, pruned};
        QCOMPARE(std::ranges::count_if(figureTable(rows).notes,
                                       [](const std::string &note) { return note.starts_with("pruned: 90 %"); }),
                 1);
    }

    void zerosAreSkipped()
    {
        const auto remark =
            pruningRemark(row("prune-global sparsity=0.9 | sparse-runtime", 0.9, 1000), row("", 0, 1000));
        QVERIFY(remark);
        QCOMPARE(remark->kind, PruningRemark::Kind::zerosSkipped);
        QCOMPARE(remark->recipe, std::string()); // what removes them would leave nothing to skip
        QVERIFY(remark->text().find("leave them out") != std::string::npos);
    }

    void masksAreKept()
    {
        const auto remark = pruningRemark(row("prune-global sparsity=0.8 strip=no", 0.8, 1941), row("", 0, 1000));
        QVERIFY(remark);
        QCOMPARE(remark->kind, PruningRemark::Kind::masksKept);
        QCOMPARE(remark->recipe, std::string("prune-global")); // 0.8 is its default
        QVERIFY(remark->text().find("1.94x") != std::string::npos);
    }

    void nothingWhereItWasGained()
    {
        const Row original = row("", 0, 1000);
        QVERIFY(!pruningRemark(row("prune-channels", 0, 300), original));
        QVERIFY(!pruningRemark(row("prune-global | remove-sparsity", 0.5, 300), original));
        QVERIFY(!pruningRemark(original, original));
        Row failed = row("prune-global", 0.8, 1000);
        failed.set(Column::status, std::string(name(Status::failed)));
        QVERIFY(!pruningRemark(failed, original));
        // After a quantization the zeros still bring nothing, but no step behind it removes them.
        const auto quantized = pruningRemark(row("prune-global | quantize-int8", 0.8, 1000), original);
        QVERIFY(quantized);
        QVERIFY(quantized->recipe.empty());
    }
};

QTEST_GUILESS_MAIN(PruningRemarkTest)
#include "tst_pruningremark.moc"
