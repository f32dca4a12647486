// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/arenapeak.h"
#include "core/study/bench.h"
#include "core/study/boardchoice.h"
#include "core/study/comparison.h"
#include "core/study/figureformat.h"

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

    void theChipsTemperatureIsAColumn()
    {
        BenchRecord record;
        record.temperatureC = 27.25;
        Row row;
        fill(row, record);
        QCOMPARE(row.number(Column::temperatureC), 27.25);
        QCOMPARE(figureText(Column::temperatureC, 27.25), std::string("27.2 °C"));
        QCOMPARE(relativeText(Column::temperatureC, row, row), std::string("27.2 °C")); // no share of another
    }

    void aLayersCyclesCountBeforeItsInstructions()
    {
        LayerProfile layer;
        layer.macs = 100;
        QVERIFY(!layer.perMac());
        layer.instructions = 250;
        QCOMPARE(layer.perMac(), std::optional<double>(2.5));
        layer.cycles = 300;
        QCOMPARE(layer.perMac(), std::optional<double>(3));
        layer.macs = 0;
        QVERIFY(!layer.perMac());
    }

    void aBoardsSettingsAreRead()
    {
        for (const char *id :
             {"pico", "pico:clock=200", "pico:weights=sram", "pico:clock=200,weights=sram@1-2", "qemu-m4:forms=dense",
              "pico:clock=200,weights=sram,forms=compact@1-2", "x@a:b", ":clock=3@", ""}) {
            QCOMPARE(BoardChoice::of(id).id(), std::string(id));
        }
        const BoardChoice choice = BoardChoice::of("pico:weights=sram,clock=133@1-2");
        QCOMPARE(choice, (BoardChoice{"pico@1-2", 133, true, ""}));
        QCOMPARE(choice.id(), std::string("pico:clock=133,weights=sram@1-2"));
        QCOMPARE(BoardChoice::of("pico:,clock=,speed=3,weights=flash,forms=x").id(),
                 std::string("pico")); // device complains
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

    void namesWhatLivesAtThePeak()
    {
        const std::vector<ArenaBlock> arena = {{"a", 0, 100, -1, 0, false},
                                               {"b", 100, 300, 0, 1, false},
                                               {"scratch", 400, 50, 0, 0, true},
                                               {"c", 400, 200, 1, 2, false},
                                               {"d", 0, 500, 2, 3, false}}; // runs over c, which has been read by then
        const ArenaMoment peak = arenaPeak(arena);
        QCOMPARE(peak.layer, 2);
        QCOMPARE(peak.bytes, 600); // of 700, since what overlaps counts once
        QCOMPARE(peak.blocks, (std::vector<std::size_t>{4, 3}));
        QCOMPARE(arenaAt(arena, 0).bytes, 450);
        QCOMPARE(arenaAt(arena, 1).bytes, 500);
        QCOMPARE(layerName(arena, 0), std::string("b")); // not the scratch memory
        QCOMPARE(layerName(arena, 5), std::string());
        QCOMPARE(arenaPeak({}).bytes, 0);
        QVERIFY(arenaPeak({}).blocks.empty());
    }
};

QTEST_APPLESS_MAIN(TestBench)
#include "tst_bench.moc"
