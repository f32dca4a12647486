// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/discovery/usbboard.h"

#include <functional>
#include <thread>

namespace espalier::device {

/// Tells, from a thread of its own, whenever another list of boards is found: as soon as the system says that something
/// came or went, and twice a second where it does not say, since drives and serial lines appear later than devices.
class BoardWatch
{
public:
    explicit BoardWatch(std::function<void(std::vector<UsbBoard>)> changed);

private:
    std::jthread m_thread; ///< ends with the watch
};

} // namespace espalier::device
