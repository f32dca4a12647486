// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the RP2040's boot ROM does for a program (RP2040 datasheet, chapters 2.7 and 2.8), without its code: it checks the
// second boot stage and starts it, and it offers functions. Each of those is a breakpoint and a return.
const stageBytes = 256, stageAt = 0x20041f00;
const hardFault = 3;
const lookupBreak = 0xff, tableAt = 0x100, codeAt = 0x200;

// The processor: thread mode, on the main stack, with all interrupts allowed, and none enabled or pending.
const powerUp = {
  currentMode: 0,
  IPSR: 0,
  SPSEL: 0,
  PM: false,
  enabledInterrupts: 0,
  pendingInterrupts: 0,
  pendingSystick: false,
  waiting: false,
};

function crcMpeg2(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; ++bit) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

// Installs the functions; `enterUsbBoot` is called when the program restarts into the ROM's USB drive.
export function installBootRom(chip, enterUsbBoot) {
  const functions = {
    IF: () => {},
    EX: () => {},
    FC: () => chip.writeUint32(0x4001800c, 0), // it lets go of the flash chip's select line, too
    CX: () => {},
    RE: ([offset, count]) => chip.flash.fill(0xff, offset, offset + count),
    RP: ([offset, data, count]) => {
      for (let i = 0; i < count; ++i) chip.flash[offset + i] &= chip.readUint8(data + i);
    },
    UB: enterUsbBoot,
  };
  const codes = Object.keys(functions);
  const rom = new DataView(chip.bootrom.buffer);
  const breakAndReturn = (address, number) => {
    rom.setUint16(address, 0xbe00 | number, true);
    rom.setUint16(address + 2, 0x4770, true);
  };
  codes.forEach((_, i) => breakAndReturn(codeAt + 4 * i, i));
  rom.setUint16(0x14, tableAt, true);
  rom.setUint16(0x18, codeAt + 0x80 + 1, true);
  breakAndReturn(codeAt + 0x80, lookupBreak);

  chip.onBreak = (number) => {
    const { core } = chip, { registers } = core;
    if (core.PC >= chip.bootrom.length * 4) { // not one of ours: the processor cannot do that
      core.PC -= core.breakRewind;
      core.exceptionEntry(hardFault);
    } else if (number === lookupBreak) {
      const index = codes.indexOf(String.fromCharCode(registers[1] & 0xff, registers[1] >> 8));
      registers[0] = index < 0 ? 0 : codeAt + 4 * index + 1;
    } else {
      functions[codes[number]](registers);
    }
  };
}

// As after power-up or a reset that the program asked for.
export function boot(chip) {
  const stage = chip.flash.subarray(0, stageBytes);
  const sum = new DataView(stage.buffer, stage.byteOffset).getUint32(stageBytes - 4, true);
  if (crcMpeg2(stage.subarray(0, stageBytes - 4)) !== sum)
    throw new Error('the checksum of the second boot stage is wrong');
  Object.assign(chip.core, powerUp);
  stage.forEach((byte, i) => chip.writeUint8(stageAt + i, byte));
  chip.core.SP = stageAt;
  chip.core.LR = 0; // nowhere to return to
  chip.core.PC = stageAt;
}
