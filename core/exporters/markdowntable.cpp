// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/markdowntable.h"

#include <string_view>

namespace espalier {

namespace {

std::string escaped(const std::string &text)
{
    constexpr std::string_view special = "\\`*_[]<>|#~";
    std::string result;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos)
            result += '\\';
        result += c == '\n' || c == '\r' ? ' ' : c;
    }
    return result;
}

} // namespace

std::string markdownText(const TextTable &table)
{
    std::string text;
    if (!table.caption.empty())
        text += escaped(table.caption) + "\n\n";
    std::string rule;
    for (const TextTable::Head &head : table.heads) {
        text += "| " + escaped(head.title + (head.unit.empty() ? "" : ", " + head.unit)) + " ";
        rule += head.numeric ? "| ---: " : "| --- ";
    }
    text += "|\n" + rule + "|\n";
    for (const std::vector<std::string> &row : table.rows) {
        for (const std::string &cell : row)
            text += "| " + escaped(cell) + " ";
        text += "|\n";
    }
    for (const std::string &note : table.notes)
        text += "\n" + escaped(note) + "\n";
    return text;
}

} // namespace espalier
