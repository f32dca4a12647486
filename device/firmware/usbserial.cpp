// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// USB 2.0, chapter 9, and the class definitions for communication devices, PSTN subclass, chapter 6.
#include "usbserial.h"

#include "board.h"

#include <string.h>

namespace {

using usbserial::packetBytes;

constexpr uint8_t low(uint32_t value)
{
    return uint8_t(value);
}

constexpr uint8_t high(uint32_t value)
{
    return uint8_t(value >> 8);
}

constexpr uint8_t configuration[] = {
    9,
    2,
    75,
    0,
    2,
    1,
    0,
    0x80,
    125, // two interfaces, 250 mA
    8,
    11,
    0,
    2,
    2,
    2,
    0,
    0, // which are one function
    9,
    4,
    0,
    0,
    1,
    2,
    2,
    0,
    0, // control: abstract model
    5,
    0x24,
    0,
    0x20,
    1,
    5,
    0x24,
    1,
    0,
    1,
    4,
    0x24,
    2,
    2,
    5,
    0x24,
    6,
    0,
    1, // CDC 1.2, line coding
    7,
    5,
    0x80 | usbserial::noticeEndpoint,
    3,
    usbserial::noticeBytes,
    0,
    255, // interrupt
    9,
    4,
    1,
    0,
    2,
    10,
    0,
    0,
    0, // data
    7,
    5,
    usbserial::dataEndpoint,
    2,
    packetBytes,
    0,
    0, // bulk, out
    7,
    5,
    0x80 | usbserial::dataEndpoint,
    2,
    packetBytes,
    0,
    0, // bulk, in
};
static_assert(sizeof configuration == 75, "the length stands in the descriptor");

// Requests, by their type and number.
constexpr uint16_t request(uint8_t type, uint8_t number)
{
    return uint16_t(type << 8 | number);
}

constexpr uint8_t touchedAtBaud[] = {low(1200), high(1200), 0, 0};

// The control transfer that is under way.
const uint8_t *answer;
uint32_t answerLeft;
bool answerEndsShort; // with an empty packet, since the host asked for more
uint8_t scratch[packetBytes];
uint8_t newAddress;
bool wantsCoding, touched;

uint8_t lineCoding[7] = {0x00, 0xc2, 0x01, 0, 0, 0, 8}; // 115200 baud
uint8_t configured;
volatile bool listening; // configured, and a program of the host has opened the line

uint8_t arrived[packetBytes];
volatile uint32_t arrivedBytes;
uint32_t taken;
volatile bool expecting;

uint8_t leaving[packetBytes];
uint32_t leavingBytes;
volatile bool sending;
volatile bool gaveUp; // the host holds the line open and does not read: nothing waits for it until it does
volatile bool asleep; // so does the bus

constexpr uint8_t haltFeature = 0;
uint8_t halted; // 1: to the host, 2: from it

void forgetLine()
{
    listening = false;
    expecting = false;
    sending = false;
    gaveUp = false;
    arrivedBytes = 0;
    halted = 0;
}

uint8_t haltBit(bool toHost)
{
    return toHost ? 1 : 2;
}

// Halts an endpoint, or lets it begin anew: what lay in it is dropped, and its next packet is its first again.
void setHalt(uint8_t endpoint, bool on)
{
    const bool toHost = endpoint & 0x80;
    const uint8_t number = endpoint & 0x7f;
    if (!configured || (number != usbserial::dataEndpoint && (number != usbserial::noticeEndpoint || !toHost)))
        return usbcontroller::stall();
    if (number == usbserial::dataEndpoint) {
        (toHost ? sending : expecting) = false;
        if (on)
            usbcontroller::halt(toHost);
        else
            usbcontroller::resume(toHost);
        halted = uint8_t(on ? halted | haltBit(toHost) : halted & ~haltBit(toHost));
    }
    usbcontroller::acknowledge(true);
}

bool isHalted(uint8_t endpoint)
{
    return (endpoint & 0x7f) == usbserial::dataEndpoint && (halted & haltBit(endpoint & 0x80));
}

void sendAnswer()
{
    const uint32_t bytes = answerLeft < packetBytes ? answerLeft : packetBytes;
    if (bytes < packetBytes)
        answerEndsShort = false;
    const uint8_t *packet = answer;
    answer += bytes;
    answerLeft -= bytes;
    usbcontroller::sendControl(packet, bytes);
}

void send(const uint8_t *bytes, uint32_t count, uint32_t asked)
{
    answer = bytes;
    answerLeft = count < asked ? count : asked;
    answerEndsShort = count < asked && count % packetBytes == 0;
    if (answerLeft == 0)
        return usbcontroller::acknowledge(true);
    sendAnswer();
}

void sendText(const char *text, uint32_t asked)
{
    uint32_t bytes = 2;
    for (; *text && bytes < packetBytes; ++text) {
        scratch[bytes++] = uint8_t(*text);
        scratch[bytes++] = 0;
    }
    scratch[0] = uint8_t(bytes);
    scratch[1] = 3;
    send(scratch, bytes, asked);
}

void describe(uint8_t kind, uint8_t index, uint32_t asked)
{
    if (kind == 1) {
        const uint8_t device[18] = {18,
                                    1,
                                    0,
                                    2,    // USB 2.0
                                    0xef, // functions of several interfaces
                                    2,
                                    1,
                                    packetBytes,
                                    low(usbidentity::vendor),
                                    high(usbidentity::vendor),
                                    low(usbidentity::product),
                                    high(usbidentity::product),
                                    0,
                                    1,
                                    1, // the texts
                                    2,
                                    3,
                                    1};
        memcpy(scratch, device, sizeof device);
        return send(scratch, sizeof device, asked);
    }
    if (kind == 2)
        return send(configuration, sizeof configuration, asked);
    if (kind == 3 && index == 0) {
        static const uint8_t english[] = {4, 3, 0x09, 0x04};
        return send(english, sizeof english, asked);
    }
    if (kind == 3 && index <= 3)
        return sendText(index == 1   ? usbidentity::maker
                        : index == 2 ? usbidentity::title
                                     : usbidentity::serialNumber(),
                        asked);
    usbcontroller::stall();
}

void answerByte(uint8_t value, uint32_t count, uint32_t asked)
{
    scratch[0] = value;
    scratch[1] = 0;
    send(scratch, count, asked);
}

// Whether the last packet has gone. A host that listens reads within a few milliseconds; one that has stopped must not
// stop the board.
bool hasGone()
{
    const uint64_t end = board::ticks() + board::ticksPerSecond;
    while (sending && listening && !gaveUp && !asleep) {
        if (board::ticks() > end)
            gaveUp = true;
    }
    return !sending;
}

void flush()
{
    if (listening && leavingBytes > 0 && !(halted & haltBit(true)) && hasGone()) {
        sending = true;
        usbcontroller::sendData(leaving, leavingBytes);
    }
    leavingBytes = 0;
}

} // namespace

namespace usbserial {

void start()
{
    usbcontroller::start();
}

bool isWaiting()
{
    if (taken < arrivedBytes)
        return true;
    if (configured && !expecting && !(halted & haltBit(false))) {
        taken = 0;
        arrivedBytes = 0;
        expecting = true;
        usbcontroller::receiveData();
    }
    return taken < arrivedBytes; // it may have lain in the controller
}

char take()
{
    return char(arrived[taken++]);
}

void write(char c)
{
    leaving[leavingBytes++] = uint8_t(c);
    if (c == '\n' || leavingBytes == packetBytes)
        flush();
}

} // namespace usbserial

namespace usbevents {

void wasReset()
{
    configured = 0;
    newAddress = 0;
    wantsCoding = false;
    answerLeft = 0;
    answerEndsShort = false;
    asleep = false;
    forgetLine();
}

void slept(bool isAsleep)
{
    asleep = isAsleep;
}

void setupArrived(const uint8_t setup[8])
{
    const uint32_t value = uint32_t(setup[2] | setup[3] << 8), asked = uint32_t(setup[6] | setup[7] << 8);
    answerLeft = 0;
    answerEndsShort = false;
    wantsCoding = false;
    newAddress = 0;
    const uint8_t type = setup[0], number = setup[1];
    // Whoever sends a class request names the interface, or by mistake the device.
    switch (request((type & 0x60) == 0x20 ? type & 0xe0 : type, number)) {
    case request(0x00, 5):
        newAddress = uint8_t(value & 0x7f);
        return usbcontroller::acknowledge(true);
    case request(0x80, 6):
        return describe(high(value), low(value), asked);
    case request(0x00, 9):
        if (value > 1)
            return usbcontroller::stall();
        forgetLine();
        configured = uint8_t(value);
        if (configured)
            usbcontroller::configure();
        return usbcontroller::acknowledge(true);
    case request(0x80, 8):
        return answerByte(configured, 1, asked);
    case request(0x80, 0): // the status of the device, an interface, an endpoint
    case request(0x81, 0):
        return answerByte(0, 2, asked);
    case request(0x82, 0):
        return answerByte(isHalted(setup[4]), 2, asked);
    case request(0x81, 10):
        return answerByte(0, 1, asked);
    case request(0x01, 11):
        return value == 0 ? usbcontroller::acknowledge(true) : usbcontroller::stall();
    case request(0x02, 1): // clear and set a feature of an endpoint
    case request(0x02, 3):
        return value == haltFeature ? setHalt(setup[4], number == 3) : usbcontroller::stall();
    case request(0x20, 0x20):
        if (asked != sizeof lineCoding)
            return usbcontroller::stall();
        wantsCoding = true;
        return usbcontroller::receiveControl();
    case request(0xa0, 0x21):
        memcpy(scratch, lineCoding, sizeof lineCoding);
        return send(scratch, sizeof lineCoding, asked);
    case request(0x20, 0x22):
        listening = configured && (value & 1);
        gaveUp = false;
        return usbcontroller::acknowledge(true);
    case request(0x20, 0x23): // a break means nothing here
        return usbcontroller::acknowledge(true);
    default:
        return usbcontroller::stall();
    }
}

void controlSent()
{
    if (answerLeft > 0 || answerEndsShort)
        sendAnswer();
    else
        usbcontroller::acknowledge(false);
}

void controlReceived(const uint8_t *packet, uint32_t bytes)
{
    if (!wantsCoding || bytes != sizeof lineCoding)
        return usbcontroller::stall();
    wantsCoding = false;
    memcpy(lineCoding, packet, sizeof lineCoding);
    touched = !memcmp(lineCoding, touchedAtBaud, sizeof touchedAtBaud);
    usbcontroller::acknowledge(true);
}

void acknowledged()
{
    if (newAddress)
        usbcontroller::setAddress(newAddress);
    newAddress = 0;
    if (touched)
        board::enterBootloader();
}

void dataSent()
{
    sending = false;
    gaveUp = false;
}

void dataReceived(const uint8_t *packet, uint32_t bytes)
{
    memcpy(arrived, packet, bytes);
    taken = 0;
    arrivedBytes = bytes;
    expecting = false;
}

} // namespace usbevents
