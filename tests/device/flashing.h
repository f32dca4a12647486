// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "device/flash/uf2.h"
#include "fakeworld.h"
#include "sentence.h"

#include <algorithm>
#include <string>
#include <vector>

/// What tests of finding, flashing and measuring boards share.
namespace espalier::test {

using namespace espalier::device;

inline Bytes counted(std::size_t bytes, unsigned seed)
{
    Bytes all(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
        all[i] = std::uint8_t(i * 7 + seed + (i >> 8));
    return all;
}

/// Two pieces and a hole; neither begins or ends where a sector does.
inline FlashImage sampleImage(std::uint32_t start)
{
    return {{start, counted(5000, 1)}, {start + 0x3100, counted(300, 9)}};
}

inline bool holds(const std::vector<std::uint8_t> &flash, std::uint32_t start, const FlashImage &image)
{
    return std::all_of(image.begin(), image.end(), [&](const auto &part) {
        return std::equal(part.second.begin(), part.second.end(), flash.begin() + (part.first - start));
    });
}

inline FlashMethod picoMethod()
{
    FlashMethod method;
    method.board = "pico";
    method.title = "Pico";
    method.range = {ScriptedRom::flashStart, ScriptedRom::flashBytes};
    method.uf2Family = uf2family::rp2040;
    method.byHand = "hold BOOTSEL while plugging it in";
    return method;
}

/// An image for an RP2350, whose definition is not in its first page.
inline FlashImage sampleImageOfRp2350()
{
    static constexpr std::uint8_t definition[] = {0xd3, 0xde, 0xff, 0xff, 0x42, 0x01, 0x21, 0x10, 0xff, 0x01,
                                                  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x79, 0x35, 0x12, 0xab};
    FlashImage image = sampleImage(ScriptedRom::flashStart);
    std::copy(std::begin(definition), std::end(definition), image.begin()->second.begin() + 0x224);
    return image;
}

inline FlashMethod pico2Method()
{
    FlashMethod method = picoMethod();
    method.board = "pico2";
    method.title = "Pico 2";
    method.reboot = RomReboot::rp2350;
    method.uf2Family = uf2family::rp2350Arm;
    return method;
}

inline FlashMethod nanoMethod()
{
    FlashMethod method;
    method.kind = FlashMethod::Kind::samba;
    method.board = "nano33ble";
    method.title = "Nano 33 BLE";
    method.range = {ScriptedNano::applicationStart, 64 << 10};
    method.byHand = "press the reset button twice";
    return method;
}

inline UsbBoard running(const char *board)
{
    UsbBoard usb;
    usb.port = "1-2";
    usb.board = board;
    usb.serial = "E660";
    usb.tty = "/dev/ttyACM0";
    usb.state = BoardState::otherFirmware;
    return usb;
}

} // namespace espalier::test
