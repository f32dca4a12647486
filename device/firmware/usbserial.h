// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// A serial line over USB: one CDC-ACM device, whatever the chip. Between it and the bus lies a controller.
namespace usbserial {

constexpr uint32_t packetBytes = 64;                   // of endpoint 0 and of the data endpoints
constexpr uint8_t noticeEndpoint = 1, noticeBytes = 8; // it exists because the class asks for it, and is never used
constexpr uint8_t dataEndpoint = 2;                    // in and out

/// Appears on the bus.
void start();
/// A byte has come; asks the controller for more where none has.
bool isWaiting();
/// After isWaiting().
char take();
/// Sends at each end of a line and when a packet is full. Drops what nobody listens to, and what somebody who holds the
/// line open does not read within a second.
void write(char c);

} // namespace usbserial

/// What a chip's USB controller does. One file per kind of controller defines it.
namespace usbcontroller {

void start();
/// From now on it answers to this address; a controller that noted it by itself does nothing.
void setAddress(uint8_t address);
/// One packet for the host, on endpoint 0.
void sendControl(const uint8_t *packet, uint32_t bytes);
/// Expects one packet of the host's data on endpoint 0.
void receiveControl();
/// The status stage; `toHost` after a request without data or with the host's.
void acknowledge(bool toHost);
/// The request is refused.
void stall();
/// Opens the data endpoints, both at their first data packet.
void configure();
/// The data endpoint of one direction refuses whatever the host wants of it.
void halt(bool toHost);
/// It answers again, empty and at its first data packet.
void resume(bool toHost);
void sendData(const uint8_t *packet, uint32_t bytes);
void receiveData();

} // namespace usbcontroller

/// What a controller reports, from its interrupt.
namespace usbevents {

void wasReset();
/// The host has put the bus to sleep, or woken it.
void slept(bool isAsleep);
void setupArrived(const uint8_t setup[8]);
void controlSent();
void controlReceived(const uint8_t *packet, uint32_t bytes);
void acknowledged();
void dataSent();
void dataReceived(const uint8_t *packet, uint32_t bytes);

} // namespace usbevents

/// What a board is called. One file per chip family defines it.
namespace usbidentity {

extern const uint16_t vendor, product;
extern const char *const maker, *const title;
/// Of this one board: hexadecimal digits and a zero.
const char *serialNumber();

} // namespace usbidentity
