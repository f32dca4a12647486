// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Raspberry Pi Pico 2 (RP2350, its Cortex-M33): the block by which the boot ROM knows an image, and what rpchip.h
// leaves to the chip. Registers and block: RP2350 datasheet, chapters 2.2 and 5.9.
#include "board.h"
#include "cyclecounter.h"
#include "fault.h"
#include "registers.h"
#include "rpchip.h"
#include "rpusb.h"
#include "startup.h"
#include "usbserial.h"

namespace {

using registers::at;

constexpr uint32_t interruptEnable = 0xe000e100, usbInterrupt = 14, uartInterrupt = 33;
constexpr rpchip::Speed speeds[] = {{150, 125, 5, 2, false}};

// An executable for Arm in the secure state, one item; the only block of its loop.
__attribute__((section(".imagedefinition"), used)) constexpr uint32_t imageDefinition[] = {
    0xffffded3,                      // start
    0x42u | 1u << 8 | 0x1021u << 16, // type of the image: one word
    0xffu | 1u << 8,
    0,          // last item: one word before it; the next block is this one
    0xab123579, // end
};

} // namespace

extern "C" {

// 16 of the core, then the chip's 52.
__attribute__((section(".vectors"), used)) void (*const vectors[16 + 52])() = {
    reinterpret_cast<void (*)()>(&stackTop),
    reset,
    faultHandler, // NMI
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler,
    faultHandler, // secure state
    nullptr,
    nullptr,
    nullptr,
    faultHandler, // SVCall
    faultHandler,
    nullptr,
    faultHandler, // PendSV
    cyclecounter::watch,
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
    rpusb::interrupt, // 14
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
    rpchip::byteArrived, // 33: UART0
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
};
}

const bool rpusb::givesAtFrameStart = false;

void rpusb::busWasReset() {}

const rpchip::Chip rpchip::chip = {0x40020000, 0x40010000, 0x40048000,
                                   0x40050000, 0x40058000, 0x40070000,
                                   0x40028000, 0x40038000, 0x400a0000,
                                   0x60,       0x6c,       0x84,
                                   1u << 14,   1u << 15,   1u << 0 | 1u << 6 | 1u << 9 | 1u << 26 | 1u << 28,
                                   0x5a,       speeds,     sizeof speeds / sizeof *speeds,
                                   nullptr};

namespace board {

void init()
{
    rpchip::start();
    cyclecounter::start();
    at(interruptEnable) = 1u << usbInterrupt;
    at(interruptEnable + 4) = 1u << (uartInterrupt - 32);
    rpchip::connect();
}

uint64_t ticks()
{
    return cyclecounter::now();
}

} // namespace board

namespace usbidentity {

const uint16_t vendor = 0x2e8a, product = 0x0009; // a Pico 2 with a serial line
const char *const maker = "Raspberry Pi", *const title = "Pico 2 with Espalier";

} // namespace usbidentity
