// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "device/flash/samba.h"

namespace espalier::device {

namespace {

const PhysicalBoard &board()
{
    static const PhysicalBoard nano = [] {
        PhysicalBoard board;
        board.flash.kind = FlashMethod::Kind::samba;
        board.flash.board = "nano33ble";
        board.flash.title = "Arduino Nano 33 BLE";
        board.flash.range = {0x10000, 0xf0000}; // behind Arduino's bootloader
        board.flash.byHand = pressResetTwice;
        board.flash.picture = "nano33ble-reset";
        board.processor = "Cortex-M4F";
        board.meaning = "measured, with the chip's instruction cache on; its firmware has not yet run on hardware";
        board.target.id = "nrf52840";
        board.target.flags = {"-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"};
        board.target.family = KernelFamily::dsp;
        board.target.firmware = {"firmware/nrf52840.cpp", "firmware/nrf52840temperature.cpp",
                                 "firmware/cyclecounter.cpp", "firmware/nrfusb.cpp", "firmware/usbserial.cpp"};
        board.target.linkerScript = "firmware/nrf52840.ld";
        board.target.flashBytes = 0xf0000;
        board.target.ramBytes = (256 - 8) << 10; // less the stack of firmware/nrf52840.ld
        board.clocks = {64};
        board.leastMacsPerSecond = 50000;
        return board;
    }();
    return nano;
}

BoardInfo infoAt(const std::string &place)
{
    return board().info(thisComputer(), place);
}

} // namespace

extern const Board nano33ble;
const Board nano33ble = {[] { return infoAt({}); },
                         [](const ModelPtr &model, const BenchOptions &options, const Progress &progress) {
                             return board().benchmark(thisComputer(), model, options, progress);
                         },
                         KernelFamily::dsp,
                         infoAt,
                         &board(),
                         board().clocks};

} // namespace espalier::device
