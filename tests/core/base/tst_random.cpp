// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

#include <QtTest>

#include <numeric>
#include <set>
#include <vector>

using namespace espalier;

class RandomTest : public QObject
{
    Q_OBJECT

private slots:
    /// The published algorithms, evaluated outside this program.
    void followsItsDefinition()
    {
        Random random(1);
        QCOMPARE(random.next(), quint64(12966619160104079557ull));
        QCOMPARE(random.next(), quint64(9600361134598540522ull));
        QCOMPARE(random.next(), quint64(10590380919521690900ull));
    }

    void streamsDiffer()
    {
        std::set<std::uint64_t> firsts;
        for (std::uint64_t seed = 0; seed < 20; ++seed)
            for (std::uint64_t stream = 0; stream < 20; ++stream)
                firsts.insert(Random(seed, stream).next());
        QCOMPARE(firsts.size(), std::size_t(400));
    }

    void uniformFillsTheUnitInterval()
    {
        Random random(2);
        double sum = 0, squares = 0;
        constexpr int count = 20000;
        for (int i = 0; i < count; ++i) {
            const double u = random.uniform();
            QVERIFY(u >= 0 && u < 1);
            sum += u;
            squares += u * u;
        }
        QVERIFY(std::abs(sum / count - 0.5) < 0.01);
        QVERIFY(std::abs(squares / count - 1.0 / 3) < 0.01);
    }

    void belowIsEven()
    {
        Random random(3);
        std::vector<int> seen(6, 0);
        for (int i = 0; i < 60000; ++i)
            ++seen[std::size_t(random.below(6))];
        for (const int count : seen) // 10000 expected, standard deviation 91
            QVERIFY(std::abs(count - 10000) < 400);
        QCOMPARE(random.below(1), quint64(0));
    }

    void shuffleKeepsEverything()
    {
        std::vector<int> order(100);
        std::iota(order.begin(), order.end(), 0);
        const std::vector<int> sorted = order;
        Random random(4);
        random.shuffle(order);
        QVERIFY(order != sorted);
        std::ranges::sort(order);
        QCOMPARE(order, sorted);
    }
};

QTEST_GUILESS_MAIN(RandomTest)
#include "tst_random.moc"
