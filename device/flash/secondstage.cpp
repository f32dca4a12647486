// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/secondstage.h"

namespace espalier::device {

std::uint32_t crcMpeg2(std::span<const std::uint8_t> bytes)
{
    std::uint32_t crc = 0xffffffff;
    for (const std::uint8_t byte : bytes) {
        crc ^= std::uint32_t(byte) << 24;
        for (int bit = 0; bit < 8; ++bit)
            crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
    }
    return crc;
}

std::string faultOfSecondStage(const FlashImage &image)
{
    static constexpr std::uint32_t flashStart = 0x10000000, stageBytes = 256;
    const FlashImage pages = pagesOf(image, stageBytes);
    const auto stage = pages.find(flashStart);
    if (stage == pages.end())
        return "it has no second boot stage";
    const std::span<const std::uint8_t> bytes(stage->second);
    const std::uint32_t crc = crcMpeg2(bytes.first(stageBytes - 4));
    for (std::size_t i = 0; i < 4; ++i) {
        if (bytes[stageBytes - 4 + i] != std::uint8_t(crc >> (8 * i)))
            return "the checksum of its second boot stage is wrong";
    }
    return {};
}

} // namespace espalier::device
