// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
//     node pico.mjs IMAGE.elf
//
// A Raspberry Pi Pico in the emulator rp2040js: loads the image into flash, starts it behind the boot ROM, and connects
// UART0 with standard input and output. While the processor sleeps and nothing arrives, its time stands still.
import { readFileSync, writeSync } from 'node:fs';
import { RP2040 } from 'rp2040js';
import { SimulationClock } from './node_modules/rp2040js/dist/esm/clock/simulation-clock.js';

const flashStart = 0x10000000;
const vectors = 0x10000100; // where the second boot stage hands over
const instructionsAtOnce = 20000;

// The parts of a 32-bit little-endian ELF file that lie in flash.
function loadElf(file, flash) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 52 || view.getUint32(0) !== 0x7f454c46) throw new Error('the image is no ELF file');
  const table = view.getUint32(28, true), size = view.getUint16(42, true), count = view.getUint16(44, true);
  for (let i = 0; i < count; ++i) {
    const at = table + i * size;
    const [type, offset, , address, bytes] = [0, 4, 8, 12, 16].map((field) => view.getUint32(at + field, true));
    if (type !== 1 || bytes === 0) continue;
    if (address < flashStart || address - flashStart + bytes > flash.length || offset + bytes > file.length)
      throw new Error('the image does not lie in flash');
    flash.set(file.subarray(offset, offset + bytes), address - flashStart);
  }
}

const clock = new SimulationClock();
const chip = new RP2040(clock);
const uart = chip.uart[0];
loadElf(readFileSync(process.argv[2]), chip.flash);
chip.core.VTOR = vectors;
chip.core.reset();

let input = Buffer.alloc(0);
let output = [];
let isRunning = false;

uart.onByte = (byte) => output.push(byte);

// The boot ROM's flash functions, as the RP2040 datasheet describes them (chapter 2.8.3): each is a breakpoint and a
// return, and what it does is done here. A table of codes and addresses and the function that searches it lead to them.
const romFunctions = {
  IF: () => {},
  EX: () => {},
  FC: () => {},
  CX: () => {},
  RE: ([offset, count]) => chip.flash.fill(0xff, offset, offset + count),
  RP: ([offset, data, count]) => {
    for (let i = 0; i < count; ++i) chip.flash[offset + i] &= chip.readUint8(data + i);
  },
};
const lookupBreak = 0xff, tableAt = 0x100, codeAt = 0x200;
const rom = new DataView(chip.bootrom.buffer);
const breakAndReturn = (address, number) => {
  rom.setUint16(address, 0xbe00 | number, true);
  rom.setUint16(address + 2, 0x4770, true);
};
Object.keys(romFunctions).forEach((_, i) => breakAndReturn(codeAt + 4 * i, i));
rom.setUint16(0x14, tableAt, true);
rom.setUint16(0x18, codeAt + 0x80 + 1, true);
breakAndReturn(codeAt + 0x80, lookupBreak);

chip.onBreak = (number) => {
  const { registers } = chip.core;
  const codes = Object.keys(romFunctions);
  if (chip.core.PC >= chip.bootrom.length * 4) throw new Error('the processor reached a breakpoint');
  if (number === lookupBreak) {
    const index = codes.indexOf(String.fromCharCode(registers[1] & 0xff, registers[1] >> 8));
    registers[0] = index < 0 ? 0 : codeAt + 4 * index + 1;
  } else {
    romFunctions[codes[number]](registers);
  }
};

function flush() {
  for (let bytes = Buffer.from(output); bytes.length > 0; ) bytes = bytes.subarray(writeSync(1, bytes));
  output = [];
}

function runSlice() {
  let fed = 0;
  while (fed < input.length && !uart.rxFIFO.full) uart.feedByte(input[fed++]);
  input = input.subarray(fed);
  const { core } = chip;
  for (let i = 0; i < instructionsAtOnce && !core.waiting; ++i)
    clock.tick((core.executeInstruction() * 1e9) / chip.clkSys);
  if (output.length > 0) flush();
}

function run() {
  isRunning = true;
  for (let i = 0; i < 100; ++i) {
    runSlice();
    if (chip.core.waiting && input.length === 0) {
      isRunning = false;
      return;
    }
  }
  setImmediate(run);
}

process.stdin.on('data', (bytes) => {
  input = Buffer.concat([input, bytes]);
  if (!isRunning) run();
});
process.stdin.on('end', () => process.exit(0));
run();
