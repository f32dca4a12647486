// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The second boot stage: what the RP2040's ROM loads from flash, checks and calls, so that flash can be run from
// (RP2040 datasheet, chapters 2.7 and 4.10). It reads with the command 03h at a quarter of the clock, which every flash
// chip knows; then it starts the program behind it or, when a program called it, returns.
#include <stdint.h>

namespace {

constexpr uint32_t stageBytes = 256;

constexpr uint16_t code[] = {
    0x4b0b,         //         ldr r3, =0x18000000  the flash interface
    0x2100,         //         movs r1, #0
    0x6099,         //         str r1, [r3, #8]     SSIENR: off
    0x6059,         //         str r1, [r3, #4]     CTRLR1: one frame
    0x2104,         //         movs r1, #4
    0x6159,         //         str r1, [r3, #0x14]  BAUDR
    0x4909,         //         ldr r1, =0x001f0300
    0x6019,         //         str r1, [r3, #0]     CTRLR0: frames of 32 bits, send then receive
    0x4909,         //         ldr r1, =0x03000218
    0x22f4,         //         movs r2, #0xf4
    0x5099,         //         str r1, [r3, r2]     SPI_CTRLR0: 03h, address of 24 bits
    0x2101,         //         movs r1, #1
    0x6099,         //         str r1, [r3, #8]     SSIENR: on
    0x4670,         //         mov r0, lr
    0x2800,         //         cmp r0, #0           the ROM's call has nowhere to return to
    0xd000,         //         beq start
    0x4770,         //         bx lr
    0x4806,         // start:  ldr r0, =0x10000100
    0x4906,         //         ldr r1, =0xe000ed08
    0x6008,         //         str r0, [r1]         VTOR
    0xc806,         //         ldmia r0!, {r1, r2}
    0xf381, 0x8808, //         msr msp, r1
    0x4710,         //         bx r2
    0x0000, 0x1800, 0x0300, 0x001f, 0x0218, 0x0300, 0x0100, 0x1000, 0xed08, 0xe000,
};

struct Stage
{
    uint8_t bytes[stageBytes];
};

constexpr Stage sealed()
{
    Stage stage = {};
    for (uint32_t i = 0; i < sizeof code / 2; ++i) {
        stage.bytes[2 * i] = uint8_t(code[i]);
        stage.bytes[2 * i + 1] = uint8_t(code[i] >> 8);
    }
    uint32_t crc = 0xffffffff; // CRC-32/MPEG-2
    for (uint32_t i = 0; i < stageBytes - 4; ++i) {
        crc ^= uint32_t(stage.bytes[i]) << 24;
        for (int bit = 0; bit < 8; ++bit)
            crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
    }
    for (uint32_t i = 0; i < 4; ++i)
        stage.bytes[stageBytes - 4 + i] = uint8_t(crc >> (8 * i));
    return stage;
}

__attribute__((section(".boot2"), used, aligned(4))) constexpr Stage secondBootStage = sealed();

} // namespace
