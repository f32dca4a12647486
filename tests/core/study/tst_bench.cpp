// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/bench.h"

#include <QtTest>

using namespace espalier;

class TestBench : public QObject
{
    Q_OBJECT

private slots:
    void whatWasNotMeasuredStaysEmpty()
    {
        BenchRecord record;
        record.board = "b";
        record.timeSource = Source::simulated;
        record.energySource = Source::estimated;
        Row row;
        fill(row, record);
        for (const ColumnInfo &column : columns())
            QCOMPARE(row.has(column.column), column.column == Column::board);
    }

    void countedInstructionsAreNoTime()
    {
        BenchRecord record;
        record.board = "qemu-m4";
        record.timeSource = Source::counted;
        record.instructions = 1000;
        record.latencyMs = 3; // a driver's mistake
        record.cycles = 4;
        Row row;
        fill(row, record);
        QVERIFY(!row.has(Column::latencyMs));
        QVERIFY(!row.has(Column::cycles));
        QCOMPARE(row.number(Column::instructions), 1000.0);
        QCOMPARE(row.timeSource(), Source::counted);
    }

    void aDifferenceIsTold()
    {
        BenchRecord record;
        record.exact = true;
        Row row;
        fill(row, record);
        QCOMPARE(row.text(Column::fidelity), std::string("exact"));
        record.exact = false;
        record.difference = "output 3 differs by 1";
        fill(row, record);
        QCOMPARE(row.text(Column::fidelity), std::string("differs"));
        QCOMPARE(row.text(Column::why), record.difference);
    }

    void accuracyOnTheBoardComesWithItsSamples()
    {
        BenchRecord record;
        record.accuracy = 0.5;
        record.validated = 50;
        Row row;
        fill(row, record);
        QCOMPARE(row.number(Column::accuracy), 0.5);
        QCOMPARE(row.number(Column::samples), 50.0);
    }
};

QTEST_APPLESS_MAIN(TestBench)
#include "tst_bench.moc"
