// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/budget.h"
#include "support/samplerows.h"

#include <QtTest>

using namespace espalier;

class BudgetTest : public QObject
{
    Q_OBJECT
private slots:
    void textReadsBack()
    {
        const Result<Budget> budget = Budget::parse("flash_bytes<=256KiB, accuracy>=90%  instructions<=9.8M");
        QVERIFY(budget);
        QCOMPARE(budget->limit(Column::flashBytes), std::optional(262144.0));
        QCOMPARE(budget->limit(Column::accuracy), std::optional(0.9));
        QCOMPARE(budget->limit(Column::ramBytes), std::nullopt);
        QCOMPARE(budget->text(), std::string("accuracy>=0.9 instructions<=9800000 flash_bytes<=262144"));
        QCOMPARE(*Budget::parse(budget->text()), *budget);
        QVERIFY(Budget::parse("")->empty());
        QCOMPARE(Budget().text(), std::string());
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("no sign") << "flash_bytes"
                                 << "write it as";
        QTest::newRow("unknown") << "flash_byte<=3"
                                 << "Did you mean 'flash_bytes'?";
        QTest::newRow("a text column") << "recipe<=3"
                                       << "no known figure";
        QTest::newRow("wrong way round") << "accuracy<=0.9"
                                         << "write accuracy>=";
        QTest::newRow("no number") << "ram_bytes<="
                                   << "no number";
        QTest::newRow("unknown suffix") << "ram_bytes<=3GB"
                                        << "no number";
        QTest::newRow("not finite") << "ram_bytes<=inf"
                                    << "no number";
    }
    void refusals()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const Result<Budget> budget = Budget::parse(text.toStdString());
        QVERIFY(!budget);
        QVERIFY2(QString::fromStdString(budget.error().message).contains(says), budget.error().message.c_str());
    }

    void judgesRows()
    {
        const std::vector<Row> rows = sampleRows(); // 0 original … 3 int8, 5 magnitude and int8, 7 failed
        Budget budget;
        QCOMPARE(budget.judge(rows[0]), Budget::Verdict::unlimited);
        budget.setLimit(Column::instructions, 10e6);
        QCOMPARE(budget.judge(rows[0]), Budget::Verdict::exceeded);
        QCOMPARE(budget.judge(rows[3]), Budget::Verdict::kept);
        QCOMPARE(budget.judge(rows[3], Column::sizeBytes), Budget::Verdict::unlimited);
        QCOMPARE(budget.judge(rows[7]), Budget::Verdict::unknown);
        Row stopped = rows[3]; // after it had the figures that are asked for
        stopped.set(Column::status, std::string("cancelled"));
        QCOMPARE(budget.judge(stopped), Budget::Verdict::kept);
        stopped.clear(Column::instructions);
        QCOMPARE(budget.judge(stopped), Budget::Verdict::unknown);
        budget.setLimit(Column::latencyMs, 10); // nobody has it: nothing is promised, but what is exceeded stays so
        QCOMPARE(budget.judge(rows[3]), Budget::Verdict::unknown);
        QCOMPARE(budget.judge(rows[0]), Budget::Verdict::exceeded);
        budget.setLimit(Column::latencyMs, std::nullopt);
        QCOMPARE(budget.judge(rows[3]), Budget::Verdict::kept);
    }

    void limitsAreInclusive()
    {
        Row row;
        row.set(Column::accuracyDelta, 0.9025 - 0.9125); // −0.01, by a rounding less
        row.set(Column::ramBytes, std::int64_t(4096));
        QCOMPARE(Budget::parse("accuracy_delta>=-0.01 ram_bytes<=4KiB")->judge(row), Budget::Verdict::kept);
        QCOMPARE(Budget::parse("ram_bytes<=4095")->judge(row), Budget::Verdict::exceeded);
    }

    void findsTheBest()
    {
        const std::vector<Row> rows = sampleRows();
        const BudgetOutcome two = outcomeOf(*Budget::parse("instructions<=10M"), rows);
        QCOMPARE(two.rows, std::size_t(8));
        QCOMPARE(two.kept, std::size_t(2));
        QCOMPARE(two.unknown, std::size_t(1));
        QCOMPARE(two.best, std::optional(std::size_t(3))); // 91.00 % rather than 90.75 %
        // Of equal accuracy the smaller file.
        QCOMPARE(outcomeOf(*Budget::parse("accuracy>=0.912"), rows).best, std::optional(std::size_t(1)));
        QCOMPARE(outcomeOf(*Budget::parse("accuracy>=0.99"), rows).best, std::nullopt);
        QCOMPARE(outcomeOf(*Budget::parse("accuracy>=0.99"), {}).kept, std::size_t(0));
    }
};

QTEST_APPLESS_MAIN(BudgetTest)
#include "tst_budget.moc"
