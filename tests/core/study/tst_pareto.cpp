// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/comparison.h"

#include <QtTest>

#include <random>

using namespace espalier;

namespace {

Row point(double accuracy, std::int64_t size)
{
    Row row;
    row.set(Column::accuracy, accuracy);
    row.set(Column::sizeBytes, size);
    return row;
}

using Indices = std::vector<std::size_t>;

} // namespace

class TestPareto : public QObject
{
    Q_OBJECT

private slots:
    void keepsWhatNothingBeats()
    {
        const std::vector<Row> rows = {point(0.9, 100), point(0.8, 50), point(0.7, 60), point(0.95, 200),
                                       point(0.9, 120)};
        QCOMPARE(paretoFront(rows, Column::sizeBytes, Column::accuracy), (Indices{1, 0, 3}));
        QCOMPARE(paretoFront(rows, Column::accuracy, Column::sizeBytes), (Indices{1, 0, 3}));
    }

    void equalsAreAllIn()
    {
        const std::vector<Row> rows = {point(0.9, 100), point(0.9, 100), point(0.9, 101)};
        QCOMPARE(paretoFront(rows, Column::sizeBytes, Column::accuracy), (Indices{0, 1}));
    }

    void leavesOutWhatIsMissingOrFailed()
    {
        std::vector<Row> rows = {point(0.9, 100), point(0.99, 10), point(0.99, 11)};
        rows[1].set(Column::status, std::string("failed"));
        rows[2].clear(Column::accuracy);
        QCOMPARE(paretoFront(rows, Column::sizeBytes, Column::accuracy), (Indices{0}));
        rows[0].set(Column::accuracy, std::nan(""));
        QCOMPARE(paretoFront(rows, Column::sizeBytes, Column::accuracy), Indices{});
    }

    void neverMixesKinds()
    {
        std::vector<Row> rows = {point(0.9, 1), point(0.8, 1), point(0.95, 1)};
        const std::array kinds = {Source::simulated, Source::simulated, Source::measured};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].set(Column::latencyMs, i == 1 ? 1.0 : 2.0);
            rows[i].set(Column::timeSource, std::string(name(kinds[i])));
        }
        // Row 2 would beat row 0, but its milliseconds are not the same thing.
        QCOMPARE(paretoFront(rows, Column::latencyMs, Column::accuracy), (Indices{1, 0}));
    }

    void equalsTheDefinition()
    {
        std::mt19937 random(5);
        for (int round = 0; round < 50; ++round) {
            std::vector<Row> rows;
            for (int i = 0; i < 30; ++i)
                rows.push_back(point(double(random() % 12), std::int64_t(random() % 12)));
            Indices expected;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const auto beats = [&](const Row &other) {
                    const double a = *other.number(Column::accuracy) - *rows[i].number(Column::accuracy);
                    const double s = *rows[i].number(Column::sizeBytes) - *other.number(Column::sizeBytes);
                    return a >= 0 && s >= 0 && (a > 0 || s > 0);
                };
                if (std::ranges::none_of(rows, beats))
                    expected.push_back(i);
            }
            Indices front = paretoFront(rows, Column::sizeBytes, Column::accuracy);
            QVERIFY(
                std::ranges::is_sorted(front, {}, [&](std::size_t i) { return *rows[i].number(Column::sizeBytes); }));
            std::ranges::sort(front);
            QCOMPARE(front, expected);
        }
    }
};

QTEST_APPLESS_MAIN(TestPareto)
#include "tst_pareto.moc"
