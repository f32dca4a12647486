// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/usb/hotplug.h"

#include <libusb.h>

#include <thread>

namespace espalier::device {

Hotplug::Hotplug() : m_context(makeUsbContext())
{
    if (!m_context || !libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG))
        return;
    const auto changed = [](libusb_context *, libusb_device *, libusb_hotplug_event, void *self) {
        static_cast<Hotplug *>(self)->m_changed = true;
        return 0;
    };
    m_told = libusb_hotplug_register_callback(m_context.get(),
                                              LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
                                              LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                              LIBUSB_HOTPLUG_MATCH_ANY, changed, this, &m_callback) == 0;
}

Hotplug::~Hotplug()
{
    if (m_told)
        libusb_hotplug_deregister_callback(m_context.get(), m_callback);
}

bool Hotplug::wait(std::chrono::milliseconds time)
{
    if (!m_told) {
        std::this_thread::sleep_for(time);
        return false;
    }
    m_changed = false;
    const auto end = std::chrono::steady_clock::now() + time;
    while (!m_changed) {
        const auto left = std::chrono::duration_cast<std::chrono::microseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        timeval wait{time_t(left.count() / 1000000), suseconds_t(left.count() % 1000000)};
        if (libusb_handle_events_timeout_completed(m_context.get(), &wait, nullptr) != 0) {
            std::this_thread::sleep_for(left);
            return false;
        }
    }
    return true;
}

} // namespace espalier::device
