// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/csvtable.h"

namespace espalier {

std::string csvField(const std::string &text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string csvText(const TextTable &table)
{
    std::string text;
    for (std::size_t i = 0; i < table.heads.size(); ++i)
        text += (i > 0 ? "," : "") + csvField(table.heads[i].title);
    text += "\r\n";
    for (const std::vector<std::string> &row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            text += (i > 0 ? "," : "") + csvField(row[i]);
        text += "\r\n";
    }
    if (!table.notes.empty())
        text += "\r\n";
    for (const std::string &note : table.notes)
        text += csvField(note) + "\r\n";
    return text;
}

} // namespace espalier
