// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/imagedefinition.h"

#include <algorithm>

namespace espalier::device {

namespace {

constexpr std::uint32_t flashStart = 0x10000000, searchedBytes = 4096;

} // namespace

std::optional<std::uint32_t> imageDefinitionAt(const FlashImage &image)
{
    // Start; an executable for the RP2350's Arm in the secure state; one item; no other block; end.
    static constexpr std::uint8_t block[] = {0xd3, 0xde, 0xff, 0xff, 0x42, 0x01, 0x21, 0x10, 0xff, 0x01,
                                             0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x79, 0x35, 0x12, 0xab};
    const FlashImage pages = pagesOf(image, searchedBytes);
    const auto first = pages.find(flashStart);
    if (first == pages.end())
        return {};
    const Bytes &bytes = first->second;
    for (auto found = bytes.begin();; ++found) {
        found = std::search(found, bytes.end(), std::begin(block), std::end(block));
        if (found == bytes.end())
            return {};
        if ((found - bytes.begin()) % 4 == 0)
            return flashStart + std::uint32_t(found - bytes.begin());
    }
}

std::string faultOfImageDefinition(const FlashImage &image)
{
    if (!pagesOf(image, searchedBytes).contains(flashStart))
        return "it has nothing where flash begins";
    return imageDefinitionAt(image) ? "" : "it has no image definition in its first 4 KiB";
}

} // namespace espalier::device
