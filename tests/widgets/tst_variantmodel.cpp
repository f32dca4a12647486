// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/samplerows.h"
#include "widgets/models/comparisonsort.h"
#include "widgets/models/variantmodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace espalier;
using namespace espalier::ui;

class TestVariantModel : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void keepsTheModelContract()
    {
        VariantModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.expectRows(sampleRows());
        model.startRow(0, sampleRows()[0]);
        model.changeRow(0, sampleRows()[0], QStringLiteral("evaluating"));
        model.setRowProgress(0, 0.5);
        model.finishRow(0, sampleRows()[0]);
        model.finishRow(9, sampleRows()[1]); // beyond the expected rows
        QCOMPARE(model.rowCount(), 10);
        model.setRelative(true);
        model.cancelUnfinished();
        model.setRows({});
        QCOMPARE(model.rowCount(), 0);
    }

    void showsOneUnitPerColumn()
    {
        VariantModel model;
        model.setRows(sampleRows());
        QCOMPARE(header(model, Column::sizeBytes), QStringLiteral("KiB"));
        QCOMPARE(text(model, 0, Column::sizeBytes), QStringLiteral("97.5"));
        QCOMPARE(text(model, 3, Column::sizeBytes), QStringLiteral("33.3"));
        QCOMPARE(header(model, Column::hostMs), QStringLiteral("µs"));
        QCOMPARE(text(model, 0, Column::hostMs), QStringLiteral("41.2"));
        QCOMPARE(text(model, 3, Column::accuracy), QStringLiteral("91.00"));
        QCOMPARE(text(model, 3, Column::accuracyDelta), QStringLiteral("−0.25"));
        QCOMPARE(text(model, 1, Column::accuracyDelta), QStringLiteral("0.00"));
        QCOMPARE(text(model, 0, Column::accuracyDelta), QStringLiteral("—"));
    }

    void showsNothingForWhatWasNotMeasured()
    {
        VariantModel model;
        model.setRows(sampleRows());
        QCOMPARE(text(model, 0, Column::latencyMs), QString());
        QVERIFY(!model.index(0, int(Column::latencyMs)).data(VariantModel::SortRole).isValid());
        QCOMPARE(model.index(0, int(Column::latencyMs)).data(VariantModel::RawRole).toString(), QString());
    }

    void marksWhatIsNotMeasured()
    {
        VariantModel model;
        model.setRows(sampleRows());
        const auto word = [&](Column column) {
            return model.index(1, int(column)).data(VariantModel::SourceWordRole).toString();
        };
        QCOMPARE(word(Column::instructions), QStringLiteral("count"));
        QCOMPARE(word(Column::sizeBytes), QString());
        QVERIFY(model.index(1, int(Column::instructions))
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("QEMU")));
    }

    void judgesAgainstTheOriginal()
    {
        VariantModel model;
        model.setRows(sampleRows());
        const auto judgement = [&](int row, Column column) {
            return model.index(row, int(column)).data(VariantModel::JudgementRole).toInt();
        };
        QCOMPARE(judgement(3, Column::sizeBytes), 1);
        QCOMPARE(judgement(3, Column::accuracyDelta), -1);
        QCOMPARE(judgement(4, Column::sizeBytes), 0); // as large as the original
        QCOMPARE(judgement(0, Column::accuracy), 0);
    }

    void showsFiguresAsPapersDo()
    {
        VariantModel model;
        model.setRows(sampleRows());
        model.setRelative(true);
        QVERIFY(text(model, 3, Column::sizeBytes).endsWith(QStringLiteral("x ↓")));
        QVERIFY(text(model, 3, Column::hostMs).endsWith(QStringLiteral("% ↓")));
        QCOMPARE(text(model, 0, Column::sizeBytes), QStringLiteral("97.5"));
        QCOMPARE(header(model, Column::sizeBytes), QString());
    }

    void saysWhatRunsAndWhatFailed()
    {
        VariantModel model;
        const std::vector<Row> rows = sampleRows();
        model.expectRows(rows);
        QCOMPARE(note(model, 2), QStringLiteral("waiting"));
        model.changeRow(2, rows[2], QStringLiteral("evaluating"));
        model.setRowProgress(2, 0.62);
        QCOMPARE(note(model, 2), QStringLiteral("evaluating 62 %"));
        model.finishRow(2, rows[2]);
        QCOMPARE(note(model, 2), QString());
        model.setRowProgress(2, 0.9); // a report that comes late changes nothing
        QCOMPARE(note(model, 2), QString());
        model.finishRow(7, rows[7]);
        QVERIFY(note(model, 7).startsWith(QStringLiteral("The data set has no calibration")));
        QVERIFY(model.index(7, 0).data(VariantModel::FailedRole).toBool());
    }

    void keepsColoursOfRecipes()
    {
        VariantModel model;
        model.setRows(sampleRows());
        QCOMPARE(model.variantIndex(0), 0);
        QCOMPARE(model.variantIndex(3), 3);
        model.setVariantIndices({{QStringLiteral("quantize-int8"), 5}});
        QCOMPARE(model.variantIndex(3), 5);
        QCOMPARE(model.variantIndex(1), 6); // not in the list: after those that are
    }

    void sortsByNumberWithTheOriginalFirst_data()
    {
        QTest::addColumn<Qt::SortOrder>("order");
        QTest::addColumn<QList<int>>("expected"); // source rows
        QTest::newRow("ascending") << Qt::AscendingOrder << QList<int>{0, 6, 5, 3, 2, 4, 1, 7};
        QTest::newRow("descending") << Qt::DescendingOrder << QList<int>{0, 1, 2, 4, 3, 5, 6, 7};
    }

    void sortsByNumberWithTheOriginalFirst()
    {
        QFETCH(Qt::SortOrder, order);
        QFETCH(QList<int>, expected);
        VariantModel model;
        model.setRows(sampleRows());
        ComparisonSort sort;
        const QAbstractItemModelTester tester(&sort, QAbstractItemModelTester::FailureReportingMode::QtTest);
        sort.setSourceModel(&model);
        sort.sort(int(Column::accuracy), order);
        QList<int> rows;
        for (int row = 0; row < sort.rowCount(); ++row)
            rows += sort.mapToSource(sort.index(row, 0)).row();
        QCOMPARE(rows, expected);
    }

private:
    static QString text(const VariantModel &model, int row, Column column)
    {
        return model.index(row, int(column)).data().toString();
    }
    static QString note(const VariantModel &model, int row)
    {
        return model.index(row, 0).data(VariantModel::NoteRole).toString();
    }
    static QString header(const VariantModel &model, Column column)
    {
        return model.headerData(int(column), Qt::Horizontal, VariantModel::UnitRole).toString();
    }
};

QTEST_MAIN(TestVariantModel)
#include "tst_variantmodel.moc"
