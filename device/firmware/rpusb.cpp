// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The USB controller of the RP2040 and the RP2350, as a device (RP2040 datasheet, chapter 4.1; RP2350's, 12.7). Its
// packets lie in a memory of its own. Single buffers throughout: a buffer is given to the controller and comes back.
#include "rpusb.h"

#include "usbserial.h"

namespace {

constexpr uint32_t memory = 0x50100000, registers = 0x50110000;
constexpr uint32_t memoryBytes = 4096;
constexpr uint32_t address = registers, mainControl = registers + 0x40, busControl = registers + 0x4c;
constexpr uint32_t busStatus = registers + 0x50, bufferStatus = registers + 0x58, stallArm = registers + 0x68;
constexpr uint32_t muxing = registers + 0x74, power = registers + 0x78;
constexpr uint32_t interruptEnable = registers + 0x90, interruptStatus = registers + 0x98;

constexpr uint32_t resetBit = 1u << 19, setupBit = 1u << 17; // of busStatus
constexpr uint32_t bufferInterrupt = 1u << 4, resetInterrupt = 1u << 12, setupInterrupt = 1u << 16;
constexpr uint32_t full = 1u << 15, last = 1u << 14, data1 = 1u << 13, stalled = 1u << 11, available = 1u << 10;
constexpr uint32_t opened = 1u << 31, interrupts = 1u << 29, bulk = 2u << 26, interruptKind = 3u << 26;

constexpr uint32_t controlBuffer = 0x100, outBuffer = 0x180, inBuffer = 0x1c0, noticeBuffer = 0x200;
constexpr uint32_t dataEndpoint = usbserial::dataEndpoint;

bool controlIn1, controlOut1, in1, out1; // whether the next packet is a DATA1
bool acknowledges;                       // the empty packet on its way is a status stage

volatile uint32_t &at(uint32_t where)
{
    return *reinterpret_cast<volatile uint32_t *>(where);
}

volatile uint32_t &bufferControl(uint32_t endpoint, bool out)
{
    return at(memory + 0x80 + 8 * endpoint + (out ? 4 : 0));
}

volatile uint32_t &endpointControl(uint32_t endpoint, bool out)
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
    volatile uint8_t *to = reinterpret_cast<volatile uint8_t *>(memory + buffer);
    for (uint32_t i = 0; i < bytes; ++i)
        to[i] = packet[i];
    give(endpoint, false, full | last | (isData1 ? data1 : 0) | bytes);
    isData1 = !isData1;
}

// Out of the controller's memory; the count of bytes.
uint32_t fetch(uint32_t endpoint, uint32_t buffer, uint8_t *packet)
{
    const uint32_t said = bufferControl(endpoint, true) & 0x3ff;
    const uint32_t bytes = said < usbserial::packetBytes ? said : usbserial::packetBytes;
    const volatile uint8_t *from = reinterpret_cast<const volatile uint8_t *>(memory + buffer);
    for (uint32_t i = 0; i < bytes; ++i)
        packet[i] = from[i];
    return bytes;
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
    at(interruptEnable) = bufferInterrupt | resetInterrupt | setupInterrupt;
    at(mainControl) = 1;
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

void sendData(const uint8_t *packet, uint32_t bytes)
{
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
    }
    if (why & bufferInterrupt)
        buffersDone();
    if (why & setupInterrupt) { // later than every buffer of the request before it
        at(busStatus) = setupBit;
        uint8_t setup[8];
        for (uint32_t i = 0; i < 8; ++i)
            setup[i] = reinterpret_cast<const volatile uint8_t *>(memory)[i];
        bufferControl(0, false) = 0;
        bufferControl(0, true) = 0;
        controlIn1 = controlOut1 = true;
        usbevents::setupArrived(setup);
    }
}
