// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is written to boards: UF2 and ELF files are read warily, and an image suits its board.
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "device/flash/secondstage.h"
#include "flashing.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::device;
using namespace espalier::test;
namespace fs = std::filesystem;

class TestFlashImage : public QObject
{
    Q_OBJECT

private slots:
    void uf2RoundTrip()
    {
        const FlashImage image = sampleImage(ScriptedRom::flashStart);
        const Bytes file = writeUf2(image, uf2family::rp2040);
        QCOMPARE(file.size() % 512, std::size_t(0));
        const auto back = readUf2(file, uf2family::rp2040);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(*back == pagesOf(pagesOf(image, 4096), 256)); // whole sectors: RP2040-E14
        QVERIFY(!readUf2(file, uf2family::rp2350Arm));
        QVERIFY(!readUf2(std::span(file).first(file.size() - 512), uf2family::rp2040));
        QVERIFY(!readUf2(std::span(file).first(file.size() - 1), uf2family::rp2040));
        for (const std::size_t at : {0u, 4u, 508u, 16u}) {
            Bytes damaged = file;
            damaged[512 + at + 1] ^= 0x80;
            QVERIFY(!readUf2(damaged, uf2family::rp2040));
        }
    }

    void secondStageIsChecked()
    {
        const Bytes nine = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
        QCOMPARE(crcMpeg2(nine), 0x0376e6e7u); // the catalogue's check value of CRC-32/MPEG-2
        Bytes stage = counted(256, 5);
        const std::uint32_t crc = crcMpeg2(std::span(stage).first(252));
        for (std::size_t i = 0; i < 4; ++i)
            stage[252 + i] = std::uint8_t(crc >> (8 * i));
        QCOMPARE(faultOfSecondStage({{0x10000000, stage}}), std::string());
        stage[17] ^= 1;
        QVERIFY(!faultOfSecondStage({{0x10000000, stage}}).empty());
        QVERIFY(!faultOfSecondStage({{0x10000100, stage}}).empty());
    }

    void elfFilesAreChecked()
    {
        Bytes elf(52 + 2 * 32 + 8);
        const auto put = [&](std::size_t at, std::uint32_t value) {
            for (std::size_t i = 0; i < 4; ++i)
                elf[at + i] = std::uint8_t(value >> (8 * i));
        };
        std::copy_n("\x7f"
                    "ELF\x01\x01",
                    6, elf.begin());
        put(28, 52);
        put(42, 32 | 2 << 16);
        for (std::uint32_t i = 0; i < 2; ++i) {
            const std::size_t at = 52 + 32 * i;
            put(at, 1);
            put(at + 4, 116 + 4 * i);
            put(at + 8, 0x20000000);
            put(at + 12, 0x10000000 + 4 * i);
            put(at + 16, 4);
        }
        const auto image = readFlashImage(elf);
        QVERIFY(image);
        QCOMPARE(image->size(), std::size_t(2));
        QCOMPARE(image->begin()->first, 0x10000000u);
        put(52 + 12, 0x10000002); // one over the other
        QVERIFY(!readFlashImage(elf));
        put(52 + 12, 0xffffffff);
        QVERIFY(!readFlashImage(elf));
        put(52 + 12, 0x10000000);
        put(52 + 16, 0xffffffff);
        QVERIFY(!readFlashImage(elf));
        for (std::size_t size = 0; size < elf.size(); ++size)
            (void)readFlashImage(std::span(elf).first(size));
        put(28, 0xfffffff0);
        QVERIFY(!readFlashImage(elf));
    }

    // What a chip's start demands of an image, and where it may lie.
    void everyRunnerStartsOnItsBoard()
    {
        int boards = 0;
        for (const Board *each : device::boards()) {
            if (!each->physical)
                continue;
            const auto runner = ResidentRunner::find(each->physical->flash.board);
            QVERIFY2(runner, runner ? "" : runner.error().message.c_str());
            const auto image = loadFirmware(*each->physical, runner->image());
            QVERIFY2(image, image ? "" : image.error().message.c_str());
            QVERIFY(checkRange(*image, each->physical->flash.range));
            if (const std::string &picture = each->physical->flash.picture; !picture.empty())
                QVERIFY(fs::exists(ESPALIER_SOURCE_DIR "/resources/pictures/" + picture + ".svg"));
            ++boards;
            if (!each->physical->faultOf)
                continue;
            FlashImage damaged = *image;
            for (auto &[address, bytes] : damaged) // whatever it looks for at the start
                std::fill_n(bytes.begin(), std::min<std::size_t>(bytes.size(), 4096), std::uint8_t(0));
            QVERIFY(!each->physical->faultOf(damaged).empty());
            QVERIFY(!each->physical->faultOf({}).empty());
        }
        QCOMPARE(boards, 3);
    }
};

QTEST_GUILESS_MAIN(TestFlashImage)
#include "tst_flashimage.moc"
