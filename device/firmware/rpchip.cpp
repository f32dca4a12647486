// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// RP2040 datasheet, chapters 2.14 to 2.18, 4.2 and 4.9; RP2350 datasheet, chapters 7 to 8, 12.1 and 12.4.
#include "rpchip.h"

#include "board.h"
#include "registers.h"
#include "rprom.h"
#include "startup.h"
#include "usbserial.h"

namespace {

using registers::at;
using rpchip::chip;

constexpr uint32_t atomicSet = 0x2000, atomicClear = 0x3000; // aliases of a peripheral's registers
constexpr uint32_t noData = 1u << 4, sendFull = 1u << 5, sending = 1u << 3;
constexpr uint32_t baud = 115200;

bool answersUsb; // the line that the last byte came on
char serial[17];

// From the start: after a fault they still are as they were.
void restart(uint32_t blocks)
{
    at(chip.resets + atomicSet) = blocks;
    at(chip.resets + atomicClear) = blocks;
    while (~at(chip.resets + 8) & blocks) {
    }
}

void startPll(uint32_t pll, uint32_t bit, const rpchip::Speed &speed)
{
    restart(bit);
    at(pll) = 1;
    at(pll + 8) = speed.times;
    at(pll + 4 + atomicClear) = 1u | 1u << 5;
    while (!(at(pll) >> 31)) {
    }
    at(pll + 0xc) = speed.firstDivider << 16 | speed.secondDivider << 12;
    at(pll + 4 + atomicClear) = 1u << 3;
}

constexpr uint32_t fromSystemPll = 0, fromUsbPll = 1;

// The system's clock: the reference, which is the crystal.
void runOnReference()
{
    at(chip.clocks + 0x3c + atomicClear) = 1;
    while (at(chip.clocks + 0x44) != 1) {
    }
}

// The source is chosen while it is not in use.
void runOnPll(uint32_t source)
{
    at(chip.clocks + 0x3c) = source << 5;
    at(chip.clocks + 0x3c) = source << 5 | 1;
    while (at(chip.clocks + 0x44) != 2) {
    }
}

void runAt(const rpchip::Speed &speed)
{
    startPll(chip.systemPll, chip.systemPllBit, speed);
    runOnReference();
    runOnPll(fromSystemPll);
    board::ticksPerSecond = speed.megahertz * 1000000;
}

void startClocks()
{
    at(chip.clocks + chip.resuscitation) = 0; // not while the clocks change
    at(chip.crystal) = 0xaa0;                 // 1 to 15 MHz
    at(chip.crystal + 0x0c) = 47 * 6;
    at(chip.crystal + atomicSet) = 0xfab000;
    while (!(at(chip.crystal + 4) >> 31)) {
    }
    runOnReference();
    at(chip.clocks + 0x30 + atomicClear) = 3;
    while (at(chip.clocks + 0x38) != 1) {
    }
    startPll(chip.usbPll, chip.usbPllBit, {48, 100, 5, 5, false});
    at(chip.clocks + 0x30) = 2;
    while (at(chip.clocks + 0x38) != 1u << 2) {
    }
    runAt(chip.speeds[0]);
    at(chip.clocks + 0x48) = 1u << 11;          // of the UART: the system's
    at(chip.clocks + chip.usbClock) = 1u << 11; // from the PLL made for it
    at(chip.clocks + chip.adcClock) = 1u << 11;
}

// The divider counts in 64ths.
void setBaud()
{
    const uint32_t divider = (board::ticksPerSecond * 4u + baud / 2) / baud;
    at(chip.uart + 0x24) = divider >> 6;
    at(chip.uart + 0x28) = divider & 63;
    at(chip.uart + 0x2c) = 0x70; // 8 bits, with the queues; takes the divider over
}

void startUart()
{
    at(chip.pads + 4) = chip.padSettings;
    at(chip.pads + 8) = chip.padSettings;
    at(chip.pins + 4) = 2;
    at(chip.pins + 12) = 2;
    setBaud();
    at(chip.uart + 0x30) = 0x301;
    at(chip.uart + 0x38) = 1u << 4 | 1u << 6; // interrupts when bytes have come and when some wait
}

bool uartHasByte()
{
    return !(at(chip.uart + 0x18) & noData);
}

} // namespace

namespace rpchip {

void start()
{
    startClocks();
    restart(chip.blockBits);
    startUart();
}

void connect()
{
    uint8_t id[8];
    rprom::readUniqueId(id); // once, while nothing needs flash
    for (uint32_t i = 0; i < 16; ++i)
        serial[i] = "0123456789ABCDEF"[id[i / 2] >> (i % 2 ? 0 : 4) & 15];
    usbserial::start();
}

void byteArrived()
{
    at(chip.uart + 0x44) = 0x7ff; // it has ended the sleep in board::read(), which is all it is for
}

} // namespace rpchip

namespace board {

uint32_t ticksPerSecond;

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
            return onUsb ? usbserial::take() : char(at(chip.uart));
        }
    }
}

void write(char c)
{
    if (answersUsb)
        return usbserial::write(c);
    while (at(chip.uart + 0x18) & sendFull) {
    }
    at(chip.uart) = uint8_t(c);
}

bool setClock(uint32_t megahertz)
{
    for (uint32_t i = 0; i < chip.speedCount; ++i) {
        const rpchip::Speed &speed = chip.speeds[i];
        if (speed.megahertz != megahertz)
            continue;
        while (at(chip.uart + 0x18) & sending) {
        }
        if (speed.raisesVoltage)
            chip.raiseVoltage();
        const registers::InterruptLock lock;
        runOnReference();
        runOnPll(fromUsbPll); // 48 MHz, which USB needs at least
        runAt(speed);
        setBaud();
        return true;
    }
    return false;
}

// 0.706 V at 27 degrees, 1.721 mV less for each degree more; 3.3 V are 4096. The mean of 16.
int32_t temperature()
{
    at(chip.adc) = 1u | 1u << 1 | 4u << 12; // on, with the sensor, which is input 4
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 32; ++i) {
        while (!(at(chip.adc) & 1u << 8)) {
        }
        at(chip.adc + atomicSet) = 1u << 2;
        while (!(at(chip.adc) & 1u << 8)) {
        }
        if (i >= 16) // the first ones find the sensor waking up
            sum += at(chip.adc + 4);
    }
    at(chip.adc) = 0;
    const int32_t microvolts = int32_t(uint64_t(sum) * 3300000 / (16 * 4096));
    const int32_t hundredths = 2700 - (microvolts - 706000) * 100 / 1721;
    return hundredths < -4000 || hundredths > 12500 ? noTemperature : hundredths; // outside of what it could be
}

uint32_t *stackLimit()
{
    return &stackBottom;
}

void enterBootloader()
{
    rprom::enterUsbBoot();
}

} // namespace board

const char *usbidentity::serialNumber()
{
    return serial;
}
