// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/preflight.h"

#include "device/boards/board.h"
#include "device/plan/arena.h"
#include "support/graphbuilder.h"

#include <QtTest>

using namespace espalier;

class TestPreflight : public QObject
{
    Q_OBJECT

private slots:
    void everyBoardIsJudged()
    {
        const auto fits = device::preflight(dense(16, 8));
        QCOMPARE(fits.size(), device::boards().size() - 1); // of a board with firmware of its own nothing is known
        for (const BoardFit &fit : fits) {
            QVERIFY2(fit.fits, fit.why.c_str());
            QVERIFY(fit.why.empty() && fit.remedy.empty());
            QCOMPARE(*fit.constantBytes, std::int64_t(4 * (16 * 8 + 8)));
            QVERIFY(*fit.arenaBytes >= 4 * (16 + 8));
            QVERIFY(fit.ramBytes > 0 && fit.flashBytes > 0);
        }
    }

    void tooManyWeightsAreTooMuchFlash()
    {
        for (const BoardFit &fit : device::preflight(dense(1200, 1200))) { // 5.8 MB of floats
            QVERIFY(!fit.fits);
            QVERIFY(fit.why.find("flash") != std::string::npos);
            QVERIFY(fit.remedy.find("quantize-int8") != std::string::npos);
        }
    }

    void tooLargeActivationsAreTooMuchRam()
    {
        // Fits a Pico's 256 KiB, but not together with a copy of its inputs.
        for (const BoardFit &fit : device::preflight(dense(40000, 1)))
            if (fit.board == "pico-emulated") {
                QVERIFY(fit.fits);
                QVERIFY2(fit.note.find("copy of its inputs") != std::string::npos, fit.note.c_str());
            }
        for (const BoardFit &fit : device::preflight(dense(1200000, 1))) {
            QVERIFY(!fit.fits);
            QVERIFY(fit.why.find("RAM") != std::string::npos || fit.why.find("flash") != std::string::npos);
        }
    }

    void blocksAreThePlansMemory()
    {
        const auto plan = device::makePlan(dense(16, 8));
        QVERIFY(plan);
        std::int64_t end = 0;
        for (const ArenaBlock &block : device::arenaBlocks(*plan))
            end = std::max(end, block.offset + block.bytes);
        QCOMPARE(end, std::int64_t(plan->arenaBytes));
    }

private:
    static Model dense(std::int32_t inputs, std::int32_t outputs)
    {
        GraphBuilder b;
        std::vector<float> weights(std::size_t(inputs) * std::size_t(outputs));
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = float(i); // equal constants would be stored once
        const TensorId x = b.input({1, inputs});
        const TensorId y = b.fullyConnected(x, b.constant({outputs, inputs}, weights),
                                            b.constant({outputs}, std::vector<float>(std::size_t(outputs), 0.5f)));
        return *b.model({y});
    }
};

QTEST_APPLESS_MAIN(TestPreflight)
#include "tst_preflight.moc"
