// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/plaintable.h"

#include <algorithm>

namespace espalier {

namespace {

/// Characters that a terminal shows: bytes that do not continue a UTF-8 sequence.
std::size_t width(const std::string &text)
{
    return std::size_t(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// A control character in a name must not reach the terminal.
std::string printable(std::string text)
{
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return text;
}

std::string line(const std::vector<std::string> &cells, const std::vector<std::size_t> &widths,
                 const std::vector<TextTable::Head> &heads)
{
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string blanks(widths[i] - std::min(widths[i], width(cells[i])), ' ');
        text += (i == 0 ? "" : "  ") + (heads[i].numeric ? blanks + cells[i] : cells[i] + blanks);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

} // namespace

std::string plainText(const TextTable &table)
{
    std::vector<std::vector<std::string>> lines(2);
    for (const TextTable::Head &head : table.heads) {
        lines[0].push_back(printable(head.title));
        lines[1].push_back(printable(head.unit));
    }
    if (std::ranges::all_of(lines[1], &std::string::empty))
        lines.pop_back();
    for (const std::vector<std::string> &row : table.rows) {
        std::vector<std::string> &cells = lines.emplace_back();
        for (const std::string &cell : row)
            cells.push_back(printable(cell));
    }
    std::vector<std::size_t> widths(table.heads.size());
    for (const std::vector<std::string> &cells : lines)
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], width(cells[i]));
    std::string text;
    if (!table.caption.empty())
        text += printable(table.caption) + "\n\n";
    for (const std::vector<std::string> &cells : lines)
        text += line(cells, widths, table.heads);
    if (!table.notes.empty())
        text += "\n";
    for (const std::string &note : table.notes)
        text += printable(note) + "\n";
    return text;
}

} // namespace espalier
