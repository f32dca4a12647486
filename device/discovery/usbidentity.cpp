// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/discovery/usbidentity.h"

#include <algorithm>
#include <iterator>

namespace espalier::device {

namespace {

constexpr UsbIdentity all[] = {
#define USB_IDENTITY(vendor, product, kind, board, orBoard, title, uniqueSerial)                                       \
    {vendor, product, UsbIdentity::Kind::kind, board, orBoard, title, uniqueSerial},
#include "device/discovery/usbidentities.def"
#undef USB_IDENTITY
};

} // namespace

const UsbIdentity *findUsbIdentity(std::uint16_t vendor, std::uint16_t product)
{
    const auto found = std::ranges::find_if(
        all, [&](const UsbIdentity &each) { return each.vendor == vendor && each.product == product; });
    return found == std::end(all) ? nullptr : found;
}

bool isVendorOfBoards(std::uint16_t vendor)
{
    return std::ranges::any_of(all, [&](const UsbIdentity &each) { return each.vendor == vendor; });
}

} // namespace espalier::device
