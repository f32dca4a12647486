// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/comparison.h"
#include "core/study/figureformat.h"

#include <QtTest>

using namespace espalier;

class TestRelativeText : public QObject
{
    Q_OBJECT

private slots:
    // The figures of the papers' tables, each from the two values that give it.
    void asThePapersPrint_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("original");
        QTest::addColumn<QString>("text");
        QTest::newRow("masked size") << "size_bytes" << 4383520.0 << 2257984.0 << "1.94x ↑";
        QTest::newRow("int8 size") << "size_bytes" << 25000.0 << 100000.0 << "4x ↓";
        QTest::newRow("dynamic size") << "size_bytes" << 60606.0 << 100000.0 << "1.65x ↓";
        QTest::newRow("same size") << "size_bytes" << 10160.0 << 10160.0 << "1x";
        QTest::newRow("nearly the same size") << "size_bytes" << 10161.0 << 10160.0 << "1x";
        QTest::newRow("to nothing") << "macs" << 0.0 << 10.0 << "";
        QTest::newRow("far larger") << "parameters" << 123456.0 << 100.0 << "1235x ↑";
        QTest::newRow("faster") << "latency_ms" << 2.5 << 10.0 << "75% ↓";
        QTest::newRow("slower") << "latency_ms" << 12.0 << 10.0 << "20% ↑";
        QTest::newRow("three times as slow") << "latency_ms" << 30.0 << 10.0 << "200% ↑";
        QTest::newRow("barely faster") << "latency_ms" << 9.993 << 10.0 << "0.07% ↓";
        QTest::newRow("as fast") << "latency_ms" << 10.0 << 10.0 << "0%";
        QTest::newRow("worse") << "accuracy" << 0.7152 << 0.7182 << "0.3 pp ↓";
        QTest::newRow("better") << "accuracy" << 0.719 << 0.7183 << "0.07 pp ↑";
        QTest::newRow("as good") << "accuracy" << 0.5 << 0.5 << "0 pp";
        QTest::newRow("zeros") << "sparsity" << 0.6 << 0.0 << "60%";
        QTest::newRow("no direction") << "samples" << 5.0 << 6.0 << "";
        QTest::newRow("no number") << "size_bytes" << std::nan("") << 6.0 << "";
    }
    void asThePapersPrint()
    {
        QFETCH(QString, key);
        QFETCH(double, value);
        QFETCH(double, original);
        const Column column = findColumn(key.toStdString())->column;
        Row row, reference;
        row.set(column, value);
        reference.set(column, original);
        QTEST(QString::fromStdString(relativeText(column, row, reference)), "text");
    }

    void comparesOnlyWhatIsComparable()
    {
        Row row, original;
        row.set(Column::latencyMs, 5.0);
        QCOMPARE(relativeText(Column::latencyMs, row, original), std::string());
        original.set(Column::latencyMs, 10.0);
        QCOMPARE(relativeText(Column::latencyMs, row, original), std::string("50% ↓"));
        row.set(Column::timeSource, std::string("simulated"));
        original.set(Column::timeSource, std::string("measured"));
        QCOMPARE(relativeText(Column::latencyMs, row, original), std::string());
        original.set(Column::timeSource, std::string("simulated"));
        original.set(Column::board, std::string("other"));
        QCOMPARE(relativeText(Column::latencyMs, row, original), std::string());
    }

    void figuresHaveOneUnit()
    {
        const FigureFormat bytes = figureFormat(Column::sizeBytes, 99840);
        QCOMPARE(bytes.unit, std::string("KiB"));
        QCOMPARE(bytes.text(99840), std::string("97.50"));
        QCOMPARE(bytes.text(512), std::string("0.50"));
        QCOMPARE(figureText(Column::macs, 2656768), std::string("2.66 M"));
        QCOMPARE(figureText(Column::accuracy, 0.9125), std::string("91.25 %"));
        QCOMPARE(figureText(Column::accuracyDelta, 0.0025), std::string("+0.25 pp"));
        QCOMPARE(figureText(Column::accuracyDelta, -0.0000001), std::string("0.00 pp"));
        QCOMPARE(figureText(Column::hostMs, 0.05), std::string("50.00 µs"));
        QCOMPARE(figureText(Column::hostMs, std::nan("")), std::string("? µs"));
        QVERIFY(figureText(Column::hostMs, 1e300).size() < 400);
    }
};

QTEST_APPLESS_MAIN(TestRelativeText)
#include "tst_relativetext.moc"
