// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

namespace espalier {
namespace rt {

/// CRC-32 (IEEE 802.3, reflected) going on from `crc`, which is 0 at first.
inline uint32_t crc32(const uint8_t *bytes, uint32_t count, uint32_t crc = 0)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                       0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    crc = ~crc;
    for (; count > 0; --count, ++bytes) {
        crc = table[(crc ^ *bytes) & 15] ^ crc >> 4;
        crc = table[(crc ^ *bytes >> 4) & 15] ^ crc >> 4;
    }
    return ~crc;
}

} // namespace rt
} // namespace espalier
