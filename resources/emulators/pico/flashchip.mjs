// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Pico's flash chip as a program sees it that talks with it through the flash interface's registers (RP2040
// datasheet, chapter 4.10): its maker (9Fh), its unique id (4Bh), four lines (31h, 35h, EBh). What flash holds, the emulator reads and writes by itself.
const uniqueId = [0xe6, 0x61, 0x00, 0x45, 0x53, 0x50, 0x41, 0x4c];
const dataRegister = 0x60, statusRegister = 0x28, selectControl = 0x0c;
const enableRegister = 0x08, modeRegister = 0xf4;
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
    if (kind === 0) return this.writeUint32(offset, value);
    const old = this.readUint32(offset);
    this.writeUint32(offset, [value, old ^ value, old | value, old & ~value][kind]);
  }
}

// What the chip answers to the last byte of `sent`.
function answer(sent, chip) {
  const at = sent.length - 1;
  switch (sent[0]) {
    case 0x4b: return uniqueId[at - 5] ?? 0;
    case 0x9f: return [0, chip.maker, 0x40, 0x15][at] ?? 0;
    case 0x35: return at > 0 && chip.quad ? 2 : 0;
    default: return 0;
  }
}

// Puts the chip behind the registers of `chip`'s flash interface and select line. Winbond's (maker EFh) can be read over
// four lines once that is enabled; `knows31h` says whether the command for it does anything.
export function attachFlashChip(chip, { maker = 0xef, quad = true, knows31h = true } = {}) {
  const select = new Registers(), flashInterface = new Registers(), memory = { maker, quad };
  let sent = [], received = [], isSelected = false, mayWrite = false;
  const endCommand = () => {
    if (sent[0] === 0x31 && mayWrite && knows31h) memory.quad = (sent[1] & 2) !== 0;
    if (sent.length > 0) mayWrite = sent[0] === 0x50;
    sent = [];
  };
  select.writeUint32 = (offset, value) => {
    if (offset === selectControl) {
      endCommand();
      isSelected = value !== 0;
    }
    select.values.set(offset, value);
  };
  flashInterface.readUint32 = (offset) => {
    if (offset === statusRegister) {
      if (!isSelected) endCommand(); // all is sent, and the line is let go
      return sendEmptyAndHasReceived;
    }
    return offset === dataRegister ? (received.shift() ?? 0) : (flashInterface.values.get(offset) ?? 0);
  };
  flashInterface.writeUint32 = (offset, value) => {
    if (offset === enableRegister && value === 0) received = [];
    if (offset !== dataRegister) return flashInterface.values.set(offset, value);
    if (sent.length === 0 && value === 0xeb && !(maker === 0xef && memory.quad))
      throw new Error('the flash chip is read over four lines, which it does not do');
    sent.push(value & 0xff);
    received.push(answer(sent, memory));
  };
  chip.peripherals[0x18000] = flashInterface;
  chip.peripherals[0x40018] = select;
  // How it is read now: with which command, or over four lines without any.
  return { mode: () => (flashInterface.values.get(modeRegister) >>> 24 === 0xa0 ? 'four lines' : '03h') };
}
