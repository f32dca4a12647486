// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

struct libusb_context;

namespace espalier::device {

/// One session with the USB library; null where this system has no USB.
using UsbContext = std::unique_ptr<libusb_context, void (*)(libusb_context *)>;
UsbContext makeUsbContext();

} // namespace espalier::device
