// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Boards are found as the system tells of them and flashed as their bootloaders want it; whatever goes wrong at any
// step ends in time, in one sentence, with a board that the next attempt can flash.
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "device/discovery/holder.h"
#include "device/flash/secondstage.h"
#include "device/flash/uf2.h"
#include "device/transport/serialport.h"
#include "fakerunner.h"
#include "fakeworld.h"
#include "randomgraph.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

using namespace espalier;
using namespace espalier::device;
using namespace espalier::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Bytes counted(std::size_t bytes, unsigned seed)
{
    Bytes all(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
        all[i] = std::uint8_t(i * 7 + seed + (i >> 8));
    return all;
}

// Two pieces and a hole; neither begins or ends where a sector does.
FlashImage sampleImage(std::uint32_t start)
{
    return {{start, counted(5000, 1)}, {start + 0x3100, counted(300, 9)}};
}

bool holds(const std::vector<std::uint8_t> &flash, std::uint32_t start, const FlashImage &image)
{
    return std::all_of(image.begin(), image.end(), [&](const auto &part) {
        return std::equal(part.second.begin(), part.second.end(), flash.begin() + (part.first - start));
    });
}

FlashMethod picoMethod()
{
    FlashMethod method;
    method.board = "pico";
    method.title = "Pico";
    method.range = {ScriptedRom::flashStart, ScriptedRom::flashBytes};
    method.uf2Family = uf2family::rp2040;
    method.byHand = "hold BOOTSEL while plugging it in";
    return method;
}

FlashMethod nanoMethod()
{
    FlashMethod method;
    method.kind = FlashMethod::Kind::samba;
    method.board = "nano33ble";
    method.title = "Nano 33 BLE";
    method.range = {ScriptedNano::applicationStart, 64 << 10};
    method.byHand = "press the reset button twice";
    return method;
}

UsbBoard running(const char *board)
{
    UsbBoard usb;
    usb.port = "1-2";
    usb.board = board;
    usb.serial = "E660";
    usb.tty = "/dev/ttyACM0";
    usb.state = BoardState::otherFirmware;
    return usb;
}

// One line, printable, that ends with what to do.
bool isSentence(const Error &error)
{
    const bool printable = std::all_of(error.message.begin(), error.message.end(), [](char c) { return c >= ' '; });
    return printable && error.message.size() > 30 && error.message.size() < 400 &&
           error.message.find_first_of(";:") != std::string::npos;
}

void writeText(const fs::path &path, const std::string &text)
{
    fs::create_directories(path.parent_path());
    QFile file(QString::fromStdString(path.string()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text.data(), qint64(text.size()));
}

// A tree as /sys, /proc and /dev show it.
struct FakeSystem
{
    QTemporaryDir folder;
    fs::path root = folder.path().toStdString();
    SystemTree tree{root / "sys", root / "proc", root / "dev", [](const fs::path &) { return true; }};

    fs::path plug(const char *port, const char *vendor, const char *product, const char *serial = "")
    {
        const fs::path real = root / "sys/devices/usb1" / port, link = root / "sys/bus/usb/devices" / port;
        writeText(real / "idVendor", std::string(vendor) + "\n");
        writeText(real / "idProduct", std::string(product) + "\n");
        if (*serial)
            writeText(real / "serial", std::string(serial) + "\n");
        writeText(real / "busnum", "1\n");
        writeText(real / "devnum", "23\n");
        fs::create_directories(link.parent_path());
        fs::create_directory_symlink(real, link);
        return link;
    }
    void addTty(const fs::path &device, const std::string &tty)
    {
        fs::create_directories(device / (device.filename().string() + ":1.0") / "tty" / tty);
    }
    void addDisk(const fs::path &device, const std::string &disk)
    {
        fs::create_directories(device / (device.filename().string() + ":1.0") / "host4/target4:0:0/4:0:0:0/block" /
                               disk / (disk + "1"));
    }
};

// The two ends of a pseudo-terminal.
struct Terminal
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    std::string path;
    Terminal()
    {
        if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
            path = ptsname(master);
    }
    ~Terminal() { unplug(); }
    void unplug()
    {
        if (master >= 0)
            close(master);
        master = -1;
    }
};

} // namespace

class TestFlash : public QObject
{
    Q_OBJECT

private slots:
    void findsBoardsInEveryState()
    {
        FakeSystem system;
        system.addTty(system.plug("1-1", "2e8a", "000a", "E6605838"), "ttyACM0");
        writeText(system.root / "sys/devices/usb1/1-1/product", "Espalier on RP2040\n");
        system.addDisk(system.plug("1-2", "2e8a", "0003", "E0C9125B0D9B"), "sdb");
        system.addTty(system.plug("1-3", "2341", "005a", "A1"), "ttyACM1");
        system.addTty(system.plug("1-4", "2341", "805a", "A2"), "ttyACM2");
        system.addTty(system.plug("1-5", "0483", "374b", "ST"), "ttyACM3");
        system.plug("1-6", "046d", "c077"); // a mouse
        system.plug("usb1", "1d6b", "0002");
        const auto boards = findUsbBoards(system.tree);
        QCOMPARE(boards.size(), std::size_t(5));
        QCOMPARE(boards[0].state, BoardState::ourFirmware);
        QCOMPARE(boards[0].tty, (system.root / "dev/ttyACM0").string());
        QCOMPARE(boards[0].serial, std::string("E6605838"));
        QCOMPARE(boards[1].state, BoardState::bootloader);
        QCOMPARE(boards[1].board, std::string("pico"));
        QCOMPARE(boards[1].serial, std::string()); // all of them say the same
        QCOMPARE(boards[1].bus * 1000 + boards[1].address, 1023);
        QCOMPARE(boards[2].state, BoardState::bootloader);
        QCOMPARE(boards[2].board, std::string("nano33ble"));
        QCOMPARE(boards[3].state, BoardState::otherFirmware);
        QCOMPARE(boards[4].board, std::string("serial"));
        for (const UsbBoard &board : boards)
            QVERIFY2(board.remedy.empty(), board.remedy.c_str());

        // Not permitted: the drive is what remains, where it is mounted.
        const fs::path denied = system.root / "dev/bus/usb/001/023";
        system.tree.mayUse = [&](const fs::path &file) { return file != denied && file.filename() != "ttyACM2"; };
        auto limited = findUsbBoards(system.tree);
        QCOMPARE(limited[1].state, BoardState::notPermitted);
        QVERIFY(limited[1].remedy.find("--install-rules") != std::string::npos);
        QCOMPARE(limited[3].state, BoardState::notPermitted);
        writeText(system.root / "proc/self/mounts",
                  "proc /proc proc rw 0 0\n/dev/sdb1 /media/me/RPI\\040RP2 vfat rw 0 0\n");
        limited = findUsbBoards(system.tree);
        QCOMPARE(limited[1].state, BoardState::uf2Drive);
        QCOMPARE(limited[1].drive, std::string("/media/me/RPI RP2"));

        // Held by another program, which is named.
        fs::create_directories(system.root / "proc/4711/fd");
        writeText(system.root / "proc/4711/comm", "minicom\n");
        fs::create_symlink(system.root / "dev/ttyACM0", system.root / "proc/4711/fd/5");
        limited = findUsbBoards(system.tree);
        QCOMPARE(limited[0].state, BoardState::heldByProgram);
        QVERIFY(limited[0].remedy.find("minicom (4711)") != std::string::npos);
    }

    void knowsABoardAgain()
    {
        UsbBoard before = running("pico"), after = before;
        after.tty = "/dev/ttyACM5";
        after.address = 9;
        QVERIFY(isSameBoard(before, after));
        after.port = "3-1"; // plugged elsewhere
        QVERIFY(isSameBoard(before, after));
        after.serial = "other";
        QVERIFY(!isSameBoard(before, after));
        after.port = before.port; // another one in the same socket
        QVERIFY(!isSameBoard(before, after));
        after.isBootloader = true; // whose serial number is another one
        QVERIFY(isSameBoard(before, after));
        before.serial = after.serial = "";
        after.port = "3-1";
        QVERIFY(!isSameBoard(before, after));
    }

    void serialPortsTellWhatIsWrong()
    {
        const auto absent = openSerialPort("/dev/ttyACM-none");
        QVERIFY(!absent);
        QVERIFY2(isSentence(absent.error()), absent.error().message.c_str());
        QTemporaryFile file;
        QVERIFY(file.open());
        QVERIFY(!openSerialPort(file.fileName().toStdString()));

        Terminal terminal;
        QVERIFY(!terminal.path.empty());
        {
            auto port = openSerialPort(terminal.path);
            QVERIFY2(port, port ? "" : port.error().message.c_str());
            QVERIFY((*port)->write("name%"));
            char sent[16];
            QCOMPARE(read(terminal.master, sent, sizeof sent), ssize_t(5));
            QCOMPARE(write(terminal.master, "m-ready\r\n", 9), ssize_t(9));
            std::string text;
            while (text.size() < 9)
                QVERIFY((*port)->read(text, 1000ms));
            QCOMPARE(text, std::string("m-ready\r\n")); // raw: nothing was turned into something else
            const auto second = openSerialPort(terminal.path);
            QVERIFY(!second);
            QVERIFY2(second.error().message.find("held by") != std::string::npos, second.error().message.c_str());
        }
        QVERIFY(touchSerialPort(terminal.path)); // it was let go
        termios settings{};
        QCOMPARE(tcgetattr(terminal.master, &settings), 0);
        QCOMPARE(cfgetospeed(&settings), speed_t(B1200));
        auto port = openSerialPort(terminal.path);
        QVERIFY(port);
        terminal.unplug();
        std::string text;
        QVERIFY(!(*port)->read(text, 1000ms));
        QVERIFY((*port)->whyEnded().find("unplugged") != std::string::npos);
    }

    void emulatorsMayOfferASocket()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("board.socket")).toStdString();
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        QVERIFY(path.size() < sizeof address.sun_path);
        path.copy(address.sun_path, path.size());
        const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        QCOMPARE(bind(server, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
        const auto deaf = openSerialPort(path); // nobody listens yet
        QVERIFY(!deaf && isSentence(deaf.error()));
        QCOMPARE(listen(server, 1), 0);
        auto port = openSerialPort(path);
        QVERIFY2(port, port ? "" : port.error().message.c_str());
        const int board = accept(server, nullptr, nullptr);
        QVERIFY((*port)->write("name%"));
        char sent[16];
        QCOMPARE(read(board, sent, sizeof sent), ssize_t(5));
        QCOMPARE(write(board, "m-ready\r\n", 9), ssize_t(9));
        std::string text;
        QVERIFY((*port)->read(text, 1000ms));
        QCOMPARE(text, std::string("m-ready\r\n"));
        ::close(board);
        ::close(server);
        QVERIFY(!(*port)->read(text, 1000ms));
        QVERIFY(!(*port)->write("name%")); // an error, not a signal that ends the program
        QVERIFY(!openSerialPort("/" + std::string(200, 'x')));
    }

    void uf2RoundTrip()
    {
        const FlashImage image = sampleImage(ScriptedRom::flashStart);
        const Bytes file = writeUf2(image, uf2family::rp2040);
        QCOMPARE(file.size() % 512, std::size_t(0));
        const auto back = readUf2(file, uf2family::rp2040);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(*back == pagesOf(image, 256));
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

    void rulesCoverEveryBoard()
    {
        QFile file(QStringLiteral(ESPALIER_SOURCE_DIR "/resources/udev/60-espalier.rules"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString rules = QString::fromUtf8(file.readAll());
#define USB_IDENTITY(vendor, product, kind, board, title, uniqueSerial)                                                \
    QCOMPARE(rules.count(QStringLiteral("{idVendor}==\"%1\"").arg(vendor, 4, 16, QLatin1Char('0'))), 2);
#include "device/discovery/usbidentities.def"
#undef USB_IDENTITY
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

    // Flashed, greeted, loaded, run, compared, profiled: with a fault at every answer, and the next variant after it.
    void measuringFaults()
    {
        RandomGraph random(3);
        random.addFullyConnected(DType::int8);
        random.addNetwork();
        const ModelPtr model = modelOf(random.take());
        PhysicalBoard pico = *(*findBoard("pico"))->physical;
        if (!ResidentRunner::find(pico.flash.board)) {
            pico.flash.board = "pico-emulated"; // the same chip's, which starts without a second boot stage
            pico.faultOf = nullptr;
        }
        const std::size_t layers = makePlan(*model, pico.target.family)->steps.size();
        BenchOptions options;
        options.useRunner = options.perLayer = true;
        AnswerFault fault;
        FakeWorld world;
        world.board = running(pico.flash.board.c_str());
        world.running = [&] {
            fault.gone = false;
            return std::unique_ptr<Link>(std::make_unique<FakeRunner>(model, layers, world, fault));
        };
        const auto measure = [&](int at, Fault kind) {
            fault = {at, kind};
            world.spent = 0ms;
            return pico.benchmark(world, model, options, {});
        };
        const auto whole = measure(-1, Fault::none);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        QCOMPARE(*whole->latencyMs, 100.0);
        QCOMPARE(whole->runs, std::int64_t(10)); // ten of them make the second
        QCOMPARE(whole->temperatureC, std::optional<double>(27.25));
        QCOMPARE(whole->layers.size(), layers);
        const int answers = fault.answers;
        QVERIFY(answers > 25);

        // What stopped the processor, which it tells when somebody asks after its restart.
        fault = {20, Fault::gone};
        fault.record = "pc 10001234 lr 10001077";
        const auto stopped = pico.benchmark(world, model, options, {});
        QVERIFY(!stopped);
        QVERIFY2(stopped.error().message.find("after a fault of its processor: pc 10001234") != std::string::npos,
                 stopped.error().message.c_str());

        options.settings = "clock=200,weights=sram"; // its figures at another clock, and no current for that
        const auto faster = measure(-1, Fault::none);
        QVERIFY2(faster, faster ? "" : faster.error().message.c_str());
        QCOMPARE(*faster->latencyMs, 62.5);
        QVERIFY(!faster->energyMj && whole->energyMj);
        QVERIFY(faster->measuredOn.find("clock 200 MHz, weights in SRAM") != std::string::npos);
        options.settings = "clock=300";
        QCOMPARE(measure(-1, Fault::none).error().code, ErrorCode::invalidArgument);
        options.settings.clear();
        int errors = 0;
        for (int step = 0; step < answers; ++step)
            for (const Fault kind : everyFault) {
                const auto record = measure(step, kind);
                const QByteArray where = "step " + QByteArray::number(step) + " fault " + QByteArray::number(int(kind));
                QVERIFY2(world.spent < 120s, where);
                if (record) { // then its figures are right
                    QCOMPARE(*record->latencyMs, 100.0);
                    QCOMPARE(record->exact, std::optional<bool>(true));
                } else {
                    ++errors;
                    const std::string &sentence = record.error().message;
                    QVERIFY2(sentence.size() > 20 && sentence.size() < 400, where + sentence.c_str());
                }
                const auto next = measure(-1, Fault::none);
                QVERIFY2(next, where + (next ? "" : next.error().message.c_str()));
            }
        QVERIFY(errors > 100);
        QCOMPARE(world.rom.breach, std::string());
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
