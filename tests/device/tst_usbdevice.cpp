// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The firmware's serial line over USB and its drivers, against models of the controllers.
#include "usbmodel.h"

#include <QtTest>

using namespace espalier::test;
using Bytes = UsbModel::Bytes;
using Answer = UsbModel::Answer;

namespace {

std::string taken(UsbModel &usb)
{
    std::string all;
    while (usb.isWaiting())
        all += usb.take();
    return all;
}

void say(UsbModel &usb, const std::string &text)
{
    for (const char c : text)
        usb.write(c);
}

Bytes bytes(const std::string &text)
{
    return {text.begin(), text.end()};
}

// Several packets each way: a toggle that is wrong shows after one or two.
bool bothWaysWork(UsbModel &usb)
{
    for (int i = 0; i < 3; ++i) {
        usb.isWaiting();
        if (usb.send(bytes("there")) != Answer::done || taken(usb) != "there")
            return false;
        say(usb, "and back\n");
        if (usb.text() != "and back\n")
            return false;
    }
    return true;
}

} // namespace

class TestUsbDevice : public QObject
{
    Q_OBJECT

    UsbModel *m_usb = nullptr;

    UsbModel &plugged()
    {
        QFETCH_GLOBAL(QString, controller);
        m_usb = controller == QLatin1String("nRF52840") ? &restartedNrfUsb()
                                                        : &restartedRpUsb(controller == QLatin1String("RP2040 B1"));
        m_usb->plug(true);
        m_usb->start();
        return *m_usb;
    }

    UsbModel &open()
    {
        UsbModel &usb = plugged();
        usb.enumerate();
        usb.isWaiting(); // the program asks for bytes
        return usb;
    }

private slots:
    void initTestCase_data()
    {
        QTest::addColumn<QString>("controller");
        for (const char *name : {"nRF52840", "RP2040 B1", "RP2040 B2"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void cleanup() { QCOMPARE(QString::fromStdString(m_usb->breach), QString()); }

    void isFoundAndNamesItself()
    {
        UsbModel &usb = plugged();
        usb.resetBus();
        QCOMPARE(usb.control(0x80, 6, 0x0100, 0, 8).data.size(), std::size_t(8));
        usb.resetBus();
        usb.control(0, 5, 42, 0, 0);
        QCOMPARE(usb.address(), 42);
        const Bytes device = usb.control(0x80, 6, 0x0100, 0, 18).data;
        QCOMPARE(device.size(), std::size_t(18));
        QCOMPARE(int(device[0]), 18);
        QCOMPARE(int(device[7]), 64);
        const Bytes head = usb.control(0x80, 6, 0x0200, 0, 9).data;
        QCOMPARE(head.size(), std::size_t(9));
        const Bytes all = usb.control(0x80, 6, 0x0200, 0, 1024).data; // in two packets
        QCOMPARE(int(all.size()), head[2] | head[3] << 8);
        for (int i = 1; i <= 3; ++i) {
            const Bytes text = usb.control(0x80, 6, 0x0300 | i, 0x0409, 255).data;
            QVERIFY(text.size() > 8 && text[0] == text.size() && text[1] == 3);
        }
        QCOMPARE(usb.control(0x80, 8, 0, 0, 1).data, Bytes({0}));
        usb.control(0, 9, 1, 0, 0);
        QCOMPARE(usb.control(0x80, 8, 0, 0, 1).data, Bytes({1}));
        const Bytes coding = {0x00, 0xe1, 0x00, 0x00, 0, 0, 8}; // 57600 baud
        QVERIFY(!usb.control(0x21, 0x20, 0, 0, 7, coding).refused);
        QCOMPARE(usb.control(0xa1, 0x21, 0, 0, 7).data, coding);
        QVERIFY(!usb.inBootloader);
    }

    void bytesGoBothWays()
    {
        UsbModel &usb = open();
        QCOMPARE(usb.send(bytes("name%")), Answer::done);
        QCOMPARE(taken(usb), std::string("name%"));
        const std::string full(64, 'x');
        QCOMPARE(usb.send(bytes(full)), Answer::done);
        for (int i = 0; i < 3 && usb.send(bytes("more")) == Answer::done; ++i) { // as much as it takes before it reads
        }
        QVERIFY(usb.send(bytes("late")) == Answer::later);
        std::string all = taken(usb);
        QVERIFY(all.starts_with(full));
        QVERIFY(taken(usb).empty());
        QCOMPARE(usb.send(bytes("late")), Answer::done);
        QCOMPARE(taken(usb), std::string("late"));

        say(usb, "m-ready\r\n");
        QCOMPARE(usb.text(), std::string("m-ready\r\n"));
        say(usb, std::string(64, 'y')); // a packet goes when it is full
        QCOMPARE(usb.text(), std::string(64, 'y'));
        QVERIFY(!usb.receive());
    }

    void whatItDoesNotKnowIsRefused()
    {
        UsbModel &usb = open();
        QVERIFY(usb.control(0x80, 6, 0x0600, 0, 10).refused); // a high-speed device's descriptor
        QVERIFY(usb.control(0x40, 0x51, 0, 0, 0).refused);
        QVERIFY(usb.control(0, 9, 7, 0, 0).refused);
        QVERIFY(usb.control(0x21, 0x20, 0, 0, 3, {1, 2, 3}).refused);
        QVERIFY(usb.control(0x02, 3, 0, 0x85, 0).refused);
        QCOMPARE(usb.control(0x80, 8, 0, 0, 1).data, Bytes({1})); // and goes on
    }

    // Each direction has its own toggle: to clear one halt must not disturb the other.
    void oneDirectionHalts()
    {
        UsbModel &usb = open();
        QVERIFY(bothWaysWork(usb));
        for (const bool afterOdd : {false, true}) {
            QVERIFY(!usb.control(0x02, 3, 0, 0x82, 0).refused);
            QCOMPARE(usb.control(0x82, 0, 0, 0x82, 2).data, Bytes({1, 0}));
            QCOMPARE(usb.control(0x82, 0, 0, 0x02, 2).data, Bytes({0, 0}));
            Answer answer = Answer::done;
            QVERIFY(!usb.receive(&answer));
            QCOMPARE(answer, Answer::refused);
            say(usb, "dropped\n");
            if (afterOdd) {
                QCOMPARE(usb.send(bytes("c")), Answer::done);
                QCOMPARE(taken(usb), std::string("c"));
            }
            QVERIFY(!usb.control(0x02, 1, 0, 0x82, 0).refused);
            usb.data1In = false;
            QVERIFY(bothWaysWork(usb));

            QVERIFY(!usb.control(0x02, 3, 0, 0x02, 0).refused);
            QCOMPARE(usb.send(bytes("f")), Answer::refused);
            QVERIFY(taken(usb).empty());
            if (afterOdd) {
                say(usb, "g\n");
                QCOMPARE(usb.text(), std::string("g\n"));
            }
            QVERIFY(!usb.control(0x02, 1, 0, 0x02, 0).refused);
            usb.data1Out = false;
            QVERIFY(bothWaysWork(usb));

            // Systems clear a halt that is none, too, when they open a line.
            QVERIFY(!usb.control(0x02, 1, 0, 0x02, 0).refused);
            usb.data1Out = false;
            QVERIFY(bothWaysWork(usb));
        }
    }

    void aHostThatDoesNotReadStopsNothing()
    {
        UsbModel &usb = open();
        const std::uint64_t before = usb.now;
        for (int i = 0; i < 100; ++i)
            say(usb, "a line that nobody reads\n");
        QVERIFY(usb.now - before < 2 * 125000000u); // a second in all, not for each line
        QCOMPARE(usb.send(bytes("x")), Answer::done);
        QCOMPARE(taken(usb), std::string("x"));
        QCOMPARE(usb.text(), std::string("a line that nobody reads\n")); // the one that was on its way
        say(usb, "read again\n");
        QCOMPARE(usb.text(), std::string("read again\n"));

        usb.control(0x21, 0x22, 0, 0, 0); // closed
        say(usb, "to nobody\n");
        QVERIFY(usb.text().empty());
        usb.control(0x21, 0x22, 1, 0, 0);
        say(usb, "m-ready\n");
        QCOMPARE(usb.text(), std::string("m-ready\n"));
    }

    void theBusSleepsAndWakes()
    {
        UsbModel &usb = open();
        usb.sleep(true);
        const std::uint64_t before = usb.now;
        say(usb, "one\ntwo\nthree\n");
        QVERIFY(usb.now - before < 10000000);
        usb.sleep(false);
        usb.text();
        say(usb, "awake\n");
        QCOMPARE(usb.text(), std::string("awake\n"));
        QCOMPARE(usb.send(bytes("x")), Answer::done);
        QCOMPARE(taken(usb), std::string("x"));
    }

    void theBusIsResetAtAnyMoment()
    {
        UsbModel &usb = open();
        usb.send(bytes("half of a comm"));
        say(usb, "never fetched\n");
        usb.sendSetup({0x80, 6, 0, 2, 0, 0, 255, 0}); // and no more of it
        usb.enumerate();
        QVERIFY(taken(usb).empty());
        QVERIFY(usb.text().empty());
        QCOMPARE(usb.send(bytes("name%")), Answer::done);
        QCOMPARE(taken(usb), std::string("name%"));
        say(usb, "m-ready\n");
        QCOMPARE(usb.text(), std::string("m-ready\n"));
    }

    void aRequestMayBeBrokenOff()
    {
        UsbModel &usb = open();
        usb.sendSetup({0x80, 6, 0, 2, 0, 0, 255, 0});
        usb.sendSetup({0x21, 0x20, 0, 0, 0, 0, 7, 0});
        QCOMPARE(usb.control(0x80, 6, 0x0200, 0, 255).data.size(), std::size_t(75));
    }

    void theCableIsPulledAndPutBack()
    {
        UsbModel &usb = open();
        usb.plug(false);
        say(usb, "to nobody\n");
        usb.plug(true);
        usb.enumerate();
        usb.isWaiting();
        QCOMPARE(usb.send(bytes("name%")), Answer::done);
        QCOMPARE(taken(usb), std::string("name%"));
    }

    // After the status stage, since the host waits for that.
    void aTouchEntersTheBootloader()
    {
        UsbModel &usb = open();
        QVERIFY(!usb.control(0x21, 0x20, 0, 0, 7, {0xb0, 0x04, 0, 0, 0, 0, 8}).refused);
        QVERIFY(usb.inBootloader);
    }

    // Erratum RP2040-E15: no packet late in a frame.
    void packetsWaitForAFrame()
    {
        QFETCH_GLOBAL(QString, controller);
        UsbModel &usb = open();
        if (controller == QLatin1String("nRF52840"))
            QSKIP("the nRF52840 knows no such erratum");
        const int before = framesAwaited();
        say(usb, "one\n");
        QCOMPARE(framesAwaited(), before + 1);
        QCOMPARE(usb.text(), std::string("one\n"));
    }
};

QTEST_GUILESS_MAIN(TestUsbDevice)
#include "tst_usbdevice.moc"
