// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/imagedefinition.h"

#include <algorithm>

namespace espalier::device {

std::string faultOfImageDefinition(const FlashImage &image)
{
    static constexpr std::uint32_t flashStart = 0x10000000, searchedBytes = 4096;
    // Start; an executable for the RP2350's Arm in the secure state; one item; no other block; end.
    static constexpr std::uint8_t block[] = {0xd3, 0xde, 0xff, 0xff, 0x42, 0x01, 0x21, 0x10, 0xff, 0x01,
                                             0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x79, 0x35, 0x12, 0xab};
    const FlashImage pages = pagesOf(image, searchedBytes);
    const auto first = pages.find(flashStart);
    if (first == pages.end())
        return "it has nothing where flash begins";
    const Bytes &bytes = first->second;
    for (auto found = bytes.begin();; found += 4) {
        found = std::search(found, bytes.end(), std::begin(block), std::end(block));
        if (found == bytes.end())
            return "it has no image definition in its first 4 KiB";
        if ((found - bytes.begin()) % 4 == 0)
            return {};
    }
}

} // namespace espalier::device
