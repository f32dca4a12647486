// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Pico's flash chip as a program sees it that talks with it through the flash interface's registers (RP2040
// datasheet, chapter 4.10): it tells its unique id (command 4Bh). What flash holds, the emulator reads and writes by itself.
const uniqueId = [0xe6, 0x61, 0x00, 0x45, 0x53, 0x50, 0x41, 0x4c];
const dataRegister = 0x60, statusRegister = 0x28, selectControl = 0x0c;
const sendEmptyAndHasReceived = 0x0e;

// Registers that hold what was written.
class Registers {
  values = new Map();

  readUint32(offset) {
    return this.values.get(offset) ?? 0;
  }

  writeUint32(offset, value) {
    this.values.set(offset, value);
  }

  writeUint32Atomic(offset, value, kind) {
    const old = this.readUint32(offset);
    this.writeUint32(offset, [value, old ^ value, old | value, old & ~value][kind]);
  }
}

// Puts the chip behind the registers of `chip`'s flash interface and select line.
export function attachFlashChip(chip) {
  const select = new Registers(), flashInterface = new Registers();
  let sent = [];
  select.writeUint32 = (offset, value) => {
    if (offset === selectControl) sent = [];
    select.values.set(offset, value);
  };
  flashInterface.readUint32 = (offset) => {
    if (offset === statusRegister) return sendEmptyAndHasReceived;
    if (offset === dataRegister) return sent[0] === 0x4b && sent.length > 5 ? (uniqueId[sent.length - 6] ?? 0) : 0;
    return flashInterface.values.get(offset) ?? 0;
  };
  flashInterface.writeUint32 = (offset, value) => {
    if (offset === dataRegister) sent.push(value & 0xff);
    else flashInterface.values.set(offset, value);
  };
  chip.peripherals[0x18000] = flashInterface;
  chip.peripherals[0x40018] = select;
}
