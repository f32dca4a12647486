// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
import { USBCDC } from 'rp2040js';

// The computer at the other end of the Pico's USB cable, with its serial line open. It polls the Pico for input at any
// time, and sends only when it has something.
export class UsbHost {
  constructor(chip, onBytes) {
    this.chip = chip;
    this.onBytes = onBytes;
    this.input = Buffer.alloc(0);
    this.restart();
  }

  // The cable is pulled out and put in again.
  restart() {
    this.room = 0; // what the Pico's open endpoint takes
    this.host = new USBCDC(this.chip.usbCtrl);
    this.host.onSerialData = this.onBytes;
    this.chip.usbCtrl.onEndpointRead = (endpoint, size) => {
      if (endpoint !== this.host.outEndpoint) return;
      this.room = size;
      this.offer();
    };
  }

  // Sets the line's speed: 1200 baud is the sign to restart into the boot loader.
  setBaud(baud) {
    const { usbCtrl } = this.chip;
    const read = usbCtrl.onEndpointRead;
    usbCtrl.onEndpointRead = (endpoint, size) => {
      if (endpoint !== 0) return read(endpoint, size);
      usbCtrl.onEndpointRead = read;
      usbCtrl.endpointReadDone(0, Uint8Array.of(baud, baud >> 8, baud >> 16, 0, 0, 0, 8));
    };
    usbCtrl.sendSetupPacket(Uint8Array.of(0x21, 0x20, 0, 0, 0, 0, 7, 0));
  }

  send(bytes) {
    this.input = Buffer.concat([this.input, bytes]);
    this.offer();
  }

  offer() {
    if (this.room === 0 || this.input.length === 0) return;
    const packet = this.input.subarray(0, this.room);
    this.input = this.input.subarray(packet.length);
    this.room = 0;
    this.chip.usbCtrl.endpointReadDone(this.host.outEndpoint, packet);
  }
}
