// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The second boot stage: what the RP2040's ROM loads from flash, checks and calls, so that flash can be run from
// (RP2040 datasheet, chapters 2.7 and 4.10). A chip by Winbond, as a Pico has, is read over four lines at half of the
// clock, without a command before each address (W25Q16JV data sheet: EBh, 31h, 35h, 50h, 9Fh); any other, or one that
// does not let four lines be enabled, with the command 03h at a quarter of the clock, which every flash chip knows.
// Then it starts the program behind it or, when a program called it, returns.
#include <stdint.h>

namespace {

constexpr uint32_t stageBytes = 256;

constexpr uint16_t code[] = {
    // clang-format off
    0xb500,           //          push {lr}
    0x4b35,           //          ldr r3, =0x40020000       the pads of the flash chip
    0x2021,           //          movs r0, #0x21
    0x6058,           //          str r0, [r3, #4]          its clock: 8 mA, fast
    0x6898,           //          ldr r0, [r3, #8]          its data: no hysteresis, which delays
    0x2102,           //          movs r1, #2
    0x4388,           //          bics r0, r1
    0x6098,           //          str r0, [r3, #8]
    0x60d8,           //          str r0, [r3, #12]
    0x6118,           //          str r0, [r3, #16]
    0x6158,           //          str r0, [r3, #20]
    0x2318,           //          movs r3, #0x18            the flash interface
    0x061b,           //          lsls r3, #24
    0x2100,           //          movs r1, #0
    0x6099,           //          str r1, [r3, #8]          SSIENR: off
    0x6059,           //          str r1, [r3, #4]          CTRLR1: one frame
    0x2104,           //          movs r1, #4
    0x6159,           //          str r1, [r3, #0x14]       BAUDR: a quarter of the clock
    0x2101,           //          movs r1, #1
    0x22f0,           //          movs r2, #0xf0
    0x5099,           //          str r1, [r3, r2]          RX_SAMPLE_DLY: a cycle later
    0x2207,           //          movs r2, #7
    0x0412,           //          lsls r2, #16
    0x601a,           //          str r2, [r3, #0]          CTRLR0: frames of 8 bits, both ways
    0x6099,           //          str r1, [r3, #8]          SSIENR: on
    0x209f,           //          movs r0, #0x9f            who made it?
    0xf000, 0xf841,   //          bl ask
    0x28ef,           //          cmp r0, #0xef             Winbond, whose commands these are
    0xd123,           //          bne plain
    0xf000, 0xf836,   //          bl quadOn
    0xd10b,           //          bne quad
    0x2150,           //          movs r1, #0x50            the next write of the status lasts until power goes
    0x6619,           //          str r1, [r3, #0x60]
    0xf000, 0xf840,   //          bl wait
    0x6e19,           //          ldr r1, [r3, #0x60]
    0x2031,           //          movs r0, #0x31            status 2: quad enabled
    0x2102,           //          movs r1, #2
    0xf000, 0xf833,   //          bl ask
    0xf000, 0xf82a,   //          bl quadOn
    0xd014,           //          beq plain                 it did not take that
    0x2200,           // quad:    movs r2, #0
    0x609a,           //          str r2, [r3, #8]          SSIENR: off
    0x491f,           //          ldr r1, =0x005f0300
    0x6019,           //          str r1, [r3, #0]          CTRLR0: frames of 32 bits, quad, send then receive
    0x22f4,           //          movs r2, #0xf4
    0x491e,           //          ldr r1, =0x00002221
    0x5099,           //          str r1, [r3, r2]          SPI_CTRLR0: a command, then quad: address and mode, 4 cycles
    0x2101,           //          movs r1, #1
    0x6099,           //          str r1, [r3, #8]          SSIENR: on
    0x21eb,           //          movs r1, #0xeb            fast read, quad
    0x6619,           //          str r1, [r3, #0x60]
    0x21a0,           //          movs r1, #0xa0            mode: more of the same without a command
    0x6619,           //          str r1, [r3, #0x60]
    0xf000, 0xf829,   //          bl wait
    0x2200,           //          movs r2, #0
    0x609a,           //          str r2, [r3, #8]          SSIENR: off
    0x2102,           //          movs r1, #2
    0x6159,           //          str r1, [r3, #0x14]       BAUDR: half of the clock
    0x4918,           //          ldr r1, =0xa0002022       that mode again and again, no command
    0xe004,           //          b finish
    0x2200,           // plain:   movs r2, #0
    0x609a,           //          str r2, [r3, #8]          SSIENR: off
    0x4917,           //          ldr r1, =0x001f0300
    0x6019,           //          str r1, [r3, #0]          CTRLR0: frames of 32 bits, send then receive
    0x4917,           //          ldr r1, =0x03000218       03h, address of 24 bits
    0x22f4,           // finish:  movs r2, #0xf4
    0x5099,           //          str r1, [r3, r2]          SPI_CTRLR0
    0x2101,           //          movs r1, #1
    0x6099,           //          str r1, [r3, #8]          SSIENR: on
    0xbc01,           //          pop {r0}
    0x2800,           //          cmp r0, #0                the ROM's call has nowhere to return to
    0xd000,           //          beq start
    0x4700,           //          bx r0
    0x4814,           // start:   ldr r0, =0x10000100
    0x4914,           //          ldr r1, =0xe000ed08
    0x6008,           //          str r0, [r1]              VTOR
    0xc806,           //          ldmia r0!, {r1, r2}
    0xf381, 0x8808,   //          msr msp, r1
    0x4710,           //          bx r2
    0x2035,           // quadOn:  movs r0, #0x35
    0x46f4,           //          mov r12, lr               whether quad is enabled
    0xf000, 0xf803,   //          bl ask
    0x2102,           //          movs r1, #2
    0x4208,           //          tst r0, r1
    0x4760,           //          bx r12
    0x6618,           // ask:     str r0, [r3, #0x60]       r0, then r1; what answers r1
    0x6619,           //          str r1, [r3, #0x60]
    0xb500,           //          push {lr}
    0xf000, 0xf803,   //          bl wait
    0x6e18,           //          ldr r0, [r3, #0x60]
    0x6e18,           //          ldr r0, [r3, #0x60]
    0xbd00,           //          pop {pc}
    0x6a99,           // wait:    ldr r1, [r3, #0x28]       until all is sent
    0x2205,           //          movs r2, #5
    0x4011,           //          ands r1, r2
    0x2904,           //          cmp r1, #4
    0xd1fa,           //          bne wait
    0x4770,           //          bx lr
    0x0000, // the literals follow, at a multiple of four
    0x0000, 0x4002, 0x0300, 0x005f, 0x2221, 0x0000, 0x2022, 0xa000, 0x0300, 0x001f, 0x0218, 0x0300, 0x0100, 0x1000, 0xed08, 0xe000,
    // clang-format on
};

static_assert(sizeof code <= stageBytes - 4, "the checksum needs a place");

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
