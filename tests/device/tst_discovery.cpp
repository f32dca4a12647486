// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Boards and serial ports are found as the system tells of them, each with its state and what helps.
#include "device/boards/boardturn.h"
#include "device/discovery/holder.h"
#include "device/discovery/permission.h"
#include "device/transport/serialport.h"
#include "flashing.h"

#include <QtTest>

#include <fcntl.h>
#include <grp.h>
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

class TestDiscovery : public QObject
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
        QVERIFY(limited[1].isByRule && limited[3].isByRule);
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

    void linesHaveSeveralNames()
    {
        FakeSystem system;
        const fs::path byId = system.root / "dev/serial/by-id";
        fs::create_directories(byId);
        fs::create_symlink("../../ttyACM0", byId / "usb-Espalier");
        fs::create_symlink(byId / "usb-Espalier", system.root / "dev/board");
        fs::create_symlink("ring", system.root / "dev/ring");
        QCOMPARE(lineItself(system.root / "dev/board"), system.root / "dev/ttyACM0");
        QCOMPARE(lineItself(system.root / "dev/ttyACM0"), system.root / "dev/ttyACM0");
        QCOMPARE(lineItself(system.root / "dev/ring"), system.root / "dev/ring");
        system.addTty(system.plug("1-1", "2e8a", "000a", "E6605838"), "ttyACM0");
        const auto boards = findUsbBoards(system.tree);
        QCOMPARE(locateBoard(boards, {"serial", "board", (byId / "usb-Espalier").string()})->port, std::string("1-1"));
    }

    // Our rule covers the boards of our list; the line of another is its group's.
    void forbiddenLinesTellWhoseTheyAre()
    {
        FakeSystem system;
        system.addTty(system.plug("1-5", "0483", "374b", "ST"), "ttyACM3");
        const fs::path line = system.root / "dev/ttyACM3";
        writeText(line, "");
        system.tree.mayUse = [](const fs::path &) { return false; };
        const group *dialout = getgrnam("dialout");
        if (!dialout || chown(line.c_str(), uid_t(-1), dialout->gr_gid) != 0)
            QSKIP("needs the group dialout and the right to give it a file");
        const auto boards = findUsbBoards(system.tree);
        QCOMPARE(boards[0].state, BoardState::notPermitted);
        QVERIFY2(boards[0].remedy.find("join the group 'dialout'") != std::string::npos, boards[0].remedy.c_str());
        QVERIFY(boards[0].remedy.find("--install-rules") == std::string::npos && !boards[0].isByRule);
        QVERIFY(isSentence(missingTool(boards[0].remedy)));
        QCOMPARE(permissionRemedy(line), permissionRemedy(line, 0x0483));
        QCOMPARE(chown(line.c_str(), uid_t(-1), 0), 0);
        QVERIFY(permissionRemedy(line).find("sudo chmod") != std::string::npos);
        QCOMPARE(permissionRemedy(line, 0x2e8a), std::string(installRules));
    }

    // The same firmware runs on both Picos; a ROM has no serial line, and what has one is some firmware.
    void firmwaresOfSeveralBoards()
    {
        FakeSystem system;
        system.addTty(system.plug("1-1", "2e8a", "0005", "e66058388350"), "ttyACM0"); // MicroPython
        system.addTty(system.plug("1-2", "2e8a", "000f", "1F2E3D"), "ttyACM1");       // Arduino-Pico on a Pico 2
        system.addTty(system.plug("1-3", "239a", "80f4", "DF6"), "ttyACM2");          // CircuitPython
        system.addTty(system.plug("1-4", "2e8a", "000c", "E661"), "ttyACM3");         // a debug probe
        const auto boards = findUsbBoards(system.tree);
        QCOMPARE(boards.size(), std::size_t(4));
        QCOMPARE(boards[0].board, std::string("pico"));
        QCOMPARE(boards[0].orBoard, std::string("pico2"));
        QVERIFY(!boards[1].isBootloader && boards[1].state == BoardState::otherFirmware);
        QCOMPARE(boards[2].board, std::string("pico"));
        QCOMPARE(boards[3].board, std::string("serial"));
        QCOMPARE(locateBoard(std::span(boards).first(1), {"pico2", "Pico 2", ""})->port, std::string("1-1"));
        QVERIFY(locateBoard(std::span(boards).first(1), {"pico", "Pico", "e66058388350"}));
        QCOMPARE(locateBoard(boards, {"serial", "board", boards[2].tty})->port, std::string("1-3"));
        QCOMPARE(locateBoard(boards, {"serial", "board", "/dev/pts/none"})->port, std::string("/dev/pts/none"));
        const auto several = locateBoard(boards, {"pico2", "Pico 2", ""});
        QVERIFY(!several && isSentence(several.error()));
        QVERIFY(!locateBoard(boards, {"nano33ble", "Nano", ""}));
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
            QVERIFY((*port)->write("name%", 1000ms));
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
        QVERIFY((*port)->write("name%", 1000ms));
        char sent[16];
        QCOMPARE(read(board, sent, sizeof sent), ssize_t(5));
        QCOMPARE(write(board, "m-ready\r\n", 9), ssize_t(9));
        std::string text;
        QVERIFY((*port)->read(text, 1000ms));
        QCOMPARE(text, std::string("m-ready\r\n"));
        ::close(board);
        ::close(server);
        QVERIFY(!(*port)->read(text, 1000ms));
        QVERIFY(!(*port)->write("name%", 1000ms)); // an error, not a signal that ends the program
        QVERIFY(!openSerialPort("/" + std::string(200, 'x')));
    }

    void rulesCoverEveryBoard()
    {
        QFile file(QStringLiteral(ESPALIER_SOURCE_DIR "/resources/udev/60-espalier.rules"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString rules = QString::fromUtf8(file.readAll());
#define USB_IDENTITY(vendor, product, kind, board, orBoard, title, uniqueSerial)                                       \
    QCOMPARE(rules.count(QStringLiteral("{idVendor}==\"%1\"").arg(vendor, 4, 16, QLatin1Char('0'))), 2);
#include "device/discovery/usbidentities.def"
#undef USB_IDENTITY
    }
};

QTEST_GUILESS_MAIN(TestDiscovery)
#include "tst_discovery.moc"
