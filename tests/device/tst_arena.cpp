// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/arena.h"

#include <QtTest>

#include <random>

using namespace espalier;
using namespace espalier::device;

class TestArena : public QObject
{
    Q_OBJECT

private slots:
    void nothingTakesNothing() { QCOMPARE(placeStorages({}), std::size_t(0)); }

    void chainNeedsItsLargestPair()
    {
        // Each tensor is made from the one before: two neighbours are alive at once.
        std::vector<PlanStorage> chain = {{100, -1, 0, 0}, {400, 0, 1, 0}, {200, 1, 2, 0}, {8, 2, 3, 0}};
        QCOMPARE(placeStorages(chain), std::size_t(600));
        QCOMPARE(liveBytes(chain), std::size_t(600));
    }

    void gapsAreReused()
    {
        // A long-lived block between two short ones: the second short one takes the first one's place.
        std::vector<PlanStorage> blocks = {{64, 0, 1, 0}, {32, 0, 9, 0}, {64, 2, 9, 0}};
        QCOMPARE(placeStorages(blocks), std::size_t(96));
    }

    void randomLifetimesNeverOverlap()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 300; ++round) {
            std::vector<PlanStorage> storages(1 + random() % 40);
            std::size_t sum = 0;
            for (PlanStorage &storage : storages) {
                storage.bytes = 1 + random() % 1000;
                storage.first = std::int32_t(random() % 20) - 1;
                storage.last = storage.first + std::int32_t(random() % 6);
                sum += storage.bytes + arenaAlignment;
            }
            const std::size_t peak = placeStorages(storages);
            QVERIFY(peak >= liveBytes(storages));
            QVERIFY(peak <= sum);
            std::size_t end = 0;
            for (std::size_t i = 0; i < storages.size(); ++i) {
                QCOMPARE(storages[i].offset % arenaAlignment, std::size_t(0));
                end = std::max(end, storages[i].offset + storages[i].bytes);
                for (std::size_t k = 0; k < i; ++k) {
                    const PlanStorage &a = storages[i], &b = storages[k];
                    const bool together = a.first <= b.last && b.first <= a.last;
                    const bool apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
                    QVERIFY(!together || apart);
                }
            }
            QCOMPARE(end, peak);
        }
    }
};

QTEST_APPLESS_MAIN(TestArena)
#include "tst_arena.moc"
