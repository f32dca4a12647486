// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/toolchain/elf.h"

#include <algorithm>

namespace espalier::device {

namespace {

constexpr std::uint32_t allocFlag = 2, writeFlag = 1, noBits = 8;

class Reader
{
public:
    explicit Reader(std::span<const std::uint8_t> file) : m_file(file) {}
    bool holds(std::uint64_t offset, std::uint64_t bytes) const
    {
        return offset <= m_file.size() && bytes <= m_file.size() - offset;
    }
    std::uint32_t number(std::uint64_t offset, int bytes) const
    {
        std::uint32_t value = 0;
        for (int i = 0; i < bytes; ++i)
            value |= std::uint32_t(m_file[std::size_t(offset) + std::size_t(i)]) << (8 * i);
        return value;
    }
    std::string text(std::uint64_t offset, std::uint64_t limit) const
    {
        std::string text;
        for (; offset < limit && offset < m_file.size() && m_file[std::size_t(offset)]; ++offset)
            text += char(m_file[std::size_t(offset)]);
        return text;
    }

private:
    std::span<const std::uint8_t> m_file;
};

} // namespace

Result<std::vector<ElfSection>> readElfSections(std::span<const std::uint8_t> file)
{
    const Reader reader(file);
    static constexpr std::uint8_t magic[] = {0x7f, 'E', 'L', 'F', 1, 1};
    if (!reader.holds(0, 52) || !std::ranges::equal(file.first(6), magic))
        return failed("the linker's result is not a 32-bit ELF file");
    const std::uint64_t table = reader.number(32, 4), entry = reader.number(46, 2), count = reader.number(48, 2),
                        names = reader.number(50, 2);
    if (entry < 40 || names >= count || !reader.holds(table, entry * count))
        return failed("the ELF file's section table is damaged");
    const std::uint64_t nameTable = reader.number(table + names * entry + 16, 4);
    const std::uint64_t nameEnd = nameTable + reader.number(table + names * entry + 20, 4);
    std::vector<ElfSection> sections;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t at = table + i * entry;
        const std::uint32_t flags = reader.number(at + 8, 4);
        sections.push_back({reader.text(nameTable + reader.number(at, 4), nameEnd), reader.number(at + 20, 4),
                            (flags & allocFlag) != 0, reader.number(at + 4, 4) != noBits, (flags & writeFlag) != 0});
    }
    return sections;
}

std::uint64_t sectionBytes(const std::vector<ElfSection> &sections, std::string_view name)
{
    const auto found = std::ranges::find(sections, name, &ElfSection::name);
    return found == sections.end() ? 0 : found->bytes;
}

} // namespace espalier::device
