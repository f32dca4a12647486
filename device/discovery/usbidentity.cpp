// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/discovery/usbidentity.h"

namespace espalier::device {

const UsbIdentity *findUsbIdentity(std::uint16_t vendor, std::uint16_t product)
{
    static constexpr UsbIdentity all[] = {
#define USB_IDENTITY(vendor, product, kind, board, title, uniqueSerial)                                                \
    {vendor, product, UsbIdentity::Kind::kind, board, title, uniqueSerial},
#include "device/discovery/usbidentities.def"
#undef USB_IDENTITY
    };
    for (const UsbIdentity &identity : all) {
        if (identity.vendor == vendor && identity.product == product)
            return &identity;
    }
    return nullptr;
}

} // namespace espalier::device
