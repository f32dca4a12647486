// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Arduino Nano 33 BLE (nRF52840), behind Arduino's bootloader: a serial line over USB and one at D1 and D0 (115200
// baud), 64 MHz from the crystal, the instruction cache on. Registers: nRF52840 Product Specification.
#include "board.h"
#include "cyclecounter.h"
#include "fault.h"
#include "nrfusb.h"
#include "registers.h"
#include "startup.h"
#include "usbserial.h"

namespace {

using registers::at;

constexpr uint32_t clockStart = 0x40000000, clockState = 0x4000040c, crystalRuns = 1u << 16 | 1u;
constexpr uint32_t converter = 0x40000578, retained = 0x4000051c, stayInBootloader = 0xb0;
constexpr uint32_t cacheConfig = 0x4001e540, deviceId = 0x10000060;
constexpr uint32_t uart = 0x40002000, received = uart + 0x108, sent = uart + 0x11c;
constexpr uint32_t port1 = 0x50000300, receivePin = 10, sendPin = 3;
constexpr uint32_t interruptEnable = 0xe000e100, resetControl = 0xe000ed0c, resetRequest = 0x05fa0004;
constexpr uint32_t supplyInterrupt = 0, uartInterrupt = 2, usbInterrupt = 39;

bool answersUsb; // the line that the last byte came on
char serial[17];

void startUart()
{
    at(port1 + 0x508) = 1u << sendPin; // idle is high
    at(port1 + 0x518) = 1u << sendPin;
    at(port1 + 0x700 + 4 * receivePin) = 3u << 2; // pulled up: nothing need be connected
    at(uart + 0x50c) = 1u << 5 | sendPin;
    at(uart + 0x514) = 1u << 5 | receivePin;
    at(uart + 0x524) = 0x01d7e000; // 115200 baud
    at(uart + 0x500) = 4;
    at(uart + 0x304) = 1u << 2; // an interrupt when a byte has come
    at(uart) = 1;
    at(uart + 8) = 1;
}

bool uartHasByte()
{
    return at(received);
}

char uartTake()
{
    at(received) = 0; // before the byte: the next one may follow at once
    return char(at(uart + 0x518));
}

void learnSerial()
{
    for (uint32_t i = 0; i < 16; ++i) {
        const uint32_t word = at(deviceId + (i < 8 ? 4 : 0));
        serial[i] = "0123456789ABCDEF"[word >> (28 - 4 * (i % 8)) & 15];
    }
}

} // namespace

extern "C" {

// It has ended the sleep in board::read(), which is all it is for: until that has taken the byte, it stays quiet.
static void byteArrived()
{
    at(uart + 0x308) = 1u << 2;
}

// 16 of the core, then the chip's 48.
__attribute__((section(".vectors"), used)) void (*const vectors[16 + 48])() = {
    reinterpret_cast<void (*)()>(&stackTop),
    reset,
    faultHandler, // NMI
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    faultHandler, // SVCall
    faultHandler,
    nullptr,
    faultHandler, // PendSV
    cyclecounter::watch,
    nrfusb::supplyChanged, // 0: power and clock
    faultHandler,
    byteArrived, // 2: UART
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    nrfusb::interrupt, // 39
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
};
}

namespace board {

uint32_t ticksPerSecond = 64000000;

void init()
{
    at(converter) = 1; // the board has the coil for it
    at(clockStart) = 1;
    while ((at(clockState) & crystalRuns) != crystalRuns) {
    }
    at(cacheConfig) = 1;
    cyclecounter::start();
    learnSerial();
    startUart();
    at(interruptEnable) = 1u << supplyInterrupt | 1u << uartInterrupt;
    at(interruptEnable + 4) = 1u << (usbInterrupt - 32);
    usbserial::start();
}

char read()
{
    for (;;) {
        __asm volatile("cpsid i" ::: "memory");
        const bool onUart = uartHasByte(), onUsb = !onUart && usbserial::isWaiting();
        at(uart + 0x304) = 1u << 2;
        if (!onUart && !onUsb)
            __asm volatile("wfi" ::: "memory");
        __asm volatile("cpsie i" ::: "memory");
        if (onUart || onUsb) {
            answersUsb = onUsb;
            return onUsb ? usbserial::take() : uartTake();
        }
    }
}

void write(char c)
{
    if (answersUsb)
        return usbserial::write(c);
    at(sent) = 0;
    at(uart + 0x51c) = uint8_t(c);
    while (!at(sent)) {
    }
}

uint64_t ticks()
{
    return cyclecounter::now();
}

bool setClock(uint32_t megahertz)
{
    return megahertz == ticksPerSecond / 1000000; // it has one speed
}

uint32_t *stackLimit()
{
    return &stackBottom;
}

// Not before the host has seen the answer to what it asked for.
void enterBootloader()
{
    for (const uint64_t end = ticks() + ticksPerSecond / 100; ticks() < end;) {
    }
    at(retained) = stayInBootloader;
    registers::settle();
    at(resetControl) = resetRequest;
    for (;;) {
    }
}

} // namespace board

namespace usbidentity {

const uint16_t vendor = 0x2341, product = 0x805a; // a Nano 33 BLE with a program
const char *const maker = "Arduino", *const title = "Nano 33 BLE with Espalier";

const char *serialNumber()
{
    return serial;
}

} // namespace usbidentity
