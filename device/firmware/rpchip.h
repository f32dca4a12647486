// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// What the RP2040 and the RP2350 have in common, at other addresses: clocks from a crystal of 12 MHz, a serial line at
/// GPIO 0 and 1 (115200 baud) beside the one over USB, a thermometer. Each chip's file says what its own are.
namespace rpchip {

/// A speed of the processor: the crystal's 12 MHz times `times`, over both dividers, at a core voltage.
struct Speed
{
    uint32_t megahertz, times, firstDivider, secondDivider;
    bool raisesVoltage; ///< to 1.15 V, from the 1.1 V of a start
};

struct Chip
{
    uint32_t resets, clocks, crystal, systemPll, usbPll, uart, pins, pads, adc; ///< addresses
    uint32_t usbClock, adcClock, resuscitation;                                 ///< within clocks
    uint32_t systemPllBit, usbPllBit, blockBits; ///< of resets; the last are pins, pads, UART, ADC and USB
    uint32_t padSettings;                        ///< of the UART's pads: input, pulled up
    const Speed *speeds;                         ///< the first is the usual one
    uint32_t speedCount;
    void (*raiseVoltage)(); ///< and waits until it is there; null where nothing raises it
};
extern const Chip chip;

/// Clocks at the usual speed, and the UART.
void start();
/// Appears on USB; the counter of ticks must run.
void connect();
/// The UART's interrupt handler.
void byteArrived();

} // namespace rpchip
