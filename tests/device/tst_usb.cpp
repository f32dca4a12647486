// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real USB library against a device that umockdev shows to this process: it comes, is found, is flashed through the
// scripted ROM behind its endpoints, and goes.
#include <umockdev.h> // before Qt's keywords

#include "device/boards/board.h"
#include "device/discovery/boardwatch.h"
#include "device/flash/flashhost.h"
#include "device/flash/picoboot.h"
#include "foreignfirmware.h"
#include "scriptedpicoboot.h"
#include "sentence.h"
#include "support/tinystudy.h"

#include <QtTest>

#include <deque>
#include <mutex>
#include <thread>

#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace espalier;
using namespace espalier::device;
using namespace espalier::test;

namespace {

// A Pico in USB boot as /sys shows it: two interfaces, the second PICOBOOT's with endpoints 3 out and 4 in.
constexpr char picoText[] = "P: /devices/pci0000:00/usb1/1-2\n"
                            "N: bus/usb/001/023\n"
                            "E: DEVNAME=/dev/bus/usb/001/023\n"
                            "E: DEVTYPE=usb_device\n"
                            "E: SUBSYSTEM=usb\n"
                            "E: BUSNUM=001\n"
                            "E: DEVNUM=023\n"
                            "A: busnum=1\\n\n"
                            "A: devnum=23\\n\n"
                            "A: bConfigurationValue=1\\n\n"
                            "A: speed=12\\n\n"
                            "A: idVendor=2e8a\\n\n"
                            "A: idProduct=0003\\n\n"
                            "A: product=RP2 Boot\\n\n"
                            "H: descriptors="
                            "12011001000000408a2e03000001010203010902370002010080fa"
                            "090400000208065000"
                            "0705810240000007050202400000"
                            "0904010002ff000000"
                            "0705030240000007058402400000\n";

// The device takes no time of its own: what it does not answer is waited for by libusb.
class NoClock : public Clock
{
public:
    Time now() override { return {}; }
    void sleep(std::chrono::milliseconds) override {}
};

// Answers what libusb asks of a device node. Runs on a thread of umockdev's.
class Usbfs
{
public:
    explicit Usbfs(ScriptedRom &rom) : m_device(rom, m_clock) {}

    static gboolean handle(UMockdevIoctlBase *, UMockdevIoctlClient *client, gpointer self)
    {
        return static_cast<Usbfs *>(self)->obey(client);
    }

private:
    using Data = std::unique_ptr<UMockdevIoctlData, void (*)(UMockdevIoctlData *)>;
    static Data resolve(UMockdevIoctlData *data, gsize offset, gsize bytes)
    {
        return {umockdev_ioctl_data_resolve(data, offset, bytes, nullptr), umockdev_ioctl_data_unref};
    }

    gboolean obey(UMockdevIoctlClient *client)
    {
        UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
        const gulong request = umockdev_ioctl_client_get_request(client);
        if (request == USBDEVFS_GET_CAPABILITIES) {
            const Data flags = resolve(argument, 0, sizeof(guint32));
            memset(flags->data, 0, sizeof(guint32));
        } else if (request == USBDEVFS_SUBMITURB) {
            submit(argument);
        } else if (request == USBDEVFS_REAPURBNDELAY || request == USBDEVFS_REAPURB) {
            if (m_finished.empty()) {
                umockdev_ioctl_client_complete(client, -1, EAGAIN);
                return TRUE;
            }
            const Data pointer = resolve(argument, 0, sizeof(gpointer));
            umockdev_ioctl_data_set_ptr(pointer.get(), 0, m_finished.front().get());
            m_finished.pop_front();
        } else if (request == USBDEVFS_DISCARDURB) { // the deadline is over
            if (m_silent) {
                reinterpret_cast<usbdevfs_urb *>(m_silent->data)->status = -ENOENT;
                m_finished.push_back(std::move(m_silent));
            }
        } else if (request == USBDEVFS_CLEAR_HALT) {
            m_device.clearHalts();
        } else if (request != USBDEVFS_CLAIMINTERFACE && request != USBDEVFS_RELEASEINTERFACE) {
            umockdev_ioctl_client_complete(client, -1, ENOTTY);
            return TRUE;
        }
        umockdev_ioctl_client_complete(client, 0, 0);
        return TRUE;
    }

    void submit(UMockdevIoctlData *argument)
    {
        Data held = resolve(argument, 0, sizeof(usbdevfs_urb));
        auto *urb = reinterpret_cast<usbdevfs_urb *>(held->data);
        const Data buffer = resolve(held.get(), offsetof(usbdevfs_urb, buffer), gsize(urb->buffer_length));
        const std::span<std::uint8_t> bytes(buffer ? buffer->data : nullptr, std::size_t(urb->buffer_length));
        const std::chrono::milliseconds deadline(1000);
        UsbTransfer done;
        if (urb->type == USBDEVFS_URB_TYPE_CONTROL) // eight bytes of setup, then the data
            done = bytes[0] & 0x80 ? m_device.controlIn(bytes[1], bytes.subspan(8), deadline)
                                   : m_device.controlOut(bytes[1], deadline);
        else
            done = urb->endpoint & 0x80 ? m_device.receive(bytes, deadline) : m_device.send(bytes, deadline);
        urb->actual_length = int(done.bytes);
        using End = UsbTransfer::End;
        urb->status = done.end == End::done      ? 0
                      : done.end == End::stalled ? -EPIPE
                      : done.end == End::gone    ? -ESHUTDOWN
                                                 : -EPROTO;
        if (done.end == End::timedOut)
            m_silent = std::move(held);
        else
            m_finished.push_back(std::move(held));
    }

    NoClock m_clock;
    ScriptedPicoboot m_device;
    std::deque<Data> m_finished;
    Data m_silent{nullptr, umockdev_ioctl_data_unref}; ///< a transfer that gets no answer
};

// A board of somebody's with a serial line.
constexpr char ttyText[] = "P: /devices/pci0000:00/usb1/1-3\n"
                           "N: bus/usb/001/024\n"
                           "E: DEVNAME=/dev/bus/usb/001/024\n"
                           "E: DEVTYPE=usb_device\n"
                           "E: SUBSYSTEM=usb\n"
                           "A: busnum=1\\n\n"
                           "A: devnum=24\\n\n"
                           "A: idVendor=0483\\n\n"
                           "A: idProduct=374b\\n\n"
                           "A: product=Board of Somebody\\n\n"
                           "A: serial=ST1\\n\n"
                           "\n"
                           "P: /devices/pci0000:00/usb1/1-3/1-3:1.0\n"
                           "E: DEVTYPE=usb_interface\n"
                           "E: SUBSYSTEM=usb\n"
                           "\n"
                           "P: /devices/pci0000:00/usb1/1-3/1-3:1.0/tty/ttyACM3\n"
                           "N: ttyACM3\n"
                           "E: DEVNAME=/dev/ttyACM3\n"
                           "E: SUBSYSTEM=tty\n"
                           "A: dev=166:3\\n\n";

// What is written to the line is given to the firmware, and what it says is written back.
void answerAt(int line, device::Link &firmware, const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        pollfd waiting{line, POLLIN, 0};
        if (poll(&waiting, 1, 20) <= 0)
            continue;
        char asked[4096];
        const ssize_t count = read(line, asked, sizeof asked);
        if (count <= 0) { // nobody has opened the other end
            poll(nullptr, 0, 20);
            continue;
        }
        std::string said;
        if (!firmware.write({asked, std::size_t(count)}, {}) || !firmware.read(said, {}) ||
            write(line, said.data(), said.size()) != ssize_t(said.size()))
            return;
    }
}

} // namespace

class TestUsb : public QObject
{
    Q_OBJECT

private:
    // What libusb makes of transfers that get no answer, a part, too much, something else, or are cut off in between.
    void faults(const UsbBoard &board, ScriptedRom &rom)
    {
        Bytes bytes(300);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = std::uint8_t(i * 13 + 5);
        rom.breach.clear(); // it was asked for one on purpose
        const auto flash = [&](int at, Fault fault) -> Result<void> {
            rom.transfers = 0;
            rom.faultAt = at;
            rom.fault = fault;
            const auto usb = thisComputer().openUsb(board);
            if (!usb)
                return usb.error();
            return flashByPicoboot(**usb, {{ScriptedRom::flashStart, bytes}},
                                   {ScriptedRom::flashStart, ScriptedRom::flashBytes}, RomReboot::rp2040, {});
        };
        QVERIFY(flash(-1, Fault::none));
        const int transfers = rom.transfers;
        QVERIFY(transfers > 20);
        int errors = 0;
        for (int step = 0; step < transfers; ++step) {
            // Silence costs the real deadline of seconds: once as a command, as data and as an acknowledgement.
            for (const Fault fault : {Fault::gone, Fault::garbage, Fault::tooLong, Fault::stale, Fault::silence}) {
                if (fault == Fault::silence && step != 5 && step != 9 && step != 11)
                    continue;
                const QByteArray where =
                    "step " + QByteArray::number(step) + " fault " + QByteArray::number(int(fault));
                const auto done = flash(step, fault);
                if (!done) {
                    ++errors;
                    QVERIFY2(isSentence(done.error()), where + done.error().message.c_str());
                    QVERIFY2(!rom.starts() || std::equal(bytes.begin(), bytes.end(), rom.flash.begin()), where);
                }
                QVERIFY2(rom.breach.empty(), where + ' ' + rom.breach.c_str());
                rom.plugged = true;
                const auto again = flash(-1, Fault::none);
                QVERIFY2(again, where + (again ? "" : again.error().message.c_str()));
            }
        }
        QVERIFY(errors > 30);
    }

private slots:
    void comesIsFlashedAndGoes()
    {
        if (!qgetenv("LD_PRELOAD").contains("libumockdev"))
            QSKIP("needs libumockdev-preload loaded before, as ctest does");
        UMockdevTestbed *testbed = umockdev_testbed_new();
        std::mutex mutex;
        std::vector<UsbBoard> seen;
        const auto count = [&] {
            const std::lock_guard lock(mutex);
            return seen.size();
        };
        const BoardWatch watch([&](std::vector<UsbBoard> found) {
            const std::lock_guard lock(mutex);
            seen = std::move(found);
        });

        ScriptedRom rom;
        Usbfs usbfs(rom);
        UMockdevIoctlBase *handler = umockdev_ioctl_base_new();
        g_signal_connect(handler, "handle-ioctl", G_CALLBACK(Usbfs::handle), &usbfs);
        QVERIFY(umockdev_testbed_attach_ioctl(testbed, "/dev/bus/usb/001/023", handler, nullptr));
        QVERIFY(umockdev_testbed_add_from_string(testbed, picoText, nullptr));
        // Its node in /dev comes a moment after it; until then it cannot be used.
        const auto isReady = [&] {
            const std::lock_guard lock(mutex);
            return seen.size() == 1 && seen.front().state == BoardState::bootloader;
        };
        QTRY_VERIFY(isReady());
        const UsbBoard board = [&] {
            const std::lock_guard lock(mutex);
            return seen.front();
        }();
        QCOMPARE(board.board, std::string("pico"));
        QCOMPARE(board.port, std::string("1-2"));

        {
            const auto usb = thisComputer().openUsb(board);
            QVERIFY2(usb, usb ? "" : usb.error().message.c_str());
            Bytes bytes(20000);
            for (std::size_t i = 0; i < bytes.size(); ++i)
                bytes[i] = std::uint8_t(i * 31 >> 3);
            const auto done =
                flashByPicoboot(**usb, {{ScriptedRom::flashStart, bytes}},
                                {ScriptedRom::flashStart, ScriptedRom::flashBytes}, RomReboot::rp2040, {});
            QVERIFY2(done, done ? "" : done.error().message.c_str());
            QCOMPARE(rom.breach, std::string());
            QVERIFY(std::equal(bytes.begin(), bytes.end(), rom.flash.begin()));
            QVERIFY(rom.rebooted);

            // Its "no" comes through, with the reason: a range outside flash.
            ScriptedRom before = rom;
            const auto refused = Picoboot(**usb).erase(0x30000000, 4096);
            QVERIFY(!refused);
            QVERIFY2(refused.error().message.find("refused") != std::string::npos, refused.error().message.c_str());
            QVERIFY(rom.flash == before.flash);
            QVERIFY(Picoboot(**usb).setExclusive(true)); // and it goes on
        }
        faults(board, rom);

        umockdev_testbed_uevent(testbed, "/sys/devices/pci0000:00/usb1/1-2", "remove");
        umockdev_testbed_remove_device(testbed, "/sys/devices/pci0000:00/usb1/1-2");
        QTRY_COMPARE(count(), std::size_t(0));
        QVERIFY(!thisComputer().openUsb(board));
        g_object_unref(handler);
        g_object_unref(testbed);
    }

    // A tty that the system shows as it shows a board's: found, greeted, measured and validated as any other.
    void aSerialLineIsMeasured()
    {
        if (!qgetenv("LD_PRELOAD").contains("libumockdev"))
            QSKIP("needs libumockdev-preload loaded before, as ctest does");
        UMockdevTestbed *testbed = umockdev_testbed_new();
        QVERIFY(umockdev_testbed_add_from_string(testbed, ttyText, nullptr));
        QTRY_VERIFY(!findUsbBoards().empty());
        const UsbBoard found = findUsbBoards().front();
        QCOMPARE(found.board, std::string("serial"));
        QCOMPARE(found.tty, std::string("/dev/ttyACM3"));
        QCOMPARE(found.title, std::string("Board of Somebody"));

        const ModelPtr model = tinyModel();
        NoClock clock;
        AnswerFault fault;
        ForeignFirmware firmware(model, clock, fault);
        const int line = umockdev_testbed_get_dev_fd(testbed, "/dev/ttyACM3");
        QVERIFY(line >= 0);
        std::jthread board([&](const std::stop_token &stop) { answerAt(line, firmware, stop); });
        BenchOptions options;
        options.validateSamples = 20;
        options.data = tinyData(model);
        for (const char *id : {"serial@1-3", "serial@ST1", "serial@/dev/ttyACM3"}) {
            const auto record = device::benchmark(model, id, options, {});
            QVERIFY2(record, record ? "" : record.error().message.c_str());
            QCOMPARE(*record->latencyMs, 3.0);
            QVERIFY(*record->accuracy > 0.9); // three decimals may hide one
            QVERIFY(record->measuredOn.find("/dev/ttyACM3") != std::string::npos);
        }
        board = {};
        umockdev_testbed_remove_device(testbed, "/sys/devices/pci0000:00/usb1/1-3");
        const auto gone = device::benchmark(model, "serial@1-3", options, {});
        QVERIFY(!gone && isSentence(gone.error()));
        g_object_unref(testbed);
    }
};

QTEST_GUILESS_MAIN(TestUsb)
#include "tst_usb.moc"
