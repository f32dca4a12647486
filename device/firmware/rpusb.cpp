// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The USB controller of the RP2040 and the RP2350, as a device (RP2040 datasheet, chapter 4.1; RP2350's, 12.7). Its
// packets lie in a memory of its own. Single buffers throughout: a buffer is given to the controller and comes back.
#include "rpusb.h"

#include "board.h"
#include "registers.h"
#include "usbserial.h"

#include <string.h>

namespace {

using registers::at;

constexpr uint32_t memory = 0x50100000, control = 0x50110000;
constexpr uint32_t memoryBytes = 4096;
constexpr uint32_t address = control, mainControl = control + 0x40, frameNumber = control + 0x48;
constexpr uint32_t busControl = control + 0x4c, busStatus = control + 0x50, bufferStatus = control + 0x58;
constexpr uint32_t stallArm = control + 0x68, muxing = control + 0x74, power = control + 0x78;
constexpr uint32_t rawInterrupts = control + 0x8c, interruptEnable = control + 0x90, interruptStatus = control + 0x98;

constexpr uint32_t resetBit = 1u << 19, setupBit = 1u << 17, suspendedBit = 1u << 4,
                   resumedBit = 1u << 11; // of busStatus
constexpr uint32_t bufferInterrupt = 1u << 4, resetInterrupt = 1u << 12, suspendInterrupt = 1u << 14,
                   resumeInterrupt = 1u << 15, setupInterrupt = 1u << 16, frameStarted = 1u << 17;
constexpr uint32_t full = 1u << 15, last = 1u << 14, data1 = 1u << 13, stalled = 1u << 11, available = 1u << 10;
constexpr uint32_t opened = 1u << 31, interrupts = 1u << 29, bulk = 2u << 26, interruptKind = 3u << 26;

constexpr uint32_t controlBuffer = 0x100, outBuffer = 0x180, inBuffer = 0x1c0, noticeBuffer = 0x200;
constexpr uint32_t dataEndpoint = usbserial::dataEndpoint;

bool controlIn1, controlOut1, in1, out1; // whether the next packet is a DATA1
bool acknowledges;                       // the empty packet on its way is a status stage
bool framesCome = true;

decltype(at(0)) bufferControl(uint32_t endpoint, bool out)
{
    return at(memory + 0x80 + 8 * endpoint + (out ? 4 : 0));
}

decltype(at(0)) endpointControl(uint32_t endpoint, bool out)
{
    return at(memory + 8 * endpoint + (out ? 4 : 0));
}

// The controller runs at 48 MHz and must see all the rest before it sees that the buffer is its own.
void give(uint32_t endpoint, bool out, uint32_t value)
{
    bufferControl(endpoint, out) = value;
    for (int i = 0; i < 12; ++i)
        __asm volatile("nop");
    bufferControl(endpoint, out) = value | available;
}

void giveOut(uint32_t endpoint, bool &isData1, uint32_t bytes)
{
    give(endpoint, true, last | (isData1 ? data1 : 0) | bytes);
    isData1 = !isData1;
}

void giveIn(uint32_t endpoint, bool &isData1, uint32_t buffer, const uint8_t *packet, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i += 4) {
        uint32_t word = 0;
        memcpy(&word, packet + i, bytes - i < 4 ? bytes - i : 4);
        at(memory + buffer + i) = word;
    }
    give(endpoint, false, full | last | (isData1 ? data1 : 0) | bytes);
    isData1 = !isData1;
}

void take(uint32_t from, uint8_t *to, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i += 4) {
        const uint32_t word = at(memory + from + i);
        memcpy(to + i, &word, bytes - i < 4 ? bytes - i : 4);
    }
}

// Out of the controller's memory; the count of bytes.
uint32_t fetch(uint32_t endpoint, uint32_t buffer, uint8_t *packet)
{
    const uint32_t said = bufferControl(endpoint, true) & 0x3ff;
    const uint32_t bytes = said < usbserial::packetBytes ? said : usbserial::packetBytes;
    take(buffer, packet, bytes);
    return bytes;
}

bool hasFrameStarted()
{
    return at(rawInterrupts) & frameStarted;
}

// Waits for the next frame's start. They come every millisecond; where none come there is nothing to fear.
void awaitFrame()
{
    if (!framesCome && !hasFrameStarted())
        return;
    const uint64_t end = board::ticks() + board::ticksPerSecond / 900;
    (void)uint32_t(at(frameNumber)); // reading it takes the mark away
    do
        framesCome = hasFrameStarted();
    while (!framesCome && board::ticks() < end);
}

void buffersDone()
{
    const uint32_t done = at(bufferStatus);
    at(bufferStatus) = done;
    uint8_t packet[usbserial::packetBytes];
    if (done & 1u << 0) {
        if (acknowledges)
            usbevents::acknowledged();
        else
            usbevents::controlSent();
    }
    if (done & 1u << 1) {
        if (acknowledges)
            usbevents::acknowledged();
        else
            usbevents::controlReceived(packet, fetch(0, controlBuffer, packet));
    }
    if (done & 1u << (2 * dataEndpoint))
        usbevents::dataSent();
    if (done & 2u << (2 * dataEndpoint))
        usbevents::dataReceived(packet, fetch(dataEndpoint, outBuffer, packet));
}

} // namespace

namespace usbcontroller {

void start()
{
    for (uint32_t offset = 0; offset < memoryBytes; offset += 4)
        at(memory + offset) = 0;
    at(muxing) = 1u | 1u << 3;     // to the pins, under software's control
    at(power) = 1u << 2 | 1u << 3; // there is no pin that could tell of the host's voltage: it is there
    at(busControl) = 1u << 29;     // an interrupt for each buffer of endpoint 0
    at(interruptEnable) = bufferInterrupt | resetInterrupt | suspendInterrupt | resumeInterrupt | setupInterrupt;
    at(mainControl) = 1;                  // on, and no longer cut off from its pins, as an RP2350's begins
    at(busControl) = 1u << 29 | 1u << 16; // and there it is: the pull-up
}

void setAddress(uint8_t number)
{
    at(address) = number;
}

void sendControl(const uint8_t *packet, uint32_t bytes)
{
    acknowledges = false;
    giveIn(0, controlIn1, controlBuffer, packet, bytes);
}

void receiveControl()
{
    acknowledges = false;
    giveOut(0, controlOut1, usbserial::packetBytes);
}

void acknowledge(bool toHost)
{
    acknowledges = true;
    controlIn1 = controlOut1 = true;
    if (toHost)
        giveIn(0, controlIn1, controlBuffer, nullptr, 0);
    else
        giveOut(0, controlOut1, 0);
}

void stall()
{
    at(stallArm) = 3;
    bufferControl(0, false) = stalled;
    bufferControl(0, true) = stalled;
}

void configure()
{
    in1 = out1 = false;
    bufferControl(dataEndpoint, false) = 0;
    bufferControl(dataEndpoint, true) = 0;
    endpointControl(usbserial::noticeEndpoint, false) = opened | interrupts | interruptKind | noticeBuffer;
    endpointControl(dataEndpoint, false) = opened | interrupts | bulk | inBuffer;
    endpointControl(dataEndpoint, true) = opened | interrupts | bulk | outBuffer;
}

void halt(bool toHost)
{
    bufferControl(dataEndpoint, !toHost) = stalled;
}

void resume(bool toHost)
{
    (toHost ? in1 : out1) = false;
    bufferControl(dataEndpoint, !toHost) = 0;
}

void sendData(const uint8_t *packet, uint32_t bytes)
{
    if (rpusb::givesAtFrameStart)
        awaitFrame();
    giveIn(dataEndpoint, in1, inBuffer, packet, bytes);
}

void receiveData()
{
    giveOut(dataEndpoint, out1, usbserial::packetBytes);
}

} // namespace usbcontroller

void rpusb::interrupt()
{
    const uint32_t why = at(interruptStatus);
    if (why & resetInterrupt) {
        at(address) = 0;
        usbevents::wasReset();
        at(busStatus) = resetBit;
        rpusb::busWasReset();
    }
    if (why & (suspendInterrupt | resumeInterrupt)) {
        usbevents::slept(!(why & resumeInterrupt));
        at(busStatus) = suspendedBit | resumedBit;
    }
    if (why & bufferInterrupt)
        buffersDone();
    if (why & setupInterrupt) { // later than every buffer of the request before it
        at(busStatus) = setupBit;
        uint8_t setup[8];
        take(0, setup, sizeof setup);
        bufferControl(0, false) = 0;
        bufferControl(0, true) = 0;
        controlIn1 = controlOut1 = true;
        usbevents::setupArrived(setup);
    }
}
