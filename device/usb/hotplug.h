// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/usb/usbcontext.h"

#include <chrono>

namespace espalier::device {

/// Waits for USB devices to come and go, where the system tells; elsewhere it only waits.
class Hotplug
{
public:
    Hotplug();
    ~Hotplug();
    Hotplug(const Hotplug &) = delete;
    Hotplug &operator=(const Hotplug &) = delete;

    /// True where something came or went within the time; false when the time is over.
    bool wait(std::chrono::milliseconds time);

private:
    UsbContext m_context;
    int m_callback = 0;
    bool m_told = false; ///< the system tells
    bool m_changed = false;
};

} // namespace espalier::device
