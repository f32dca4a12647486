// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/arena.h"
#include "device/plan/steporder.h"

#include <QtTest>

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <set>

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

    // Small random networks: no order that keeps to their dependencies has a lower peak than the one that is found.
    void theBestOrderIsFound()
    {
        std::mt19937 random(5);
        int improved = 0;
        for (int round = 0; round < 300; ++round) {
            const std::size_t count = 2 + random() % 6;
            // Step i makes storage i + 1 from some that are there; storage 0 is the input, the last one the output.
            std::vector<StorageUse> storages(count + 1);
            std::vector<StepUse> steps(count);
            for (StorageUse &storage : storages)
                storage.bytes = 1 + random() % 1000;
            storages.front().isInput = storages.back().isOutput = true;
            for (std::size_t i = 0; i < count; ++i) {
                std::set<std::size_t> inputs = {random() % (i + 1), random() % (i + 1)};
                for (const std::size_t input : inputs) {
                    steps[i].storages.push_back(input);
                    if (input > 0)
                        steps[i].after.push_back(input - 1);
                    if (random() % 3 == 0)
                        steps[i].overlaps.push_back({input, i + 1, random() % 200});
                }
                steps[i].storages.push_back(i + 1);
            }
            std::vector<std::size_t> order(count);
            std::iota(order.begin(), order.end(), std::size_t(0));
            const std::size_t given = peakOf(steps, storages, order);
            std::size_t best = given;
            do {
                std::vector<bool> done(count, false);
                const bool isPossible = std::ranges::all_of(order, [&](std::size_t step) {
                    done[step] = true;
                    return std::ranges::all_of(steps[step].after, [&](std::size_t other) { return done[other]; });
                });
                if (isPossible)
                    best = std::min(best, peakOf(steps, storages, order));
            } while (std::ranges::next_permutation(order).found);
            const auto found = leanerOrder(steps, storages);
            QCOMPARE(found.empty() ? given : peakOf(steps, storages, found), best);
            QCOMPARE(found.empty(), best == given);
            QCOMPARE(leanerOrder(steps, storages), found);
            improved += best < given;
        }
        QVERIFY(improved > 20);
    }

    // Too many sets of steps to go through all of them: still better than a given order that is bad, and in time.
    void manyBranchesAreOrdered()
    {
        std::vector<StorageUse> storages = {{100, true, false}};
        std::vector<StepUse> steps;
        constexpr std::size_t branches = 60;
        for (std::size_t i = 0; i < branches; ++i) {
            storages.push_back({1000});
            steps.push_back({{0, i + 1}, {}, {}});
        }
        for (std::size_t i = 0; i < branches; ++i) {
            storages.push_back({1, false, true});
            steps.push_back({{i + 1, branches + i + 1}, {i}, {}});
        }
        const auto order = leanerOrder(steps, storages);
        QCOMPARE(order.size(), steps.size());
        QCOMPARE(peakOf(steps, storages, order), 100 + 1000 + branches - 1); // the last branch frees the input
    }
};

QTEST_APPLESS_MAIN(TestArena)
#include "tst_arena.moc"
