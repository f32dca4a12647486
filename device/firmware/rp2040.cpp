// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Raspberry Pi Pico (RP2040): start-up at 125 MHz, a serial line over USB and one at UART0 (GPIO 0 and 1, 115200 baud),
// the core's cycle counter. Registers: RP2040 datasheet, chapters 2.14 to 2.18 and 4.2.
#include "board.h"
#include "fault.h"
#include "rp2040rom.h"
#include "rpusb.h"
#include "usbserial.h"

#include <string.h>

extern "C" {
extern uint32_t stackBottom, stackTop, dataStart, dataEnd, dataSource, bssStart, bssEnd;
int main();
void reset();
void counterWrapped();
void byteArrived();
}

namespace {

volatile uint32_t &at(uint32_t address)
{
    return *reinterpret_cast<volatile uint32_t *>(address);
}

constexpr uint32_t atomicSet = 0x2000, atomicClear = 0x3000; // aliases of a peripheral's registers
constexpr uint32_t resets = 0x4000c000, resetsDone = 0x4000c008;
constexpr uint32_t pinBit = 1u << 5, padBit = 1u << 8, pllSysBit = 1u << 12, pllUsbBit = 1u << 13, uartBit = 1u << 22,
                   usbBit = 1u << 24;
constexpr uint32_t xosc = 0x40024000, clocks = 0x40008000, pllSys = 0x40028000, pllUsb = 0x4002c000, uart = 0x40034000;
constexpr uint32_t clkRef = clocks + 0x30, clkSys = clocks + 0x3c, clkPeri = clocks + 0x48, clkUsb = clocks + 0x54;
constexpr uint32_t dataRegister = uart, flagRegister = uart + 0x18;
constexpr uint32_t noData = 1u << 4, sendFull = 1u << 5;
constexpr uint32_t sysTickControl = 0xe000e010, sysTickReload = 0xe000e014, sysTickValue = 0xe000e018;
constexpr uint32_t interruptControl = 0xe000ed04, sysTickPending = 1u << 26;

volatile uint32_t wraps;
bool answersUsb; // the line that the last byte came on

// From the start: after a fault they still are as they were.
void restart(uint32_t blocks)
{
    at(resets + atomicSet) = blocks;
    at(resets + atomicClear) = blocks;
    while (~at(resetsDone) & blocks) {
    }
}

// The crystal's 12 MHz times `times`, over both dividers.
void startPll(uint32_t pll, uint32_t bit, uint32_t times, uint32_t firstDivider, uint32_t secondDivider)
{
    restart(bit);
    at(pll) = 1;
    at(pll + 8) = times;
    at(pll + 4 + atomicClear) = 1u | 1u << 5;
    while (!(at(pll) >> 31)) {
    }
    at(pll + 0xc) = firstDivider << 16 | secondDivider << 12;
    at(pll + 4 + atomicClear) = 1u << 3;
}

void startClocks()
{
    at(clocks + 0x78) = 0; // no resuscitation while the clocks change
    at(xosc) = 0xaa0;      // 1 to 15 MHz
    at(xosc + 0x0c) = 47 * 6;
    at(xosc + atomicSet) = 0xfab000;
    while (!(at(xosc + 4) >> 31)) {
    }
    at(clkSys + atomicClear) = 1;
    while (at(clkSys + 8) != 1) {
    }
    at(clkRef + atomicClear) = 3;
    while (at(clkRef + 8) != 1) {
    }
    startPll(pllSys, pllSysBit, 125, 6, 2); // 125 MHz
    startPll(pllUsb, pllUsbBit, 100, 5, 5); // 48 MHz
    at(clkRef) = 2;
    while (at(clkRef + 8) != 1u << 2) {
    }
    at(clkSys) = 1; // the auxiliary source is the PLL
    while (at(clkSys + 8) != 2) {
    }
    at(clkPeri) = 1u << 11;
    at(clkUsb) = 1u << 11; // from the PLL made for it
}

char serial[17];

// Asked for once, while nothing needs flash.
void learnSerial()
{
    uint8_t id[8];
    rp2040rom::readUniqueId(id);
    for (uint32_t i = 0; i < sizeof id; ++i) {
        static const char digits[] = "0123456789ABCDEF";
        serial[2 * i] = digits[id[i] >> 4];
        serial[2 * i + 1] = digits[id[i] & 15];
    }
}

bool uartHasByte()
{
    return !(at(flagRegister) & noData);
}

} // namespace

extern "C" {

// 16 of the core, then the chip's 26.
__attribute__((section(".vectors"), used)) void (*const vectors[16 + 26])() = {
    reinterpret_cast<void (*)()>(&stackTop),
    reset,
    faultHandler, // NMI
    faultHandler,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    faultHandler, // SVCall
    nullptr,
    nullptr,
    faultHandler, // PendSV
    counterWrapped,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    rpusb::interrupt, // 5
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
    byteArrived, // 20: UART0
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
};

void reset()
{
    memcpy(&dataStart, &dataSource,
           uint32_t(reinterpret_cast<char *>(&dataEnd) - reinterpret_cast<char *>(&dataStart)));
    memset(&bssStart, 0, uint32_t(reinterpret_cast<char *>(&bssEnd) - reinterpret_cast<char *>(&bssStart)));
    main();
    for (;;) {
    }
}

void counterWrapped()
{
    wraps = wraps + 1;
}

void byteArrived()
{
    at(uart + 0x44) = 0x7ff; // it has ended the sleep in board::read(), which is all it is for
}
}

namespace board {

const uint32_t ticksPerSecond = 125000000;

void init()
{
    startClocks();
    restart(pinBit | padBit | uartBit | usbBit);
    at(0x40014004) = 2;
    at(0x4001400c) = 2;
    at(uart + 0x24) = 67;
    at(uart + 0x28) = 52;
    at(uart + 0x2c) = 0x70;
    at(uart + 0x30) = 0x301;
    at(uart + 0x38) = 1u << 4 | 1u << 6; // interrupts when bytes have come and when some wait
    at(0xe000e100) = 1u << 20 | 1u << 5; // UART0, USB
    at(sysTickReload) = 0xffffff;
    at(sysTickValue) = 0;
    at(sysTickControl) = 7; // the processor's clock, with an interrupt
    learnSerial();
    usbserial::start();
}

char read()
{
    for (;;) {
        __asm volatile("cpsid i" ::: "memory");
        const bool onUart = uartHasByte(), onUsb = !onUart && usbserial::isWaiting();
        if (!onUart && !onUsb)
            __asm volatile("wfi" ::: "memory");
        __asm volatile("cpsie i" ::: "memory");
        if (onUart || onUsb) {
            answersUsb = onUsb;
            return onUsb ? usbserial::take() : char(at(dataRegister));
        }
    }
}

void write(char c)
{
    if (answersUsb)
        return usbserial::write(c);
    while (at(flagRegister) & sendFull) {
    }
    at(dataRegister) = uint8_t(c);
}

uint64_t ticks()
{
    uint32_t high, low;
    do {
        high = wraps;
        low = 0xffffff - at(sysTickValue);
    } while (high != wraps || (at(interruptControl) & sysTickPending)); // until a wrap that is due has been counted
    return uint64_t(high) << 24 | low;
}

uint32_t *stackLimit()
{
    return &stackBottom;
}

void enterBootloader()
{
    rp2040rom::enterUsbBoot();
}

} // namespace board

namespace usbidentity {

const uint16_t vendor = 0x2e8a, product = 0x000a; // a Pico with a serial line
const char *const maker = "Raspberry Pi", *const title = "Pico with Espalier";

const char *serialNumber()
{
    return serial;
}

} // namespace usbidentity
