// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/masks.h"
#include "core/techniques/pruningschedule.h"
#include "golden.h"

#include <algorithm>
#include <cmath>

using namespace espalier;

namespace {

std::ptrdiff_t removed(const Mask &mask)
{
    return std::ranges::count(mask, false);
}

std::vector<float> magnitudes(const nlohmann::json &weights)
{
    std::vector<float> all = flat<float>(weights);
    for (float &w : all)
        w = std::abs(w);
    return all;
}

Mask flatMask(const nlohmann::json &json)
{
    const std::vector<float> numbers = flat<float>(json);
    return {numbers.begin(), numbers.end()};
}

} // namespace

class MasksTest : public QObject
{
    Q_OBJECT

private slots:
    void magnitudeKeepsTheLargest()
    {
        const std::vector<float> w = {0.1f, -3, 2, -0.5f, 0};
        QCOMPARE(magnitudeMask(w, 0.6f), Mask({false, true, true, false, false}));
        QCOMPARE(magnitudeMask(w, 0), Mask(5, true));
        QCOMPARE(magnitudeMask(w, 0.9999f), Mask({false, true, false, false, false})); // one always survives
        QCOMPARE(magnitudeMask({}, 0.5f), Mask());
    }

    void magnitudeKeepsTies()
    {
        const std::vector<float> w = {1, -1, 1, 2};
        QCOMPARE(magnitudeMask(w, 0.5f), Mask(4, true));
    }

    void magnitudeCountsTheKeptOnes()
    {
        // 5 weights, half of them: round-half-even(2.5) = 2 stay; counting the removed ones would leave 3.
        QCOMPARE(removed(magnitudeMask(std::vector<float>{1, 2, 3, 4, 5}, 0.5f)), 3);
    }

    void magnitudeAgreesWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/tfmot_pruning.hand.json");
        const nlohmann::json cases = golden("tfmot_pruning.hand.json")["magnitude_masks"];
        QVERIFY(cases.size() >= 7);
        for (const nlohmann::json &c : cases) {
            const std::vector<int> expected = flat<int>(c["mask"]);
            QCOMPARE(magnitudeMask(flat<float>(c["w"]), c["sparsity"].get<float>()),
                     Mask(expected.begin(), expected.end()));
        }
    }

    void drawsAgreeWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/torch_prune_masks.json");
        int seen = 0;
        const nlohmann::json cases = golden("torch_prune_masks.json");
        for (const nlohmann::json &c : cases["cases"]) {
            if (c["method"] != "random_unstructured")
                continue;
            ++seen;
            const std::vector<double> draws = flat<double>(c["uniforms"]);
            const std::vector<float> expected = flat<float>(c["mask"]);
            QCOMPARE(maskOfDraws(std::vector<float>(draws.size(), 1), draws, c["amount"].get<double>()),
                     Mask(expected.begin(), expected.end()));
        }
        QCOMPARE(seen, 2);
    }

    void randomCounts_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<double>("share");
        QTest::addColumn<int>("gone");
        QTest::newRow("2.5 rounds to even") << 5 << 0.5 << 2;
        QTest::newRow("3.5 rounds to even") << 7 << 0.5 << 4;
        QTest::newRow("none") << 9 << 0.0 << 0;
        QTest::newRow("all") << 9 << 1.0 << 9;
        QTest::newRow("in double") << 30 << 0.32 << 10;
    }

    void randomCounts()
    {
        QFETCH(int, size);
        QFETCH(double, share);
        Random random(7);
        const Mask mask = randomMask(std::vector<float>(std::size_t(size), 1), share, random);
        QTEST(int(removed(mask)), "gone");
    }

    void randomTwicePrunesWhatIsLeft()
    {
        std::vector<float> w(30, 1);
        for (const int gone : {15, 23}) { // round-half-even(7.5) = 8 more
            Random random(7);
            const Mask mask = randomMask(w, 0.5, random);
            for (std::size_t i = 0; i < w.size(); ++i)
                w[i] = mask[i] ? w[i] : 0;
            QCOMPARE(std::ranges::count(w, 0.0f), gone);
        }
    }

    void smallestAgreesWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/torch_prune_masks.json");
        const auto masked = [](const nlohmann::json &weights, const nlohmann::json &amount) {
            const std::vector<float> w = magnitudes(weights);
            return smallestMask(w, amount.is_number_float() ? prunedCount(w.size(), amount.get<double>())
                                                            : amount.get<std::size_t>());
        };
        int seen = 0;
        const nlohmann::json document = golden("torch_prune_masks.json");
        for (const nlohmann::json &c : document["cases"]) {
            if (c["method"] == "l1_unstructured") {
                ++seen;
                QCOMPARE(masked(c["weight_orig"], c["amount"]), flatMask(c["mask"]));
            } else if (c["method"] == "global_unstructured(L1Unstructured)") {
                ++seen;
                QCOMPARE(masked(c["weights"], c["amount"]), flatMask(c["masks"]));
            } else if (c["method"] == "l1_unstructured x2") {
                ++seen;
                const std::vector<float> w = magnitudes(c["weight_orig"]);
                const std::size_t first = prunedCount(w.size(), 0.5), then = prunedCount(w.size() - first, 0.5);
                QCOMPARE(smallestMask(w, first), flatMask(c["mask_after_first"]));
                QCOMPARE(smallestMask(w, first + then), flatMask(c["mask_after_second"]));
            } else if (c["method"] == "amount_to_count") {
                ++seen;
                for (const nlohmann::json &entry : c["table"])
                    QCOMPARE(prunedCount(entry["size"].get<std::size_t>(), entry["amount"].get<double>()),
                             entry["count"].get<std::size_t>());
            }
        }
        QCOMPARE(seen, 11);
    }

    void smallestTakesTheFirstOfEquals()
    {
        QCOMPARE(smallestMask(std::vector<float>{1, 1, 2, 1}, 2), Mask({false, false, true, true}));
        QCOMPARE(smallestMask(std::vector<float>{1, 2}, 9), Mask({false, false}));
    }

    void blocksAgreeWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/tfmot_pruning.hand.json");
        const nlohmann::json document = golden("tfmot_pruning.hand.json");
        QCOMPARE(document["block_masks"].size(), std::size_t(3));
        for (const nlohmann::json &c : document["block_masks"])
            QCOMPARE(blockMask(flat<float>(c["w"]), c["w"][0].size(), c["block"][0], c["block"][1],
                               c["pool"] == "AVG" ? BlockPooling::average : BlockPooling::largest,
                               c["sparsity"].get<float>()),
                     flatMask(c["mask"]));
        QCOMPARE(document["m_by_n_masks"].size(), std::size_t(3));
        for (const nlohmann::json &c : document["m_by_n_masks"])
            QCOMPARE(groupMask(flat<float>(c["w"]), c["w"][0].size(), c["m_by_n"][0], c["m_by_n"][1]),
                     flatMask(c["mask"]));
    }

    void cutOffBlocksCountTheirOwnCells()
    {
        // Blocks of 2×2 over 3×3: averages 2.5, 5 (of two cells), 1 (of two), 9.
        const std::vector<float> w = {1, 2, 4, 3, 4, 6, 1, 1, 9};
        QCOMPARE(blockMask(w, 3, 2, 2, BlockPooling::average, 0.5f),
                 Mask({false, false, true, false, false, true, false, false, true}));
    }

    void scheduleAgreesWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/tfmot_pruning.hand.json");
        const nlohmann::json document = golden("tfmot_pruning.hand.json");
        QVERIFY(document["schedule"].size() >= 28);
        for (const nlohmann::json &c : document["schedule"]) {
            PruningSchedule schedule;
            const bool constant = c["kind"] == "ConstantSparsity";
            schedule.kind = constant ? PruningSchedule::Kind::constant : PruningSchedule::Kind::polynomial;
            schedule.initial = constant ? 0 : c["initial"].get<float>();
            schedule.final = c[constant ? "target" : "final"].get<float>();
            schedule.begin = c["begin"];
            schedule.end = c["end"];
            schedule.frequency = c["frequency"];
            schedule.power = constant ? 3 : c["power"].get<float>();
            QCOMPARE(schedule.prunesAt(c["step"]), c["prune"].get<bool>());
            QVERIFY(std::abs(schedule.sparsityAt(c["step"]) - c["sparsity"].get<float>()) < 1e-6f);
        }
    }

    void randomChoosesEvenly()
    {
        std::vector<int> gone(10, 0);
        Random random(3);
        for (int trial = 0; trial < 4000; ++trial) {
            const Mask mask = randomMask(std::vector<float>(10, 1), 0.3, random);
            for (std::size_t i = 0; i < 10; ++i)
                gone[i] += mask[i] ? 0 : 1;
        }
        for (const int count : gone) // 1200 expected, standard deviation 29
            QVERIFY2(std::abs(count - 1200) < 120, qPrintable(QString::number(count)));
    }
};

QTEST_GUILESS_MAIN(MasksTest)
#include "tst_masks.moc"
