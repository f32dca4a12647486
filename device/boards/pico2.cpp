// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "device/flash/imagedefinition.h"
#include "device/flash/uf2.h"

namespace espalier::device {

namespace {

const PhysicalBoard &board()
{
    static const PhysicalBoard pico2 = [] {
        PhysicalBoard board;
        board.flash.board = "pico2";
        board.flash.title = "Raspberry Pi Pico 2";
        board.flash.range = {0x10000000, 4 << 20};
        board.flash.reboot = RomReboot::rp2350;
        board.flash.uf2Family = uf2family::rp2350Arm;
        board.flash.byHand = "hold BOOTSEL while plugging it in";
        board.processor = "Cortex-M33";
        board.meaning = "measured; code and weights come from flash through the chip's cache; "
                        "its firmware has not yet run on hardware";
        board.target.id = "rp2350";
        board.target.flags = {"-mcpu=cortex-m33", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"};
        board.target.family = KernelFamily::dsp;
        board.target.firmware = {"firmware/rp2350.cpp", "firmware/rp2350rom.cpp", "firmware/cyclecounter.cpp",
                                 "firmware/rpchip.cpp", "firmware/rpusb.cpp",     "firmware/usbserial.cpp"};
        board.target.linkerScript = "firmware/rp2350.ld";
        board.target.flashBytes = 4 << 20;
        board.target.ramBytes = (520 - 8) << 10;
        board.clocks = {150};
        board.leastMacsPerSecond = 50000;
        board.faultOf = faultOfImageDefinition;
        return board;
    }();
    return pico2;
}

BoardInfo infoAt(const std::string &place)
{
    return board().info(thisComputer(), place);
}

} // namespace

extern const Board pico2;
const Board pico2 = {[] { return infoAt({}); },
                     [](const ModelPtr &model, const BenchOptions &options, const Progress &progress) {
                         return board().benchmark(thisComputer(), model, options, progress);
                     },
                     KernelFamily::dsp,
                     infoAt,
                     &board(),
                     board().clocks};

} // namespace espalier::device
