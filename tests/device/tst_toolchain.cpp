// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"
#include "device/emulator/qemu.h"
#include "device/toolchain/arduinocli.h"
#include "device/toolchain/armtoolchain.h"
#include "device/toolchain/elf.h"
#include "device/toolchain/process.h"
#include "randomgraph.h"

#include <QtTest>

#include <csignal>

using namespace espalier;
using namespace espalier::device;
using namespace std::chrono_literals;

namespace {

bool says(const Error &error, std::string_view words)
{
    return error.message.find(words) != std::string::npos;
}

} // namespace

class TestToolchain : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_path = qgetenv("PATH"); }
    void cleanup() { qputenv("PATH", m_path); }

    void runsToTheEnd()
    {
        const auto done = runCommand({"/bin/sh", {"-c", "echo out; echo err >&2; exit 3"}, "/"}, 10s, {});
        QVERIFY(done);
        QCOMPARE(done->exitCode, 3);
        QCOMPARE(QString::fromStdString(done->output), QStringLiteral("out\n"));
        QCOMPARE(QString::fromStdString(done->errors), QStringLiteral("err\n"));
    }

    // A stand-in for Arduino's tool, which cannot be had everywhere: it says what it is asked for, and compiles what it
    // is given as the core for the Nano would, against a sketch of its serial line.
    void arduinosToolBuildsAndUploads()
    {
        QTemporaryDir tools;
        const auto write = [&](const char *name, const QByteArray &text) {
            QFile file(tools.filePath(QString::fromLatin1(name)));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
            QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        };
        write("Arduino.h", "#pragma once\n#include <stdint.h>\n#include <stddef.h>\n"
                           "struct Line { void begin(int); int available(); int read(); "
                           "size_t write(const uint8_t *, size_t); };\n"
                           "extern Line Serial;\nvoid delay(unsigned long);\n");
        const QByteArray path = tools.path().toUtf8();
        qputenv("PATH", path);
        QVERIFY(says(ArduinoCli::find().error(), "not on PATH"));
        write("arduino-cli", "#!/bin/sh\nexit 0\n");
        QVERIFY(says(ArduinoCli::find().error(), "core install arduino:mbed_nano"));
        qputenv("PATH", path + ':' + m_path);
        if (!ArmToolchain::find())
            QSKIP("no cross compiler");
        write("arduino-cli",
              "#!/bin/sh\necho \"$@\" >> " + path +
                  "/asked\n"
                  "case $1 in core) echo arduino:mbed_nano 4.1.5; exit;; upload) exit;; esac\n"
                  "shift 4; src=$1/src\n"
                  "for file in $(find $src -name '*.cpp'); do\n"
                  "  arm-none-eabi-g++ -std=gnu++14 -mcpu=cortex-m4 -mthumb -Os -Wall -Wextra -Werror -I" +
                  path + " -I$src -c $file -o /dev/null || exit 1\ndone\n");
        const auto tool = ArduinoCli::find();
        QVERIFY2(tool, tool ? "" : tool.error().message.c_str());
        test::RandomGraph random(3);
        random.addFullyConnected(DType::int8);
        random.addNetwork();
        QTemporaryDir folder;
        const ModelPtr model = test::modelOf(random.take());
        const auto done = tool->upload(*model, "/dev/ttyACM3", folder.path().toStdString(), {});
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QFile asked(tools.filePath(QStringLiteral("asked")));
        QVERIFY(asked.open(QIODevice::ReadOnly));
        const QByteArrayList lines = asked.readAll().split('\n');
        QVERIFY(lines.value(1).startsWith("compile --fqbn arduino:mbed_nano:nano33ble --library "));
        QVERIFY(
            lines.value(2).startsWith("upload --fqbn arduino:mbed_nano:nano33ble --port /dev/ttyACM3 --input-dir "));
        QVERIFY(QFile::exists(folder.filePath(QStringLiteral("espalier_bench/espalier_bench.ino"))));

        write("arduino-cli",
              "#!/bin/sh\n[ $1 = core ] && exec echo arduino:mbed_nano\necho Board went away >&2\nexit 1\n");
        const auto lost = ArduinoCli::find()->upload(*model, "/dev/ttyACM3", folder.path().toStdString(), {});
        QVERIFY(!lost && says(lost.error(), "Board went away"));
    }

    void programThatIsNotThereIsAnError()
    {
        const auto done = runCommand({"/nonexistent/tool", {}, {}}, 10s, {});
        QVERIFY(!done);
        QVERIFY(says(done.error(), "/nonexistent/tool"));
    }

    // A tool that hangs and has a child of its own: both are gone after the deadline.
    void hangingToolIsKilledWithItsChildren()
    {
        QTemporaryDir folder;
        const std::string script = "sleep 1000 & echo $! > child; wait";
        const auto done = runCommand({"/bin/sh", {"-c", script}, folder.path().toStdString()}, 300ms, {});
        QVERIFY(!done);
        QVERIFY(says(done.error(), "was stopped"));
        QFile file(folder.filePath(QStringLiteral("child")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const pid_t child = file.readAll().trimmed().toInt();
        QVERIFY(child > 0);
        QTRY_VERIFY(!isAlive(child));
    }

    void cancelKills()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto done = runCommand({"/bin/sh", {"-c", "sleep 1000"}, {}}, 60s, Progress(stop.get_token(), {}));
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::cancelled);
    }

    void outputWithoutEndIsBounded()
    {
        ChildProcess process;
        QVERIFY(process.start({"/bin/sh", {"-c", "exec yes"}, {}}));
        std::string text;
        while (process.readOutput(text, 1s)) {
        }
        QVERIFY(text.size() <= std::size_t(16) << 20);
    }

    void missingToolsNameTheirPackages()
    {
        QTemporaryDir empty;
        qputenv("PATH", empty.path().toLocal8Bit());
        const auto toolchain = ArmToolchain::find();
        QVERIFY(!toolchain);
        QCOMPARE(toolchain.error().code, ErrorCode::missingTool);
        QVERIFY(says(toolchain.error(), "gcc-arm-none-eabi"));
        const auto qemu = Qemu::find();
        QVERIFY(!qemu);
        QCOMPARE(qemu.error().code, ErrorCode::missingTool);
        QVERIFY(says(qemu.error(), "qemu-system-arm"));
        for (const Board *board : boards()) {
            const BoardInfo info = board->info();
            QVERIFY(!info.available);
            QVERIFY(!info.missing.empty());
        }
    }

    void boardsAreDescribed()
    {
        for (const Board *board : boards()) {
            const BoardInfo info = board->info();
            QVERIFY(!info.id.empty() && !info.title.empty() && !info.meaning.empty());
            QVERIFY(!info.processor.empty() || info.id == "serial"); // somebody else's board tells none
            QVERIFY(info.timeSource != Source::none);
            const auto found = findBoard(info.id);
            QVERIFY(found);
            QCOMPARE(*found, board);
        }
        const auto unknown = findBoard("qemu-m5");
        QVERIFY(!unknown);
        QVERIFY(says(unknown.error(), "qemu-m4"));
    }

    void damagedElfIsAnError()
    {
        std::vector<std::uint8_t> file(64, 0);
        QVERIFY(!readElfSections(file));
        const std::uint8_t magic[] = {0x7f, 'E', 'L', 'F', 1, 1};
        std::ranges::copy(magic, file.begin());
        file[46] = 40;   // section entry size
        file[48] = 0xff; // section count: more than the file holds
        file[32] = 52;
        QVERIFY(!readElfSections(file));
        for (std::size_t size = 0; size < file.size(); ++size)
            QVERIFY(!readElfSections(std::span(file).first(size)));
    }

private:
    static bool isAlive(pid_t process)
    {
        // A killed process whose parent is gone may stay as a zombie where nobody reaps it.
        QFile status(QStringLiteral("/proc/%1/stat").arg(process));
        if (!status.open(QIODevice::ReadOnly))
            return false;
        const QByteArray text = status.readAll();
        const qsizetype close = text.lastIndexOf(')');
        return text.mid(close + 2, 1) != "Z";
    }

    QByteArray m_path;
};

QTEST_GUILESS_MAIN(TestToolchain)
#include "tst_toolchain.moc"
