// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
//     node pico.mjs IMAGE.elf [--usb] [--other-flash | --quad-off | --quad-never]
//
// A Raspberry Pi Pico in the emulator rp2040js: loads the image into flash, starts it as the boot ROM does, and connects
// UART0, or its serial line over USB, with standard input and output. While the processor sleeps and nothing arrives,
// its time stands still. It ends with status 3 when the program restarts into the boot loader, as a program must when its
// line is set to 1200 baud: SIGUSR2 does so. The other options are flash chips that a second boot stage must bear with:
// by another maker, with four lines not enabled yet, and with none.
import { readFileSync, writeSync } from 'node:fs';
import { ConsoleLogger, LogLevel, RP2040 } from 'rp2040js';
import { SimulationClock } from './node_modules/rp2040js/dist/esm/clock/simulation-clock.js';
import { boot, installBootRom } from './bootrom.mjs';
import { attachFlashChip } from './flashchip.mjs';
import { UsbHost } from './usbhost.mjs';

const flashStart = 0x10000000;
const instructionsAtOnce = 20000;
const busNanos = 20e6; // what happens on USB happens within this time
const resetControl = 0xd0c, resetRequest = 0x05fa0004;

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
chip.logger = new ConsoleLogger(LogLevel.Error);
const uart = chip.uart[0];
let input = Buffer.alloc(0); // for the UART
let output = [];
let isRunning = false;
let wantsReset = false;

chip.peripherals[0x40000].readUint32 = (offset) => (offset === 0 ? 0x20002927 : 0); // revision B2, free of erratum E5
chip.adc.channelValues[4] = 891; // its thermometer: 20 degrees
const has = (option) => process.argv.includes(option);
const flashChip = attachFlashChip(chip, {
  maker: has('--other-flash') ? 0x1c : 0xef,
  quad: !has('--quad-off') && !has('--quad-never'),
  knows31h: !has('--quad-never'),
});
installBootRom(chip, () => process.exit(3));
loadElf(readFileSync(process.argv[2]), chip.flash);
const usb = has('--usb') ? new UsbHost(chip, (bytes) => output.push(...bytes)) : null;
if (!usb) uart.onByte = (byte) => output.push(byte);

const writeCoreRegister = chip.ppb.writeUint32.bind(chip.ppb);
chip.ppb.writeUint32 = (offset, value) => {
  if (offset === resetControl) wantsReset = value >>> 0 === resetRequest;
  else writeCoreRegister(offset, value);
};
boot(chip);

function flush() {
  for (let bytes = Buffer.from(output); bytes.length > 0; ) bytes = bytes.subarray(writeSync(1, bytes));
  output = [];
}

// Asleep, with nothing on its way: only what arrives can wake the processor.
function sleeps() {
  if (!chip.core.waiting || input.length > 0) return false;
  return !usb || clock.nanosToNextAlarm > busNanos;
}

function runSlice() {
  let fed = 0;
  while (fed < input.length && !uart.rxFIFO.full) uart.feedByte(input[fed++]);
  input = input.subarray(fed);
  const { core } = chip;
  for (let i = 0; i < instructionsAtOnce && !core.waiting; ++i) {
    clock.tick((core.executeInstruction() * 1e9) / chip.clkSys);
    if (wantsReset) {
      wantsReset = false;
      usb?.restart();
      boot(chip);
    }
  }
  if (core.waiting && usb && !sleeps()) clock.tick(clock.nanosToNextAlarm);
  if (output.length > 0) flush();
}

function run() {
  isRunning = true;
  for (let i = 0; i < 100; ++i) {
    runSlice();
    if (sleeps()) {
      isRunning = false;
      return;
    }
  }
  setImmediate(run);
}

process.stdin.on('data', (bytes) => {
  if (usb) usb.send(bytes);
  else input = Buffer.concat([input, bytes]);
  if (!isRunning) run();
});
if (usb)
  process.on('SIGUSR2', () => {
    usb.setBaud(1200);
    if (!isRunning) run();
  });
process.stdin.on('end', () => {
  console.error(`flash was read by ${flashChip.mode()}`);
  process.exit(0);
});
run();
