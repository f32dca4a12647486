// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Boards are flashed as their bootloaders want it; whatever goes wrong at any step ends in time, in one sentence, with
// a board that the next attempt can flash.
#include "flashing.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::device;
using namespace espalier::test;
using namespace std::chrono_literals;

class TestFlash : public QObject
{
    Q_OBJECT

private slots:
    void picobootWritesProvesAndStarts()
    {
        FakeWorld world;
        world.board = running("pico");
        double share = 0;
        const Progress progress(std::stop_token(), [&](std::string_view, std::int64_t done, std::int64_t total) {
            share = std::max(share, total > 0 ? double(done) / double(total) : 0);
        });
        const FlashImage image = sampleImage(ScriptedRom::flashStart);
        const auto back = flashBoard(world, picoMethod(), world.board, image, progress);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(world.rom.breach, std::string());
        QVERIFY(holds(world.rom.flash, ScriptedRom::flashStart, image));
        QCOMPARE(back->tty, std::string("/dev/ttyACM7"));      // renamed, and known again
        QCOMPARE(world.rom.flash[0x2000], std::uint8_t(0x5a)); // the sector between is left alone
        QVERIFY(share > 0.9 && share <= 1);
    }

    void picobootFaults()
    {
        FakeWorld whole;
        whole.board = running("pico");
        const FlashImage image = sampleImage(ScriptedRom::flashStart);
        QVERIFY(flashBoard(whole, picoMethod(), whole.board, image, {}));
        QVERIFY(whole.rom.transfers > 30);
        int errors = 0;
        for (int step = 0; step < whole.rom.transfers; ++step) {
            for (const Fault fault : everyFault) {
                FakeWorld world;
                world.board = running("pico");
                world.rom.faultAt = step;
                world.rom.fault = fault;
                const auto done = flashBoard(world, picoMethod(), world.board, image, {});
                const QByteArray where =
                    "step " + QByteArray::number(step) + " fault " + QByteArray::number(int(fault));
                QVERIFY2(world.rom.breach.empty(), where + ' ' + world.rom.breach.c_str());
                QVERIFY2(world.spent < 40s, where);
                if (done) { // then what is in flash is right all the same
                    QVERIFY2(holds(world.rom.flash, ScriptedRom::flashStart, image), where);
                    continue;
                }
                ++errors;
                QVERIFY2(isSentence(done.error()), where + done.error().message.c_str());
                // Never half of the new firmware: nothing to start, the old one, or the whole new one.
                QVERIFY2(!world.rom.starts() || holds(world.rom.flash, ScriptedRom::flashStart, image) ||
                             world.rom.flash == ScriptedRom().flash,
                         where);
                // The next attempt begins where the board is now.
                world.rom.plugged = world.isThere = true;
                world.rom.fault = Fault::none;
                const auto again = flashBoard(world, picoMethod(), world.boards().front(), image, {});
                QVERIFY2(again, where + (again ? "" : again.error().message.c_str()));
                QVERIFY2(holds(world.rom.flash, ScriptedRom::flashStart, image), where);
            }
        }
        QVERIFY(errors > 100);
    }

    void wornFlashIsNoticed()
    {
        for (const std::uint32_t where : {0u, 1u << 12}) {
            FakeWorld world;
            world.board = running("pico");
            FlashImage image = sampleImage(ScriptedRom::flashStart);
            image.begin()->second[where] = 0x10;
            world.rom.worn = ScriptedRom::flashStart + where;
            const auto done = flashBoard(world, picoMethod(), world.board, image, {});
            QVERIFY(!done);
            QVERIFY2(done.error().message.find("holds something else") != std::string::npos,
                     done.error().message.c_str());
            QVERIFY(!world.rom.starts());
        }
        FakeWorld world;
        world.board = running("nano33ble");
        world.nano.worn = true;
        const auto done = flashBoard(world, nanoMethod(), world.board, sampleImage(0x10000), {});
        QVERIFY(!done && isSentence(done.error()));
        QVERIFY(!world.nano.starts());
    }

    void imagesForOtherBoardsAreRefused()
    {
        FakeWorld world;
        world.board = running("pico");
        for (const std::uint32_t start :
             {0x20000000u, 0x0ffffff0u, ScriptedRom::flashStart + ScriptedRom::flashBytes - 4}) {
            const auto done = flashBoard(world, picoMethod(), world.board, {{start, counted(64, 0)}}, {});
            QVERIFY(!done && isSentence(done.error()));
            QCOMPARE(world.rom.transfers, 0);
        }
    }

    void cancelLeavesTheBootloader()
    {
        FakeWorld world;
        world.board = running("pico");
        std::stop_source stop;
        const Progress progress(stop.get_token(), [&](std::string_view phase, std::int64_t, std::int64_t) {
            if (phase == "writing flash")
                stop.request_stop();
        });
        const auto done = flashBoard(world, picoMethod(), world.board, sampleImage(ScriptedRom::flashStart), progress);
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::cancelled);
        QVERIFY(!world.rom.starts() && world.rom.breach.empty());
        QVERIFY(flashBoard(world, picoMethod(), world.board, sampleImage(ScriptedRom::flashStart), {}));
    }

    void driveIsTheFallback()
    {
        FakeWorld world;
        world.board = running("pico");
        world.maySeeUsb = false;
        world.drive = "/media/me/RPI-RP2";
        const FlashImage image = sampleImage(ScriptedRom::flashStart);
        QVERIFY(flashBoard(world, picoMethod(), world.board, image, {}));
        const auto copied = readUf2(world.copied, uf2family::rp2040);
        QVERIFY(copied && *copied == pagesOf(image, 256));
        QCOMPARE(world.rom.transfers, 0);

        FakeWorld full;
        full.board = running("pico");
        full.maySeeUsb = false;
        full.drive = world.drive;
        full.copying = failed("the drive is full: delete what is on it");
        const auto refused = flashBoard(full, picoMethod(), full.board, image, {});
        QVERIFY(!refused && refused.error().message.find("full") != std::string::npos);
    }

    void fullDriveSaysSo()
    {
        if (!QFile::exists(QStringLiteral("/dev/full")))
            QSKIP("no /dev/full here");
        QTemporaryDir drive;
        QVERIFY(QFile::link(QStringLiteral("/dev/full"), drive.filePath(QStringLiteral("espalier.uf2"))));
        const auto full = thisComputer().copyToDrive(drive.path().toStdString(), Bytes(512));
        QVERIFY(!full);
        QVERIFY2(full.error().message.find("full") != std::string::npos && isSentence(full.error()),
                 full.error().message.c_str());
        QVERIFY(!thisComputer().copyToDrive("/nowhere", Bytes(512)));
    }

    void whatHappensAroundFlashing()
    {
        const FlashImage image = sampleImage(ScriptedRom::flashStart);
        const auto attempt = [&](FakeWorld &world, const char *words) {
            const UsbBoard before = world.board;
            const auto done = flashBoard(world, picoMethod(), before, image, {});
            QVERIFY(!done);
            QVERIFY2(isSentence(done.error()) && done.error().message.find(words) != std::string::npos,
                     done.error().message.c_str());
            QVERIFY(world.spent < 30s);
        };
        FakeWorld deaf; // other firmware, which does not know the touch
        deaf.board = running("pico");
        deaf.knowsTouch = false;
        attempt(deaf, "hold BOOTSEL");
        FakeWorld forbidden;
        forbidden.board = running("pico");
        forbidden.maySeeUsb = false;
        attempt(forbidden, "--install-rules");
        FakeWorld held;
        held.board = running("pico");
        held.opening = failed("the serial port is held by the program minicom (1): close it there");
        attempt(held, "minicom");
        FakeWorld silent;
        silent.board = running("pico");
        silent.comesBack = false;
        attempt(silent, "did not come back");
        FakeWorld mute;
        mute.board = running("pico");
        mute.board.tty.clear();
        attempt(mute, "hold BOOTSEL");
        FakeWorld unplugged;
        unplugged.board = running("pico");
        unplugged.enterBootloader();
        unplugged.isThere = false;
        attempt(unplugged, "has gone");
    }

    // A new serial line is the system's until udev has run.
    void boardsComeBackBeforeTheyArePermitted()
    {
        const FlashImage image = sampleImage(ScriptedRom::flashStart);
        for (const int looks : {1, 5}) {
            FakeWorld world;
            world.board = running("pico");
            world.looksUntilPermitted = looks;
            const auto back = flashBoard(world, picoMethod(), world.board, image, {});
            QVERIFY2(back, back ? "" : back.error().message.c_str());
            QVERIFY(back->state == BoardState::ourFirmware);
        }
        // Seen as permitted, and yet refused when it is opened.
        FakeWorld world;
        world.board = running("pico");
        world.running = [&] { return std::unique_ptr<Link>(std::make_unique<ScriptedSamba>(world.nano, world)); };
        world.start();
        QVERIFY(!world.openPort(world.board.tty));
        const auto port = openNewPort(world, world.board.tty, {});
        QVERIFY2(port, port ? "" : port.error().message.c_str());
        world.looksUntilPermitted = 1000; // never
        world.spent = 0ms;
        world.start();
        const auto refused = openNewPort(world, world.board.tty, {});
        QVERIFY(!refused && refused.error().message.find("--install-rules") != std::string::npos);
        QVERIFY(world.spent >= 1500ms && world.spent < 3s);
        std::stop_source stop;
        stop.request_stop();
        world.spent = 0ms;
        QCOMPARE(openNewPort(world, world.board.tty, Progress(stop.get_token(), {})).error().code,
                 ErrorCode::cancelled);
        QCOMPARE(world.spent, 0ms);
    }

    // A desktop mounts the drive a while after it has come.
    void drivesAreMountedLate()
    {
        FakeWorld world;
        world.board = running("pico");
        world.maySeeUsb = false;
        world.drive = "/media/me/RPI-RP2";
        world.mountedAfter = 3s;
        const auto back = flashBoard(world, picoMethod(), world.board, sampleImage(ScriptedRom::flashStart), {});
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(!world.copied.empty());
    }

    void sambaWritesProvesAndStarts()
    {
        QCOMPARE(crcXmodem(std::span(reinterpret_cast<const std::uint8_t *>("123456789"), 9)), std::uint16_t(0x31c3));
        FakeWorld world;
        world.board = running("nano33ble");
        world.nano.stale = "m-ready\r\nY\n\r";
        const FlashImage image = sampleImage(ScriptedNano::applicationStart);
        const auto back = flashBoard(world, nanoMethod(), world.board, image, {});
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(world.nano.breach, std::string());
        QVERIFY(holds(world.nano.flash, ScriptedNano::applicationStart, image));
        QVERIFY(world.nano.starts());
    }

    void sambaFaults()
    {
        const FlashImage image = sampleImage(ScriptedNano::applicationStart);
        FakeWorld whole;
        whole.board = running("nano33ble");
        QVERIFY(flashBoard(whole, nanoMethod(), whole.board, image, {}));
        QVERIFY(whole.nano.answers > 12);
        for (int step = 0; step < whole.nano.answers; ++step) {
            for (const Fault fault : everyFault) {
                FakeWorld world;
                world.board = running("nano33ble");
                world.nano.faultAt = step;
                world.nano.fault = fault;
                const auto done = flashBoard(world, nanoMethod(), world.board, image, {});
                const QByteArray where =
                    "step " + QByteArray::number(step) + " fault " + QByteArray::number(int(fault));
                QVERIFY2(world.nano.breach.empty(), where + ' ' + world.nano.breach.c_str());
                QVERIFY2(world.spent < 30s, where);
                if (done) {
                    QVERIFY2(holds(world.nano.flash, ScriptedNano::applicationStart, image), where);
                    continue;
                }
                QVERIFY2(isSentence(done.error()), where + done.error().message.c_str());
                QVERIFY2(!world.nano.starts() || holds(world.nano.flash, ScriptedNano::applicationStart, image) ||
                             world.nano.flash == ScriptedNano().flash,
                         where);
                world.nano.plugged = world.isThere = true;
                world.nano.fault = Fault::none;
                const auto again = flashBoard(world, nanoMethod(), world.boards().front(), image, {});
                QVERIFY2(again, where + (again ? "" : again.error().message.c_str()));
            }
        }
    }

    void otherBootloadersAreRefused()
    {
        FakeWorld world;
        world.board = running("nano33ble");
        world.nano.isArduino = false;
        const auto done = flashBoard(world, nanoMethod(), world.board, sampleImage(0x10000), {});
        QVERIFY(!done);
        QVERIFY2(done.error().message.find("reset button twice") != std::string::npos, done.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestFlash)
#include "tst_flash.moc"
