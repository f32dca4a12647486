// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace espalier::device {

/// How a transfer ended. A stall is the device's "no"; it can be asked why.
struct UsbTransfer
{
    enum class End { done, stalled, timedOut, gone, failed };
    End end = End::done;
    std::size_t bytes = 0; ///< that went over the line, also where it ended badly
};

/// A vendor's interface of a USB device, claimed, with its pair of bulk endpoints. Every transfer has a deadline.
class UsbInterface
{
public:
    virtual ~UsbInterface() = default;

    /// Vendor requests to the interface; value 0.
    virtual UsbTransfer controlOut(std::uint8_t request, std::chrono::milliseconds deadline) = 0;
    virtual UsbTransfer controlIn(std::uint8_t request, std::span<std::uint8_t> data,
                                  std::chrono::milliseconds deadline) = 0;
    /// Bulk; `data` may be empty: a packet without bytes.
    virtual UsbTransfer send(std::span<const std::uint8_t> data, std::chrono::milliseconds deadline) = 0;
    virtual UsbTransfer receive(std::span<std::uint8_t> data, std::chrono::milliseconds deadline) = 0;
    /// Lets both endpoints go on after a stall.
    virtual void clearHalts() = 0;
};

/// The interface of class 0xff, subclass 0, protocol 0 of the device at this place of the bus. An error says whether
/// it is gone, not permitted or held by another program.
Result<std::unique_ptr<UsbInterface>> openUsbInterface(int bus, int address);

} // namespace espalier::device
