// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/arena.h"

#include <QtTest>

#include <optional>
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

    void anOutputRunsOverItsInput()
    {
        // Three layers, each of which may begin 10 bytes before its input: they lie in a staircase.
        std::vector<PlanStorage> chain = {{400, -1, 0, 0}, {400, 0, 1, 0}, {400, 1, 2, 0}, {400, 2, 3, 0}};
        const std::vector<PlanOverlap> overlaps = {{0, 1, 10}, {1, 2, 10}, {2, 3, 10}};
        QCOMPARE(placeStorages(chain, overlaps), std::size_t(400 + 3 * 16));
        QCOMPARE(liveBytes(chain, overlaps), std::size_t(410));
    }

    void aGrowingOutputEndsWithItsInput()
    {
        // The input fills the upper half of what the output takes in the end.
        std::vector<PlanStorage> storages = {{800, -1, 0, 0}, {1600, 0, 1, 0}};
        const std::vector<PlanOverlap> overlaps = {{0, 1, 800}};
        QCOMPARE(placeStorages(storages, overlaps), std::size_t(1600));
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
            // Half of what begins where something else ends may lie over it.
            std::vector<PlanOverlap> overlaps;
            for (std::size_t i = 0; i < storages.size(); ++i) {
                for (std::size_t k = 0; k < storages.size(); ++k) {
                    if (i != k && storages[i].last == storages[k].first && storages[i].first < storages[k].first &&
                        random() % 2 == 0)
                        overlaps.push_back({i, k, random() % 300});
                }
            }
            const auto leadOf = [&](std::size_t in, std::size_t out) -> std::optional<std::size_t> {
                for (const PlanOverlap &overlap : overlaps) {
                    if (overlap.in == in && overlap.out == out)
                        return overlap.lead;
                }
                return std::nullopt;
            };
            const std::size_t peak = placeStorages(storages, overlaps);
            QVERIFY(peak >= liveBytes(storages, overlaps));
            QVERIFY(peak <= sum);
            std::size_t end = 0;
            for (std::size_t i = 0; i < storages.size(); ++i) {
                QCOMPARE(storages[i].offset % arenaAlignment, std::size_t(0));
                end = std::max(end, storages[i].offset + storages[i].bytes);
                for (std::size_t k = 0; k < i; ++k) {
                    const PlanStorage &a = storages[i], &b = storages[k];
                    const bool together = a.first <= b.last && b.first <= a.last;
                    const bool apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
                    const auto iOverK = leadOf(k, i), kOverI = leadOf(i, k);
                    const bool mayOverlap =
                        (iOverK && a.offset + *iOverK <= b.offset) || (kOverI && b.offset + *kOverI <= a.offset);
                    QVERIFY(!together || apart || mayOverlap);
                }
            }
            QCOMPARE(end, peak);
        }
    }
};

QTEST_APPLESS_MAIN(TestArena)
#include "tst_arena.moc"
