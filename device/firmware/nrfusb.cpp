// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The USB controller of the nRF52840, as a device (nRF52840 Product Specification, chapter 6.35). Each endpoint has a
// buffer of its own that only EasyDMA reaches, for one endpoint at a time; every transfer is waited for, which takes a
// few microseconds, so that none can meet another. The controller obeys SET_ADDRESS by itself and takes an OUT packet
// as soon as its buffer is free, asked or not. Anomalies by their numbers in the chip's errata: 166, 171, 187, 199 and
// 223 are answered here; 104 and 154 are those of engineering samples, 211 is about a lower power that is not used.
#include "nrfusb.h"

#include "registers.h"
#include "usbserial.h"

#include <string.h>

namespace {

using registers::at;
using usbserial::dataEndpoint;

constexpr uint32_t usbd = 0x40027000;
constexpr uint32_t startIn = usbd + 0x004, startOut = usbd + 0x028; // tasks, one for each endpoint
constexpr uint32_t receiveControlTask = usbd + 0x04c, statusTask = usbd + 0x050, stallTask = usbd + 0x054;
constexpr uint32_t busReset = usbd + 0x100, endIn = usbd + 0x108, controlDone = usbd + 0x128, endOut = usbd + 0x130;
constexpr uint32_t busEvent = usbd + 0x158, setupCame = usbd + 0x15c, dataDone = usbd + 0x160;
constexpr uint32_t interruptEnable = usbd + 0x304;
constexpr uint32_t cause = usbd + 0x400, dataStatus = usbd + 0x46c, setupBytes = usbd + 0x480, outSize = usbd + 0x4a0;
constexpr uint32_t enable = usbd + 0x500, pullUp = usbd + 0x504, toggle = usbd + 0x50c;
constexpr uint32_t enableIn = usbd + 0x510, enableOut = usbd + 0x514, endpointStall = usbd + 0x518;
constexpr uint32_t inPlace = usbd + 0x600, outPlace = usbd + 0x700, placeBytes = 0x14; // pointer, then most bytes

constexpr uint32_t suspended = 1u << 8, resumed = 1u << 9, isReady = 1u << 11; // of cause
constexpr uint32_t inBit = 1u << 7, data0 = 1u << 8, stalls = 1u << 8;         // of toggle and endpointStall

constexpr uint32_t clockStart = 0x40000000, clockState = 0x4000040c, crystalRuns = 1u << 16 | 1u;
constexpr uint32_t voltageCame = 0x4000011c, voltageWent = 0x40000120, supplyInterrupts = 0x40000304;
constexpr uint32_t supplyState = 0x40000438, hasVoltage = 1u, regulated = 1u << 1;

constexpr uint32_t powerLock = 0x4006ec00, powerUnlock = 0x9375;
constexpr uint32_t powerUp = 0x4006ec14, wakeUp = 0x4006ed14, duringTransfer = 0x40027c1c;

alignas(4) uint8_t buffer[usbserial::packetBytes]; // EasyDMA reaches RAM only
bool sendsControl;                                 // the request's data go to the host
bool wanted, waits; // a data packet from the host: the class asks for it, it lies in the controller

constexpr uint32_t interruptBit(uint32_t event)
{
    return 1u << ((event - busReset) / 4);
}

bool take(uint32_t event)
{
    if (!at(event))
        return false;
    at(event) = 0;
    registers::settle();
    return true;
}

// Anomalies 171 and 187: the controller may not wake up by itself. The registers are behind a lock.
void hold(uint32_t which, uint32_t value)
{
    const bool locked = at(powerLock) == 0;
    if (locked)
        at(powerLock) = powerUnlock;
    at(which) = value;
    if (locked)
        at(powerLock) = powerUnlock;
}

void wake()
{
    at(cause) = isReady;
    hold(wakeUp, 3);
    hold(powerUp, 0xc0);
    at(enable) = 1;
    while (!(at(cause) & isReady)) {
    }
    at(cause) = isReady;
    hold(powerUp, 0);
    hold(wakeUp, 0);
}

// Between RAM and an endpoint. A reset of the bus may take the endpoint away meanwhile.
void transfer(uint32_t task, uint32_t end, uint32_t place, uint32_t bytes)
{
    at(place) = registers::addressOf(buffer);
    at(place + 4) = bytes;
    at(end) = 0;
    at(duringTransfer) = 0x82; // anomaly 199: what the host says would be lost
    at(task) = 1;
    registers::settle();
    while (!at(end) && !at(busReset)) {
    }
    at(end) = 0;
    at(duringTransfer) = 0;
}

void send(uint32_t endpoint, const uint8_t *bytes, uint32_t count)
{
    memcpy(buffer, bytes, count);
    transfer(startIn + 4 * endpoint, endIn + 4 * endpoint, inPlace + placeBytes * endpoint, count);
}

uint32_t fetch(uint32_t endpoint)
{
    const uint32_t said = at(outSize + 4 * endpoint);
    const uint32_t bytes = said < usbserial::packetBytes ? said : usbserial::packetBytes;
    transfer(startOut + 4 * endpoint, endOut + 4 * endpoint, outPlace + placeBytes * endpoint, bytes);
    return bytes;
}

void fetchData()
{
    wanted = waits = false;
    const uint32_t bytes = fetch(dataEndpoint);
    if (!at(busReset))
        usbevents::dataReceived(buffer, bytes);
}

void restart(uint32_t endpoint)
{
    at(toggle) = endpoint; // which one the next write is about
    at(toggle) = endpoint | data0;
    at(endpointStall) = endpoint;
    if (!(endpoint & inBit))
        at(outSize + 4 * endpoint) = 0; // any value: the next packet may come
}

} // namespace

namespace usbcontroller {

void start()
{
    const registers::InterruptLock lock; // a cable that comes now has come already
    at(voltageCame) = 0;
    at(voltageWent) = 0;
    at(supplyInterrupts) = 1u << 7 | 1u << 8; // when one comes and when it goes
    if (!(at(supplyState) & hasVoltage))
        return;
    wake();
    at(enable) = 0; // anomaly 223: the first time it may not have woken up whole
    wake();
    while (!(at(supplyState) & regulated)) {
    }
    at(usbd + 0x800) = 0x7e3; // anomaly 166
    at(usbd + 0x804) = 0x40;
    registers::settle();
    at(clockStart) = 1; // the bus needs the crystal
    while ((at(clockState) & crystalRuns) != crystalRuns) {
    }
    at(interruptEnable) = interruptBit(busReset) | interruptBit(controlDone) | interruptBit(busEvent) |
                          interruptBit(setupCame) | interruptBit(dataDone);
    at(pullUp) = 1;
}

void setAddress(uint8_t) {} // it has done so

void sendControl(const uint8_t *bytes, uint32_t count)
{
    send(0, bytes, count);
}

void receiveControl()
{
    at(receiveControlTask) = 1;
}

// Nothing tells when it is done: it is as soon as the host asks.
void acknowledge(bool)
{
    at(statusTask) = 1;
    usbevents::acknowledged();
}

void stall()
{
    at(stallTask) = 1;
}

void configure()
{
    wanted = waits = false;
    at(enableIn) = 1u | 1u << usbserial::noticeEndpoint | 1u << dataEndpoint;
    at(enableOut) = 1u | 1u << dataEndpoint;
    restart(usbserial::noticeEndpoint | inBit);
    restart(dataEndpoint | inBit);
    restart(dataEndpoint);
}

void halt(bool isToHost)
{
    at(endpointStall) = dataEndpoint | (isToHost ? inBit : 0) | stalls;
}

void resume(bool isToHost)
{
    if (!isToHost)
        wanted = waits = false;
    restart(dataEndpoint | (isToHost ? inBit : 0));
}

void sendData(const uint8_t *bytes, uint32_t count)
{
    const registers::InterruptLock lock; // one transfer at a time
    send(dataEndpoint, bytes, count);
}

void receiveData()
{
    const registers::InterruptLock lock;
    wanted = true;
    if (waits)
        fetchData();
}

} // namespace usbcontroller

void nrfusb::interrupt()
{
    if (take(busReset)) { // all endpoints but the first are closed
        wanted = waits = false;
        usbevents::wasReset();
    }
    if (take(busEvent)) {
        const uint32_t why = at(cause);
        at(cause) = why;
        if (why & (suspended | resumed))
            usbevents::slept(!(why & resumed));
    }
    if (take(setupCame)) {
        uint8_t setup[8];
        for (uint32_t i = 0; i < sizeof setup; ++i)
            setup[i] = uint8_t(at(setupBytes + 4 * i));
        sendsControl = setup[0] & inBit;
        at(controlDone) = 0; // what came before it is void
        if (setup[0] != 0 || setup[1] != 5)
            usbevents::setupArrived(setup);
    }
    if (take(controlDone)) {
        if (sendsControl)
            usbevents::controlSent();
        else
            usbevents::controlReceived(buffer, fetch(0));
    }
    if (take(dataDone)) {
        const uint32_t done = at(dataStatus);
        at(dataStatus) = done;
        if (done & 1u << dataEndpoint)
            usbevents::dataSent();
        if (done & 1u << (16 + dataEndpoint)) {
            waits = true;
            if (wanted)
                fetchData();
        }
    }
}

void nrfusb::supplyChanged()
{
    if (take(voltageWent)) {
        at(pullUp) = 0;
        at(enable) = 0;
        usbevents::wasReset();
    }
    if (take(voltageCame) && !at(enable))
        usbcontroller::start();
}
