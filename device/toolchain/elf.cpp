// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/toolchain/elf.h"

#include <algorithm>

namespace espalier::device {

namespace {

constexpr std::uint32_t allocFlag = 2, writeFlag = 1, noBits = 8;
constexpr std::uint32_t symbolTable = 2, symbolBytes = 16, functionSymbol = 2;

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

// Where the section headers are.
struct Table
{
    std::uint64_t at = 0, entry = 0, count = 0, names = 0;
    std::uint64_t section(std::uint64_t i) const { return at + i * entry; }
};

Result<Table> sectionTable(std::span<const std::uint8_t> file)
{
    const Reader reader(file);
    static constexpr std::uint8_t magic[] = {0x7f, 'E', 'L', 'F', 1, 1};
    if (!reader.holds(0, 52) || !std::ranges::equal(file.first(6), magic))
        return failed("the linker's result is not a 32-bit ELF file");
    const Table table{reader.number(32, 4), reader.number(46, 2), reader.number(48, 2), reader.number(50, 2)};
    if (table.entry < 40 || table.names >= table.count || !reader.holds(table.at, table.entry * table.count))
        return failed("the ELF file's section table is damaged");
    return table;
}

} // namespace

Result<std::vector<ElfSection>> readElfSections(std::span<const std::uint8_t> file)
{
    const Reader reader(file);
    const auto table = sectionTable(file);
    if (!table)
        return table.error();
    const std::uint64_t nameTable = reader.number(table->section(table->names) + 16, 4);
    const std::uint64_t nameEnd = nameTable + reader.number(table->section(table->names) + 20, 4);
    std::vector<ElfSection> sections;
    for (std::uint64_t i = 0; i < table->count; ++i) {
        const std::uint64_t at = table->section(i);
        const std::uint32_t flags = reader.number(at + 8, 4);
        sections.push_back({reader.text(nameTable + reader.number(at, 4), nameEnd), reader.number(at + 20, 4),
                            (flags & allocFlag) != 0, reader.number(at + 4, 4) != noBits, (flags & writeFlag) != 0});
    }
    return sections;
}

Result<std::vector<ElfFunction>> readElfFunctions(std::span<const std::uint8_t> file)
{
    const Reader reader(file);
    const auto table = sectionTable(file);
    if (!table)
        return table.error();
    std::vector<ElfFunction> functions;
    for (std::uint64_t i = 0; i < table->count; ++i) {
        const std::uint64_t header = table->section(i);
        if (reader.number(header + 4, 4) != symbolTable)
            continue;
        const std::uint64_t symbols = reader.number(header + 16, 4), bytes = reader.number(header + 20, 4),
                            link = reader.number(header + 24, 4);
        if (link >= table->count || !reader.holds(symbols, bytes))
            return failed("the ELF file's symbol table is damaged");
        const std::uint64_t names = reader.number(table->section(link) + 16, 4);
        const std::uint64_t namesEnd = names + reader.number(table->section(link) + 20, 4);
        for (std::uint64_t at = symbols; at + symbolBytes <= symbols + bytes; at += symbolBytes) {
            if ((reader.number(at + 12, 1) & 15) == functionSymbol)
                functions.push_back({reader.text(names + reader.number(at, 4), namesEnd),
                                     reader.number(at + 4, 4) & ~1u, reader.number(at + 8, 4)});
        }
    }
    return functions;
}

std::uint64_t sectionBytes(const std::vector<ElfSection> &sections, std::string_view name)
{
    const auto found = std::ranges::find(sections, name, &ElfSection::name);
    return found == sections.end() ? 0 : found->bytes;
}

} // namespace espalier::device
