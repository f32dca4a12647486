// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "device/flash/secondstage.h"
#include "device/flash/uf2.h"

namespace espalier::device {

namespace {

const PhysicalBoard &board()
{
    static const PhysicalBoard pico = [] {
        PhysicalBoard board;
        board.flash.board = "pico";
        board.flash.title = "Raspberry Pi Pico";
        board.flash.range = {0x10000000, 2 << 20};
        board.flash.uf2Family = uf2family::rp2040;
        board.flash.byHand = "hold BOOTSEL while plugging it in";
        board.processor = "Cortex-M0+";
        board.meaning = "measured; code and weights come from flash through the chip's cache";
        board.target.id = "rp2040";
        board.target.flags = {"-mcpu=cortex-m0plus", "-mfloat-abi=soft"};
        board.target.family = KernelFamily::thumb;
        board.target.firmware = {"firmware/rp2040.cpp",    "firmware/rp2040boot.cpp", "firmware/rp2040reset.cpp",
                                 "firmware/rp2040rom.cpp", "firmware/rpchip.cpp",     "firmware/rpusb.cpp",
                                 "firmware/usbserial.cpp"};
        board.target.linkerScript = "firmware/rp2040.ld";
        board.target.flashBytes = 2 << 20;
        board.target.ramBytes = (264 - 8) << 10; // less the stack of firmware/rp2040.ld
        board.clocks = {125, 133, 200};
        board.supply = Supply{5, 22, "whole board at 133 MHz, measured by elektronik-labor.de, Pico34"};
        board.supplyUpTo = 133;
        board.faultOf = faultOfSecondStage;
        return board;
    }();
    return pico;
}

BoardInfo infoAt(const std::string &place)
{
    return board().info(thisComputer(), place);
}

} // namespace

extern const Board picoBoard;
const Board picoBoard = {[] { return infoAt({}); },
                         [](const ModelPtr &model, const BenchOptions &options, const Progress &progress) {
                             return board().benchmark(thisComputer(), model, options, progress);
                         },
                         KernelFamily::thumb,
                         infoAt,
                         &board(),
                         board().clocks};

} // namespace espalier::device
