// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Boards are flashed as their bootloaders want it; whatever goes wrong at any step ends in time, in one sentence, with
// a board that the next attempt can flash.
#include "flashing.h"

#include <QtTest>

#include <csignal>
#include <cstring>

#include <sys/resource.h>

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
        for (const bool isRp2350 : {false, true})
            picobootFaultsOf(isRp2350);
    }

private:
    void picobootFaultsOf(bool isRp2350)
    {
        const FlashMethod method = isRp2350 ? pico2Method() : picoMethod();
        const FlashImage image = isRp2350 ? sampleImageOfRp2350() : sampleImage(ScriptedRom::flashStart);
        FakeWorld whole;
        whole.rom.isRp2350 = isRp2350;
        whole.board = running(method.board.c_str());
        QVERIFY(flashBoard(whole, method, whole.board, image, {}));
        QVERIFY(whole.rom.starts() && whole.rom.breach.empty() && whole.rom.transfers > 30);
        int errors = 0;
        for (int step = 0; step < whole.rom.transfers; ++step) {
            for (const Fault fault : everyFault) {
                FakeWorld world;
                world.rom.isRp2350 = isRp2350;
                world.board = running(method.board.c_str());
                world.rom.faultAt = step;
                world.rom.fault = fault;
                const auto done = flashBoard(world, method, world.board, image, {});
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
                const auto again = flashBoard(world, method, world.boards().front(), image, {});
                QVERIFY2(again, where + (again ? "" : again.error().message.c_str()));
                QVERIFY2(holds(world.rom.flash, ScriptedRom::flashStart, image), where);
            }
        }
        QVERIFY(errors > 100);
    }

private slots:
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

    // The ROM acknowledges an erase that it could not do: reading back must tell.
    void erasesThatFailAreNoticed()
    {
        const FlashImage image = sampleImage(ScriptedRom::flashStart);
        for (const int works : {0, 1, 2}) {
            FakeWorld world;
            world.board = running("pico");
            world.rom.erases = works;
            const auto done = flashBoard(world, picoMethod(), world.board, image, {});
            QVERIFY(!done);
            QVERIFY2(isSentence(done.error()) && done.error().message.find("holds something else") != std::string::npos,
                     done.error().message.c_str());
            QVERIFY(!world.rom.starts());
            QVERIFY(works > 0 || world.rom.flash[0x1000] == 0x5a); // where the first fails, no other is tried
            world.rom.erases = -1;
            const auto again = flashBoard(world, picoMethod(), world.boards().front(), image, {});
            QVERIFY2(again, again ? "" : again.error().message.c_str());
            QVERIFY(holds(world.rom.flash, ScriptedRom::flashStart, image));
        }
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
        QVERIFY(holds(world.rom.flash, ScriptedRom::flashStart, image));
        QVERIFY(world.rom.starts());
        QCOMPARE(world.rom.transfers, 0);
    }

    // After every block that a copy can be cut off at, and by all that can go wrong, the board has its old firmware,
    // none, or the whole new one; and the next attempt goes on from there.
    void driveFaults()
    {
        for (const bool isRp2350 : {false, true}) {
            const FlashMethod method = isRp2350 ? pico2Method() : picoMethod();
            const FlashImage image = isRp2350 ? sampleImageOfRp2350() : sampleImage(ScriptedRom::flashStart);
            const std::size_t blocks = writeUf2(image, method.uf2Family).size() / uf2BlockBytes;
            QCOMPARE(blocks, std::size_t(48));
            for (std::size_t cut = 0; cut < blocks; ++cut)
                for (const int reason : {ENODEV, EIO, ENOSPC, EACCES}) {
                    FakeWorld world;
                    world.rom.isRp2350 = isRp2350;
                    world.board = running(method.board.c_str());
                    world.maySeeUsb = false;
                    world.drive = "/media/me/RPI-RP2";
                    world.blocksTaken = cut;
                    world.copyingError = reason;
                    const auto done = flashBoard(world, method, world.board, image, {});
                    const QByteArray where = "block " + QByteArray::number(qulonglong(cut)) + ' ' + strerror(reason);
                    QVERIFY2(!done && isSentence(done.error()), where);
                    QVERIFY2(world.spent < 20s, where);
                    QVERIFY2(!world.rom.starts() || (cut == 0 && world.rom.flash == ScriptedRom().flash), where);
                    world.rom.plugged = true;
                    world.blocksTaken = SIZE_MAX;
                    const auto again = flashBoard(world, method, world.boards().front(), image, {});
                    QVERIFY2(again, where + (again ? "" : again.error().message.c_str()));
                    QVERIFY2(world.rom.starts() && holds(world.rom.flash, ScriptedRom::flashStart, image), where);
                }
        }
    }

    // Mounted under another name between the look and the copy.
    void drivesMayBeRenamed()
    {
        FakeWorld world;
        world.board = running("pico");
        world.maySeeUsb = false;
        world.drive = "/media/me/RPI-RP2";
        const Progress rename({}, [&](std::string_view phase, std::int64_t, std::int64_t) {
            if (phase == "copying to the board's drive")
                world.drive = "/media/me/RPI-RP21";
        });
        const auto done = flashBoard(world, picoMethod(), world.board, sampleImage(ScriptedRom::flashStart), rename);
        QVERIFY(!done && isSentence(done.error()));
        world.board.drive = world.drive;
        const auto again = flashBoard(world, picoMethod(), world.board, sampleImage(ScriptedRom::flashStart), {});
        QVERIFY2(again, again ? "" : again.error().message.c_str());
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

    // The system's own copying, where the file may not become as large as it is.
    void copyingThatStopsHalfwaySaysSo()
    {
        QTemporaryDir drive;
        const Bytes file = counted(8 * 512, 3);
        QVERIFY(thisComputer().copyToDrive(drive.path().toStdString(), file));
        QFile copy(drive.filePath(QStringLiteral("espalier.uf2")));
        QVERIFY(copy.open(QIODevice::ReadOnly));
        const QByteArray bytes = copy.readAll();
        QVERIFY(Bytes(bytes.begin(), bytes.end()) == file);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        const rlimit little{1024, before.rlim_max};
        signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &little), 0);
        const auto half = thisComputer().copyToDrive(drive.path().toStdString(), file);
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!half && isSentence(half.error()));
        QVERIFY2(half.error().message.find("BOOTSEL") != std::string::npos, half.error().message.c_str());
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
        FakeWorld other; // MicroPython, which both Picos call by the same ids
        other.board = running("pico");
        other.bootsAs = "pico2";
        attempt(other, "choose the board 'pico2'");
        QVERIFY(other.spent < 2s && other.rom.transfers == 0);
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

    // Its line takes nothing more, or the cable is pulled, while a piece is sent: commands, pages, the restart.
    void sambaSendingFaults()
    {
        const FlashImage image = sampleImage(ScriptedNano::applicationStart);
        FakeWorld whole;
        whole.board = running("nano33ble");
        QVERIFY(flashBoard(whole, nanoMethod(), whole.board, image, {}));
        const int pieces = whole.nano.writes;
        QVERIFY(pieces > 20);
        for (int piece = 0; piece < pieces; ++piece)
            for (const Fault fault : {Fault::silence, Fault::gone}) {
                FakeWorld world;
                world.board = running("nano33ble");
                world.nano.writeAt = piece;
                world.nano.writeFault = fault;
                const auto done = flashBoard(world, nanoMethod(), world.board, image, {});
                const QByteArray where =
                    "piece " + QByteArray::number(piece) + " fault " + QByteArray::number(int(fault));
                QVERIFY2(world.spent < 40s, where);
                QVERIFY2(!done, where); // also where only its restart could not be asked for
                QVERIFY2(isSentence(done.error()), where + done.error().message.c_str());
                QVERIFY2(!world.nano.starts() || holds(world.nano.flash, ScriptedNano::applicationStart, image) ||
                             world.nano.flash == ScriptedNano().flash,
                         where);
                world.nano.plugged = world.isThere = true;
                world.nano.isStuck = false;
                const auto again = flashBoard(world, nanoMethod(), world.boards().front(), image, {});
                QVERIFY2(again, where + (again ? "" : again.error().message.c_str()));
                QVERIFY2(holds(world.nano.flash, ScriptedNano::applicationStart, image), where);
            }
    }

    // Cancelled while a page's data are on their way: the bootloader waits for the rest of them, and no hands are
    // needed.
    void aPageThatWasCutOffIsMadeGood()
    {
        FakeWorld world;
        world.board = running("nano33ble");
        world.nano.awaited = 4000;
        world.nano.plugged = true;
        const FlashImage image = sampleImage(ScriptedNano::applicationStart);
        const auto done = flashBoard(world, nanoMethod(), world.board, image, {});
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QCOMPARE(world.nano.breach, std::string());
        QVERIFY(holds(world.nano.flash, ScriptedNano::applicationStart, image));
    }

    // A bootloader that the person never may use.
    void forbiddenBootloadersSaySo()
    {
        for (const bool isNano : {false, true}) {
            const FlashMethod method = isNano ? nanoMethod() : picoMethod();
            const FlashImage image = sampleImage(method.range.start);
            FakeWorld world;
            world.board = running(method.board.c_str());
            world.looksUntilPermitted = 1000;
            const auto refused = flashBoard(world, method, world.board, image, {});
            QVERIFY(!refused && isSentence(refused.error()));
            QVERIFY2(refused.error().message.find("--install-rules") != std::string::npos,
                     refused.error().message.c_str());
            QVERIFY(world.spent < 20s);
            world.looksUntilPermitted = 0; // the rule is installed, and the board plugged in again
            world.enterBootloader();
            const auto again = flashBoard(world, method, world.boards().front(), image, {});
            QVERIFY2(again, again ? "" : again.error().message.c_str());
        }
    }

    void otherBootloadersAreRefused()
    {
        FakeWorld world;
        world.board = running("nano33ble");
        world.nano.isArduino = false;
        const auto done = flashBoard(world, nanoMethod(), world.board, sampleImage(0x10000), {});
        QVERIFY(!done && done.error().wantsHands);
        QVERIFY2(done.error().message.find("reset button twice") != std::string::npos, done.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestFlash)
#include "tst_flash.moc"
