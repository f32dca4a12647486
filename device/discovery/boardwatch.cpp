// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/discovery/boardwatch.h"

#include "device/usb/hotplug.h"

namespace espalier::device {

BoardWatch::BoardWatch(std::function<void(std::vector<UsbBoard>)> changed)
    : m_thread([changed = std::move(changed)](const std::stop_token &stop) {
          Hotplug hotplug;
          std::vector<UsbBoard> known;
          while (!stop.stop_requested()) {
              std::vector<UsbBoard> now = findUsbBoards();
              if (now != known) {
                  known = now;
                  changed(std::move(now));
              }
              for (int slice = 0; slice < 10 && !stop.stop_requested(); ++slice) {
                  if (hotplug.wait(std::chrono::milliseconds(50)))
                      break;
              }
          }
      })
{
}

} // namespace espalier::device
