// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/celltext.h"
#include "core/exporters/exporter.h"

namespace espalier {

namespace {

// RFC 4180: lines end in CR LF, a field with a comma, a quote or a line end stands in quotes, quotes are doubled.
std::string field(const std::string &text)
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

std::string writeCsv(std::span<const Row> rows)
{
    std::string text;
    for (const ColumnInfo &column : columns()) {
        text += text.empty() ? "" : ",";
        text += column.key;
    }
    text += "\r\n";
    for (const Row &row : rows) {
        bool first = true;
        for (const ColumnInfo &column : columns()) {
            text += first ? "" : ",";
            text += field(cellText(row.cell(column.column)));
            first = false;
        }
        text += "\r\n";
    }
    return text;
}

} // namespace

extern const Exporter csvExporter;
const Exporter csvExporter = {"csv", "Comma-separated values", "csv", writeCsv};

} // namespace espalier
