// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scriptedpicoboot.h"

#include <set>
#include <span>

namespace espalier::test {

/// The drive of a ROM's bootloader, block by block: what of a UF2 block counts, when a sector is erased, and when it
/// restarts, as both chips' ROM sources say. It forgets when the chip is restarted or unplugged.
class ScriptedDrive
{
public:
    explicit ScriptedDrive(ScriptedRom &rom) : m_rom(rom) {}

    /// 512 bytes that the host writes somewhere on the drive.
    void take(std::span<const std::uint8_t> block)
    {
        static constexpr std::uint32_t rp2040 = 0xe48bff56, rp2350 = 0xe48bff59;
        const std::uint32_t address = word(block, 12), number = word(block, 20), count = word(block, 24);
        if (word(block, 0) != 0x0a324655 || word(block, 4) != 0x9e5d5157 || word(block, 508) != 0x0ab16f30)
            return;
        if (word(block, 8) != 0x2000 || word(block, 16) != 256 || word(block, 28) != (m_rom.isRp2350 ? rp2350 : rp2040))
            return;
        if (address % 256 || address < ScriptedRom::flashStart ||
            address - ScriptedRom::flashStart >= ScriptedRom::flashBytes || number >= count)
            return;
        if (m_count != count) {
            m_count = count;
            m_taken.clear();
            m_erased.clear();
        }
        if (!m_taken.insert(number).second)
            return;
        const std::uint32_t offset = address - ScriptedRom::flashStart, sector = offset / 4096;
        // An RP2040 notes sectors by the numbers of blocks, an RP2350 by where they lie.
        if (m_erased.insert(m_rom.isRp2350 ? sector : number / 16).second)
            std::fill_n(m_rom.flash.begin() + sector * 4096, 4096, std::uint8_t(0xff));
        for (std::uint32_t i = 0; i < 256; ++i)
            m_rom.flash[offset + i] &= block[32 + i];
        if (m_taken.size() == m_count)
            m_rom.rebooted = true;
    }

private:
    static std::uint32_t word(std::span<const std::uint8_t> from, std::size_t at)
    {
        return std::uint32_t(from[at]) | std::uint32_t(from[at + 1]) << 8 | std::uint32_t(from[at + 2]) << 16 |
               std::uint32_t(from[at + 3]) << 24;
    }

    ScriptedRom &m_rom;
    std::uint32_t m_count = 0;
    std::set<std::uint32_t> m_taken, m_erased;
};

} // namespace espalier::test
